"""The checklist in `docs/`, made from the marks of the tests.

`python -m tests.conformance.checklist` writes it. The marks are read from the files and no test is run;
`test_checklist.py` asks that no module is without a test, that no mark names a module there is not, and that
the page is as it would be made today.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.conformance.modules import PROFILES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "conformance.md"
#: Where each test is run in the usual response mode and in `form_post`.
_IN_EVERY_MODE = "tests/conformance/test_modules.py"

_INTRODUCTION = """\
# OpenID Connect conformance, module by module

The OpenID Foundation certifies OpenID Providers by profiles, and each profile is a list of modules. This
page says which tests of this project ask what each module asks. It is made from the tests' own marks by
`python -m tests.conformance.checklist`, and a test keeps it so. It is no certificate: a site certifies
itself.

A site that is to pass them gives the clients of the suite the security profile `legacy`, since the modules
ask for requests without PKCE, for unsigned request objects and for the implicit and hybrid flows, all of
which the default profile refuses.
"""


@cache
def marked_tests() -> Mapping[str, list[str]]:
    """The tests of each module, as `tests/identity/test_userinfo.py::test_name`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text()
        # Most files have no such mark, and reading a tree takes long.
        for name, module in _marks(ast.parse(text)) if "@conformance(" in text else ():
            found[module].append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "conformance":
                yield from ((function.name, ast.literal_eval(name)) for name in decorator.args)


def covering(profile: str) -> Mapping[str, list[str]]:
    """The tests of each module of a profile; of a form post profile, those that ask for that mode."""
    found = marked_tests()
    if not profile.startswith("Form Post"):
        return {module: found.get(module, []) for module in PROFILES[profile]}
    return {
        module: [test for test in found.get(module, []) if test.startswith(_IN_EVERY_MODE)]
        for module in PROFILES[profile]
    }


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for profile in PROFILES:
        rows = [f"| `{module}` | {_cell(tests)} |" for module, tests in covering(profile).items()]
        parts.append(
            f"## {profile}\n\n| module | tests |\n| --- | --- |\n" + "\n".join(rows) + "\n"
        )
    return "\n".join(parts)


def _cell(tests: list[str]) -> str:
    return "<br>".join(
        f"[{test.partition('::')[2]}](../{test.partition('::')[0]})" for test in tests
    )


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} was written.\n")
