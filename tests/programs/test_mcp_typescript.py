"""The official MCP SDK for TypeScript makes itself known at the demo, and a person lets it in."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.marks import spec
from tests.programs.catalogue import NpmProgram
from tests.programs.conftest import Running
from tests.programs.person import sign_in, start, told
from tests.relying_parties.conftest import Provider
from tests.servers import free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.programs]

SDK = NpmProgram(slug="mcp_sdk", callback="/callback", refresh="/refresh")


@pytest.fixture(scope="module")
def running(from_npm: None, provider: Provider) -> Iterator[Running]:
    """A client on the person's own machine: it comes back by a loopback address."""
    port, folder = free_port(), provider.folder / SDK.slug
    folder.mkdir()
    origin, log = f"http://localhost:{port}", folder / "log"
    environment = {
        **os.environ,
        "SERVER_URL": provider.issuer.removesuffix("/o") + "/mcp/",
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
