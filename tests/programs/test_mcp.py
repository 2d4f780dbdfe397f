"""The official MCP SDK for TypeScript makes itself known at the demo, and a person lets it in."""

import os
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.marks import spec
from tests.programs.catalogue import NpmProgram
from tests.programs.conftest import Running, wake
from tests.programs.person import sign_in, start, told
from tests.relying_parties.conftest import Provider
from tests.servers import free_port, serving
from tests.tls import tls_front

pytestmark = [pytest.mark.browser, pytest.mark.real_client]

SDK = NpmProgram(slug="mcp_sdk", callback="/callback", refresh="/refresh")


@pytest.fixture(scope="module")
def mcp_server(asked_for: None, provider: Provider) -> Iterator[str]:
    """The demo's MCP server, at another address of the provider where clients register themselves."""
    port, front = free_port(), free_port()
    site = f"https://localhost:{front}"
    environment = {**provider.environment, "PUBLIC_URL": site, "REGISTRATION": "open"}
    gunicorn = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}"]
    command, log = [*gunicorn, "example_project.wsgi"], provider.folder / "open.log"
    certificate = provider.folder / "server.pem"
    with (
        serving(command, environment, port, log),
        tls_front(front, passes_on_to=port, certificate=certificate),
    ):
        wake(f"{site}/mcp/", provider)
        yield f"{site}/mcp/"
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def running(mcp_server: str, from_npm: None, provider: Provider) -> Iterator[Running]:
    """A client on the person's own machine: it comes back by a loopback address."""
    port, folder = free_port(), provider.folder / SDK.slug
    folder.mkdir()
    origin, log = f"http://localhost:{port}", folder / "log"
    environment = {
        **os.environ,
        "SERVER_URL": mcp_server,
        "ORIGIN": origin,
        "PORT": str(port),
        "NODE_EXTRA_CA_CERTS": str(provider.authority),
    }
    with serving(SDK.command(port, folder), environment, port, log):
        yield Running(program=SDK, origin=origin, log=log)


@spec("RFC 9728 §5", "RFC 7591 §3.2.1", "RFC 8707 §2", "RFC 6749 §6")
def test_a_client_registers_is_let_in_calls_a_tool_and_refreshes(
    page: Page, running: Running
) -> None:
    sign_in(page, running)
    first = told(page)

    page.goto(running.origin + SDK.refresh)
    again = told(page)

    assert first["tools"] == ["list_notes", "read_note", "add_note"]
    assert "Note G" in [note["title"] for note in first["notes"]]
    assert again == {"rotated": True, "notes": first["notes"]}


@spec("RFC 6749 §4.1.2.1")
def test_a_persons_no_is_told_to_the_client(page: Page, running: Running) -> None:
    start(page, running, name="grace")
    page.get_by_role("button", name="Deny").click()

    expect(page.locator("body")).to_contain_text('"error":"access_denied"')
    assert page.url.startswith(running.origin)
