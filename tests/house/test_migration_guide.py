"""The guide for sites of django-oauth-toolkit says what the code and the comparison of the suites say."""

import re
from pathlib import Path

from django_oauthflows.adoption.defaults import TIGHTENED
from tests.dot_suite.run import differences

PAGE = Path(__file__).parents[2] / "docs/how-to/migrate-from-dot.md"
GUIDE = PAGE.read_text(encoding="utf-8")


def part(name: str) -> str:
    """Return what the page has between the two comments of a generated part."""
    shown = re.search(rf"<!-- {name}:[^>]*-->\n(.*?)\n?<!-- end of {name} -->", GUIDE, re.DOTALL)
    assert shown is not None
    return shown[1]


def table(*heading: str, rows: list[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def test_the_defaults_are_those_that_the_command_tells() -> None:
    rows = [
        (f"`{name}`", one.change, one.for_whom, f"`{one.before}`" if one.before else one.instead)
        for name, one in TIGHTENED.items()
    ]
    expected = table("setting", "from now on", "concerns", "as it was", rows=rows)
    assert part("defaults") == expected, f"write into {PAGE}:\n\n{expected}"


def test_the_differences_are_those_that_are_explained() -> None:
    expected = table("difference", "why", rows=[(one.title, one.reason) for one in differences()])
    assert part("differences") == expected, f"write into {PAGE}:\n\n{expected}"
