"""Imports go down only. The map in the README is this list read from the bottom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "django_oauthflows"
ROOT = Path(__file__).resolve().parents[2] / PACKAGE

#: From the ground up. A part imports itself and the layers below it, never its neighbours.
LAYERS = (
    ("conf",),
    ("core",),
    (
        "offline_access",
        "own_scopes",
        "screens",
        "sealing",
        "signals",
        "statements",
        "strict_json",
        "batches",
        "long_lists",
        "limits",
    ),
    ("dot",),
    ("issuer",),
    # Below `clients`: what they are offered depends on the resources of the project.
    ("protected_views",),
    ("errors",),
    ("rules",),
    ("flows",),
    # Below `audit`, through which every refusal goes and is counted.
    ("traffic",),
    ("audit",),
    # Below `tokens`, which signs with them; identity is above, and an API needs them without it.
    ("keys",),
    ("clients",),
    # Below `tokens`, which keeps a grant for as long as the sign-in it was given in lasts.
    ("sessions",),
    ("tokens",),
    ("consent",),
    ("identity",),
    ("protocol",),
    ("resource_server",),
    # Below `checks` and `management`, which both tell what it finds.
    ("adoption",),
    # Below `management`, whose command it is.
    ("quickstart",),
    # `dot_validator` is called by django-oauth-toolkit as an endpoint is called by the network.
    # A template's tags are asked by pages, as endpoints are by requests.
    (
        "endpoints",
        "api",
        "admin",
        "management",
        "checks",
        "dot_validator",
        "handlers",
        "metrics",
        "templatetags",
    ),
)
HEIGHT = {part: height for height, layer in enumerate(LAYERS) for part in layer}

#: Parts that stand beside the layers, with all they may import of ours.
ALONE = {
    "core": {"conf"},
    "signals": {"core"},
    "batches": {"core"},
    "screens": {"core"},
    "long_lists": set(),
    "sealing": set(),
    "outbound": {"conf", "core", "errors", "sealing"},
    "resource_server": {
        "audit",
        "conf",
        "core",
        "dot",
        "errors",
        "issuer",
        "keys",
        "rules",
        "sealing",
        "signals",
        "statements",
        "strict_json",
        "tokens",
    },
}

#: They gather what the concepts define, for Django to find, and nobody imports them.
GATHERERS = {"apps", "models", "admin", "urls", "testing"}

#: The only modules that know the library, by library.
DOORS = {"oauth2_provider": {"dot", "dot_validator"}, "oauthlib": set()}

SHAPELESS = {"util", "utils", "helper", "helpers", "common", "misc"}


def part_of(module: str) -> str:
    """`django_oauthflows.clients.policy` → `clients`; a concept's `admin.py` belongs to the admin."""
    _, *inner = module.split(".")
    if not inner:
        return ""
    return "admin" if len(inner) > 1 and inner[-1] == "admin" else inner[0]


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module with its dotted name; migrations are history and import what they like of Django."""
    for path in sorted(root.rglob("*.py")):
        names = path.relative_to(root.parent).with_suffix("").parts
        if "migrations" not in names:
            yield ".".join(names).removesuffix(".__init__"), path


def imports(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything a file imports, wherever in it the import stands."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            origin = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            # `from django_oauthflows.clients import admin` names a module, `... import Refusal` does not.
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def complaint(importer: str, imported: str) -> str | None:
    """Why one module may not import the other, or None."""
    library = imported.partition(".")[0]
    here = part_of(importer)
    if library in DOORS and here not in DOORS[library]:
        return f"{library} is imported in {sorted(DOORS[library]) or 'no module'} only"
    if library != PACKAGE:
        return None
    there = part_of(imported)
    if there == here or there not in HEIGHT.keys() | ALONE.keys() | GATHERERS:
        return None  # its own part, or a plain name of the package such as `__version__`
    if here == "testing" or (here in GATHERERS and importer.count(".") == 1):
        return None if there != "testing" else "nothing imports testing"
    if there in GATHERERS - HEIGHT.keys():
        return f"nothing imports {there}"
    if here in ALONE:
        return None if there in ALONE[here] else f"{here} imports {sorted(ALONE[here])} only"
    if there == "outbound" or HEIGHT[there] >= HEIGHT.get(here, 0):
        return f"{here} is not above {there}"
    return None


def breaches(root: Path) -> list[str]:
    return [
        f"{module}:{line} imports {imported}: {reason}"
        for module, path in modules(root)
        for line, imported in imports(module, path)
        if (reason := complaint(module, imported))
    ]


def test_imports_go_down_only() -> None:
    found = breaches(ROOT)
    assert not found, "\n".join(found)


def test_every_part_has_its_place() -> None:
    parts = {part_of(module) for module, _ in modules(ROOT)} - {""}
    assert parts <= HEIGHT.keys() | ALONE.keys() | GATHERERS


def test_nothing_has_a_shapeless_name() -> None:
    assert [str(path) for path in ROOT.rglob("*") if path.stem in SHAPELESS] == []


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("flows/base.py", "from django_oauthflows.clients import policy"),
        ("clients/policy.py", "from django_oauthflows import tokens"),
        ("clients/policy.py", "from ..tokens import lifetimes"),
        ("clients/policy.py", "def late():\n    import django_oauthflows.protocol"),
        ("clients/policy.py", "from django_oauthflows.clients import admin"),
        ("tokens/issuing.py", "from oauth2_provider.models import Grant"),
        ("tokens/issuing.py", "import oauthlib.common"),
        ("tokens/issuing.py", "from django_oauthflows.models import ClientPolicy"),
        ("endpoints/token.py", "from django_oauthflows.testing import factories"),
        ("endpoints/token.py", "from django_oauthflows.api import views"),
        ("resource_server/permissions.py", "from django_oauthflows.consent import decision"),
        ("outbound/cache.py", "from django_oauthflows.tokens import models"),
        ("signals.py", "from django_oauthflows.conf import conf"),
    ],
)
def test_the_rule_sees_a_breach(tmp_path: Path, where: str, line: str) -> None:
    path = tmp_path / PACKAGE / where
    path.parent.mkdir(parents=True)
    path.write_text(line)
    assert len(breaches(tmp_path / PACKAGE)) == 1


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("clients/policy.py", "from .models import ClientPolicy"),
        ("clients/admin.py", "from django_oauthflows.tokens import revocation"),
        ("clients/__init__.py", "from .policy import is_enabled"),
        ("models.py", "from django_oauthflows.tokens.models import Authorization"),
        ("errors.py", "from django_oauthflows.conf import conf"),
        ("tokens/issuing.py", "from django_oauthflows import signals"),
        ("resource_server/authentication.py", "from django_oauthflows.tokens import validation"),
        ("dot/settings.py", "from oauth2_provider.settings import oauth2_settings"),
    ],
)
def test_the_rule_lets_the_rest_pass(tmp_path: Path, where: str, line: str) -> None:
    path = tmp_path / PACKAGE / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    assert breaches(tmp_path / PACKAGE) == []
