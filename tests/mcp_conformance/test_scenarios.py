"""Every scenario of the runner for servers, against a server of this package that has what they look for.

Run by `tox run -e clients`, or `PROGRAMS_OF_OTHERS=1 pytest tests/mcp_conformance`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_conformance.front import token_front
from tests.mcp_conformance.runner import LATEST, NEXT, Check, run_scenarios
from tests.resource_server.mcp_messages import token_for

pytestmark = [
    pytest.mark.programs,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.mcp_conformance.site"),
    # The SDK names what the newest revision gives up; scenarios of older ones need it.
    pytest.mark.filterwarnings("ignore:The logging capability is deprecated"),
]

#: Of the revisions before 2026-07-28, what needs a session: the server asks the client something in the
#: middle of a call, or remembers a wish from one request to the next. docs/how-to/mcp-server.md says so.
NEED_A_SESSION = {
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
    "logging-set-level",
    "resources-subscribe",
    "resources-unsubscribe",
    "tools-call-elicitation",
    "tools-call-sampling",
    "tools-call-with-logging",
}
#: Where the runner warns that there is no session.
WARN_OF_NO_SESSION = {"server-sse-multiple-streams", "server-sse-polling"}
#: What no revision asks of a server: extensions, and a tool whose schema is written by hand, which the SDK
#: makes of a function.
NOT_ASKED = ("tasks-", "sep-2640-", "json-schema-2020-12")


@pytest.fixture
def url(settings: Any, live_server: Any) -> Iterator[str]:
    """The URL of the server, behind a front that adds a token for it."""
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    with token_front(int(live_server.url.rpartition(":")[2])) as front:
        site = f"http://localhost:{front.server_address[1]}"
        settings.OAUTHFLOWS = {"ISSUER": f"{site}/o"}
        _, front.token = token_for(f"{site}/mcp/", scope="notes:read")
        yield f"{site}/mcp/"


def of_status(checks: list[Check], status: str) -> set[str]:
    """The scenarios with a check that ended so, extensions aside."""
    asked = (one for one in checks if not one.scenario.startswith(NOT_ASKED))
    return {one.scenario for one in asked if one.status == status}


@pytest.mark.parametrize(
    ("package", "arguments"),
    [(LATEST, ("--suite", "all")), (NEXT, ("--requirements", "2025-11-25"))],
    ids=["latest", "2025-11-25"],
)
def test_what_needs_no_session_passes(
    url: str, tmp_path: Path, package: str, arguments: tuple[str, ...]
) -> None:
    checks = run_scenarios(package, tmp_path, "--url", url, *arguments)
    assert of_status(checks, "FAILURE") == NEED_A_SESSION
    assert of_status(checks, "WARNING") == WARN_OF_NO_SESSION
    assert len(of_status(checks, "SUCCESS") - NEED_A_SESSION) >= 20


def test_all_of_the_newest_revision_passes(url: str, tmp_path: Path) -> None:
    checks = run_scenarios(NEXT, tmp_path, "--url", url, "--requirements", "2026-07-28")
    assert of_status(checks, "FAILURE") == set()
    assert of_status(checks, "WARNING") == set()
    # What stands and falls with subscriptions, which this server says that it has none of.
    assert of_status(checks, "SKIPPED") <= {"server-stateless"}
    assert len(of_status(checks, "SUCCESS")) >= 35
