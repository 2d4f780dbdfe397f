"""The README says what the catalogue says."""

import re
from pathlib import Path

from django_oauthflows.audit.events import TITLES
from django_oauthflows.clients.presets import PRESETS
from django_oauthflows.flows.catalogue import FLOWS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def flows_table() -> str:
    """The table of flows as the README has to show it."""
    rows = [
        "| flow | for | standing | the person sees | specification |",
        "| --- | --- | --- | --- | --- |",
    ]
    for flow in FLOWS:
        path = f"django_oauthflows/flows/{flow.slug.replace('-', '_')}.py"
        assert (ROOT / path).is_file(), f"the flow {flow.slug} has no file of its own"
        rows.append(
            f"| [{flow.name}]({path}) | {flow.serves} | {flow.standing} "
            f"| {flow.person_sees} | {flow.specification} |"
        )
    return "\n".join(rows)


def test_the_table_of_flows_is_made_from_the_catalogue() -> None:
    shown = re.search(r"<!-- flows:.*?-->\n(.*?)\n<!-- end of flows -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == flows_table(), f"write into the README:\n\n{flows_table()}"


def test_the_list_of_events_is_made_from_the_closed_list() -> None:
    page = (ROOT / "docs/audit.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- events:.*?-->\n(.*?)\n<!-- end of events -->", page, re.DOTALL)
    heading = ["| event | what happened |", "| --- | --- |"]
    rows = "\n".join([*heading, *(f"| `{event}` | {TITLES[event]} |" for event in TITLES)])
    assert shown is not None
    assert shown[1] == rows, f"write into docs/audit.md:\n\n{rows}"


def test_every_preset_is_named() -> None:
    assert [preset.slug for preset in PRESETS if f"`{preset.slug}`" not in README] == []


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_file_the_map_names_exists() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|html))`", README)
    assert named
    assert [path for path in named if not (ROOT / "django_oauthflows" / path).exists()] == []
