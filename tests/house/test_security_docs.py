"""The pages below docs/security/ name tests by node id: each of them exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))

#: `tests/flows/test_pkce.py::test_a_name`, with a class between them where the test has one.
_NODE_ID = re.compile(r"`(tests/[\w/]+\.py)::(?:\w+::)?(test_\w+)`")
#: Rows that state a defence without a test; everything else needs one.
_WITHOUT_A_TEST = ("Site", "Client", "Not yet")


def node_ids(text: str) -> list[tuple[str, str]]:
    """Return path and name of every test that a page names."""
    return _NODE_ID.findall(text)


def functions_in(path: Path) -> set[str]:
    """Return the names of the test functions in a file."""
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_named_test_exists(page: Path) -> None:
    named = node_ids(page.read_text())
    assert named
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or name not in functions_in(ROOT / path)
    ]
    assert missing == []


def test_a_defended_threat_names_a_test() -> None:
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| .*? \| (.+?) \|$",
        (ROOT / "docs/security/threat-model.md").read_text(),
        re.M,
    )
    defended = [row for row in rows if row[1] == "Defended"]
    assert len(defended) > 50
    assert [row[0] for row in defended if not node_ids(row[2])] == []
    assert [row[0] for row in rows if row[2] == "–" and row[1] not in _WITHOUT_A_TEST] == []
