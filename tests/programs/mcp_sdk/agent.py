"""An agent on the MCP Python SDK with its own OAuth client, as its documentation has it.

It reads tool calls from standard input and prints what came of them; a person visits the URL that it prints
meanwhile, and pastes the one they were redirected to.
"""

import asyncio
import json
import os
import sys
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider, OAuthFlowError
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

SERVER = os.environ["SERVER"]
CALLBACK = AnyUrl("http://localhost:3030/callback")


class Storage:
    """What the agent remembers while it runs."""

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


def tell(**members: Any) -> None:
    sys.stdout.write(f"{json.dumps(members)}\n")
    sys.stdout.flush()


async def open_browser(url: str) -> None:
    tell(visit=url)


async def wait_for_callback() -> AuthorizationCodeResult:
    returned = {name: values[0] for name, values in parse_qs(urlparse(input()).query).items()}
    return AuthorizationCodeResult(
        code=returned.get("code", ""), state=returned["state"], iss=returned.get("iss")
    )


storage = Storage()
oauth = OAuthClientProvider(
    server_url=SERVER,
    client_metadata=OAuthClientMetadata(client_name="Agent", redirect_uris=[CALLBACK]),
    storage=storage,
    redirect_handler=open_browser,
    callback_handler=wait_for_callback,
)


async def call(tool: str, arguments: dict[str, Any], *, expired: bool) -> None:
    if expired:
        oauth.context.token_expiry_time = 1
    async with httpx2.AsyncClient(auth=oauth, follow_redirects=True) as http_client:
        transport = streamable_http_client(SERVER, http_client=http_client)
        async with Client(transport) as client:
            result = await client.call_tool(tool, arguments)
    assert storage.client
    assert storage.tokens
    tell(
        result=result.structured_content,
        is_error=result.is_error,
        client_id=storage.client.client_id,
        token=storage.tokens.access_token,
        scope=storage.tokens.scope,
    )


async def main() -> None:
    while True:
        try:
            await call(**json.loads(input()))
        except* OAuthFlowError as refused:
            tell(refused=str(refused.exceptions[0]))


asyncio.run(main())
