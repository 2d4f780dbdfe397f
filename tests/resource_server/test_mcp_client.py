"""The official MCP Python SDK as a client, over the network: with a token, and signing in by itself."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)

from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.browsing import Person
from tests.marks import spec
from tests.resource_server.mcp_messages import token_for

pytestmark = [
    pytest.mark.real_client,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.resource_server.mcp_notes"),
]

REDIRECT_URI = "http://127.0.0.1:9/callback"


@dataclass
class Memory:
    """Where the SDK keeps what it was given."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class Agent:
    """The SDK with a person who signs in and agrees wherever it sends them."""

    url: str
    person: Person
    mode: str
    memory: Memory = field(default_factory=Memory)
    scopes_asked: list[str] = field(default_factory=list)
    _location: str = ""

    async def send_person(self, url: str) -> None:
        self.scopes_asked.append(dict(parse_qsl(urlsplit(url).query)).get("scope", ""))
        self._location = await asyncio.to_thread(self.person.allow, url, REDIRECT_URI)

    async def await_person(self) -> AuthorizationCodeResult:
        answer = dict(parse_qsl(urlsplit(self._location).query))
        return AuthorizationCodeResult(
            code=answer["code"], state=answer.get("state"), iss=answer.get("iss")
        )

    def auth(self) -> OAuthClientProvider:
        metadata = OAuthClientMetadata(client_name="Agent", redirect_uris=[REDIRECT_URI])
        return OAuthClientProvider(
            self.url, metadata, self.memory, self.send_person, self.await_person
        )

    def call(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """Call tools one after the other in one connection."""

        async def talk() -> list[Any]:
            async with (
                httpx2.AsyncClient(auth=self.auth(), timeout=30) as http,
                Client(
                    streamable_http_client(self.url, http_client=http), mode=self.mode
                ) as client,
            ):
                await client.list_tools()
                return [await client.call_tool(name, arguments) for name, arguments in calls]

        return asyncio.run(talk())


@pytest.fixture
def url(settings: Any, live_server: Any) -> str:
    """The URL of an MCP server at which agents may register themselves."""
    site = live_server.url.replace("127.0.0.1", "localhost")
    settings.OAUTHFLOWS = {
        "ISSUER": f"{site}/o",
        "REGISTRATION": "open",
        "REGISTRATION_PROFILE": "mcp",
        "REGISTRATION_SCOPES": ["notes:read", "notes:write"],
    }
    return f"{site}/live/mcp/"


@pytest.fixture
def person() -> Iterator[Person]:
    ada = PersonFactory(username="ada")
    ada.set_password("a password")
    ada.save()
    found = Person(username="ada", password="a password")
    yield found
    # The server has a thread for each connection that is kept open.
    found.browser.close()


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@spec("RFC 6750 §2.1")
def test_the_sdk_calls_tools_with_a_token_given_by_hand(url: str, mode: str) -> None:
    _, token = token_for(url, scope="notes:read")

    async def talk() -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode) as client,
        ):
            names = [tool.name for tool in (await client.list_tools()).tools]
            return names, await client.call_tool("who_am_i", {})

    names, result = asyncio.run(talk())
    assert names == ["who_am_i", "rename_me"]
    assert result.structured_content["scope"] == "notes:read"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@spec("RFC 9728 §5.1", "RFC 8707 §2", "RFC 7591 §3.1")
def test_the_sdk_signs_in_by_registration(url: str, person: Person, mode: str) -> None:
    agent = Agent(url=url, person=person, mode=mode)
    (result,) = agent.call(("who_am_i", {}))
    assert result.structured_content["person"] == "ada"
    # The SDK adds it where the server's metadata lists it.
    assert agent.scopes_asked == ["notes:read offline_access"]


@spec("RFC 6750 §3.1")
def test_the_sdk_steps_up_for_a_tool_that_needs_more(url: str, person: Person) -> None:
    known = ClientFactory(
        preset="native-app", redirect_uris=(REDIRECT_URI,), scopes=("notes:read", "notes:write")
    )
    client = OAuthClientInformationFull(
        client_id=known.client_id, redirect_uris=[REDIRECT_URI], token_endpoint_auth_method="none"
    )
    agent = Agent(url=url, person=person, mode="legacy", memory=Memory(client=client))
    before, after = agent.call(("who_am_i", {}), ("rename_me", {"name": "Augusta"}))
    assert before.structured_content["scope"] == "notes:read offline_access"
    assert after.structured_content == {"result": "Hello Augusta"}
    assert [set(scope.split()) for scope in agent.scopes_asked] == [
        {"notes:read", "offline_access"},
        {"notes:read", "notes:write", "offline_access"},
    ]
