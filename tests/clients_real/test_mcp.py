"""The official MCP SDK at the example project's MCP server, with a token that a person granted."""

import asyncio
from typing import Any

import httpx2
import pytest
from authlib.integrations.requests_client import OAuth2Session
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.browsing import Person
from tests.clients_real.libraries import Demo
from tests.marks import spec

pytestmark = pytest.mark.real_client


@spec("RFC 8707 §2")
def test_an_agent_reads_and_writes_the_persons_notes(demo: Demo, person: Person) -> None:
    url = f"{demo.url}/mcp/"
    asked = {"resource": url, "scope": "notes:read notes:write"}
    session = OAuth2Session(
        **demo.web, redirect_uri=demo.redirect_uri, code_challenge_method="S256"
    )
    verifier = "a-verifier-of-legal-length-made-of-unreserved-characters"
    address, _ = session.create_authorization_url(
        f"{demo.issuer}/authorize/", code_verifier=verifier, **asked
    )
    tokens = session.fetch_token(
        f"{demo.issuer}/token/",
        authorization_response=person.allow(address, demo.redirect_uri),
        code_verifier=verifier,
        resource=url,
    )

    async def talk() -> list[Any]:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            written = await client.call_tool("add_note", {"title": "By an agent", "body": "Hello"})
            note = {"note_id": int(written.structured_content["result"])}
            return [
                await client.call_tool("read_note", note),
                await client.call_tool("list_notes", {}),
                await client.call_tool("add_note", {"title": "x" * 101, "body": ""}),
                await client.call_tool("read_note", {"note_id": 0}),
            ]

    read, listed, too_long, missing = asyncio.run(talk())
    assert read.structured_content == {"result": "Hello"}
    assert "By an agent" in [note["title"] for note in listed.structured_content["result"]]
    assert (too_long.is_error, missing.is_error) == (True, True)
    assert missing.content[0].text == "Error executing tool read_note: Not found."
