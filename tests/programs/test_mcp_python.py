"""The MCP Python SDK's own OAuth client at the demo's MCP server, which it knows by its URL alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.marks import spec
from tests.relying_parties.conftest import Provider
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.programs]

#: Where the SDK's documentation has it wait.
CALLBACK = "http://localhost:3030/callback"


class Agent:
    """The agent in a process of its own, and the person who is asked to visit a URL."""

    def __init__(self, provider: Provider, page: Page) -> None:
        self.browser, self.visited, self.says = page.context, 0, "Allow"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.programs.mcp_sdk.agent"],
            cwd=ROOT,
            env={
                **os.environ,
                "SERVER": provider.issuer.removesuffix("/o") + "/mcp/",
                "SSL_CERT_FILE": str(provider.authority),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, tool: str, *, expired: bool = False, **arguments: Any) -> dict[str, Any]:
        """Call a tool, and visit what the agent asks to visit. `expired`: its token is."""
        self._write(json.dumps({"tool": tool, "arguments": arguments, "expired": expired}))
        while True:
            assert self.process.stdout
            line = self.process.stdout.readline()
            assert line, "the agent stopped; what it printed is above"
            told: dict[str, Any] = json.loads(line)
            if "visit" not in told:
                return told
            self._write(self._visit(told["visit"]))

    def _visit(self, url: str) -> str:
        self.visited += 1
        page = self.browser.new_page()
        page.goto(url)
        if page.get_by_label("Password").count():
            page.get_by_label("Username").fill("ada")
            page.get_by_label("Password").fill("demo-ada-2026")
            page.get_by_role("button", name="Sign in").click()
        with page.expect_request(lambda request: request.url.startswith(CALLBACK)) as back:
            page.get_by_role("button", name=self.says).click()
        return back.value.url

    def _write(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def agent(provider: Provider, page: Page) -> Iterator[Agent]:
    """One that was never here."""
    started = Agent(provider, page)
    yield started
    started.stop()


@spec("RFC 9728 §5.1", "RFC 8414 §3", "RFC 7591 §3.1", "RFC 9207 §2.4")
def test_it_registers_itself_and_calls_a_tool_for_the_person(agent: Agent) -> None:
    called = agent.call("list_notes")

    assert not called["is_error"]
    assert "A letter to Mr Babbage" in [note["title"] for note in called["result"]["result"]]
    assert agent.visited == 1


@spec("RFC 6750 §3.1")
def test_it_asks_the_person_again_where_a_tool_needs_more(agent: Agent) -> None:
    read = agent.call("list_notes")
    written = agent.call("add_note", title="By an agent", body="Hello")

    assert "notes:write" not in read["scope"].split()
    assert not written["is_error"]
    assert {"notes:read", "notes:write"} <= set(written["scope"].split())
    assert written["client_id"] == read["client_id"]
    assert agent.visited == 2


@spec("RFC 6749 §6", "RFC 8707 §2.2")
def test_its_tokens_are_refreshed_without_the_person(agent: Agent) -> None:
    before = agent.call("list_notes")
    after = agent.call("list_notes", expired=True)

    assert after["result"] == before["result"]
    assert after["client_id"] == before["client_id"]
    assert after["token"] != before["token"]
    assert agent.visited == 1


@spec("RFC 6749 §4.1.2.1")
def test_a_persons_no_is_told(agent: Agent) -> None:
    agent.says = "Deny"

    assert "No authorization code" in agent.call("list_notes")["refused"]
