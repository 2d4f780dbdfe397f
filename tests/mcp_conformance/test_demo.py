"""The demo's MCP server and its authorization server, as the scanners of others see them.

Run by `tox run -e clients`, or `PROGRAMS_OF_OTHERS=1 pytest tests/mcp_conformance`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from example_project.accounts.people import PEOPLE
from tests.browsing import Person
from tests.marks import spec
from tests.mcp_conformance.runner import NEXT, checks_in, command
from tests.mcp_conformance.visiting import visit
from tests.relying_parties.conftest import Provider
from tests.servers import ROOT, free_port

pytestmark = pytest.mark.programs


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch, open_provider: Provider) -> str:
    """The demo's issuer, whose certificate is trusted by all that is started here."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        monkeypatch.setenv(name, str(open_provider.authority))
    return open_provider.issuer


@spec("RFC 9728 §3", "RFC 8414 §3", "RFC 8707 §2", "RFC 7636 §4.6", "RFC 9207 §2")
def test_mcp_authlab_finds_nothing(issuer: str, tmp_path: Path) -> None:
    """It signs in as an agent does, and attacks the server with tokens it should refuse."""
    url = f"{issuer.removesuffix('/o')}/mcp/"
    environment = {
        **os.environ,
        "MCP_AUTHLAB_TOKENS": str(tmp_path / "tokens.json"),
        # What Python's webbrowser opens.
        "BROWSER": f"{sys.executable} -m tests.mcp_conformance.visiting %s",
    }

    def authlab(*arguments: str) -> str:
        asked = [sys.executable, "-m", "mcp_authlab", *arguments]
        done = subprocess.run(
            asked, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    authlab("login", url, "--thorough", "--timeout=120", "--http-timeout=60")
    report: dict[str, Any] = json.loads(authlab("scan", url, "--format=json", "--timeout=60"))
    told = {one["id"]: one["message"] for one in report["results"] if one["status"] != "pass"}
    # There are no sessions that could be stolen.
    assert told.keys() == {"SESS-01", "SESS-02"}, told
    assert {one["status"] for one in report["results"]} == {"pass", "skip"}
    assert report["conformance"] == "Conformant"


@spec("RFC 8414 §3", "RFC 6749 §4.1", "RFC 9207 §2")
def test_the_runner_finds_nothing_at_the_authorization_server(issuer: str, tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    port = free_port()
    registered = requests.post(
        f"{issuer}/register/",
        json={
            "redirect_uris": [f"http://127.0.0.1:{port}/callback"],
            "token_endpoint_auth_method": "none",
        },
        timeout=30,
    ).json()
    arguments = {
        "--url": issuer,
        "--client-id": registered["client_id"],
        "--resource": f"{issuer.removesuffix('/o')}/mcp/",
        "--port": str(port),
        "--output-dir": str(tmp_path),
    }
    flat = [word for pair in arguments.items() for word in pair]
    _sign_in_where_it_says(command(NEXT, "authorization", *flat), issuer)
    checks = checks_in(tmp_path)
    assert {one.id for one in checks} >= {
        "authorization-server-metadata",
        "authorization-code-grant",
    }
    assert [one for one in checks if one.status not in ("SUCCESS", "INFO")] == []


def _sign_in_where_it_says(runner: list[str], issuer: str) -> None:
    """Run the runner, and have Ada open the URL that it prints."""
    ada = Person(username=PEOPLE[0].username, password=PEOPLE[0].password)
    with subprocess.Popen(runner, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        printed = ""
        try:
            for line in running.stdout:
                printed += line
                if line.startswith(f"{issuer}/authorize/"):
                    visit(line.strip(), ada)
            assert running.wait(timeout=60) == 0, printed
        finally:
            running.kill()
