"""JSON-RPC messages of MCP over Django's test client."""

import json
from typing import Any

from django.test import Client

from tests.resource_server.mcp_notes import RESOURCE
from tests.stories import Story, begin

ACCEPTED = "application/json, text/event-stream"


def token_for(
    resource: str | None = RESOURCE, scope: str = "notes:read notes:write", **client: Any
) -> tuple[Story, str]:
    """Somebody signed in, and a client's token for an MCP server."""
    story = begin(**client)
    return story, story.tokens(resource=resource, scope=scope)["access_token"]


def post(
    token: str | None,
    message: Any,
    at: str = "/mcp/",
    *,
    browser: Client | None = None,
    **headers: str,
) -> Any:
    """Send one message; a string is sent as it is. Headers are written as `MCP_Protocol_Version`."""
    body = message if isinstance(message, str | bytes) else json.dumps(message)
    sent = {
        "Accept": ACCEPTED,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    return (browser or Client()).post(at, body, content_type="application/json", headers=sent)


def request_of(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def call_of(tool: str, **arguments: Any) -> dict[str, Any]:
    return request_of("tools/call", name=tool, arguments=arguments)


def stateless(method: str, *, meta: dict[str, Any] | None = None, **params: Any) -> Any:
    """A message of the protocol 2026-07-28 with the headers that go with it."""
    protocol = "io.modelcontextprotocol"
    said = {f"{protocol}/protocolVersion": "2026-07-28", f"{protocol}/clientCapabilities": {}}
    headers = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": method}
    if "name" in params:
        headers["Mcp_Name"] = params["name"]
    return request_of(method, _meta={**said, **(meta or {})}, **params), headers


def called(token: str, tool: str, at: str = "/mcp/", **arguments: Any) -> dict[str, Any]:
    """The result of a tool, which has to answer."""
    response = post(token, call_of(tool, **arguments), at)
    assert response.status_code == 200, response.content
    result: dict[str, Any] = response.json()["result"]
    return result
