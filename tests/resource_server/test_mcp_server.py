"""An MCP server of the project: what its tools get, and what the SDK answers through Django."""

import ast
import asyncio
import json
import logging
import re
import sys
import types
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.test import AsyncClient
from mcp_types.jsonrpc import HEADER_MISMATCH, UNSUPPORTED_PROTOCOL_VERSION
from rest_framework.schemas.generators import EndpointEnumerator
from rest_framework.test import APIRequestFactory

from django_oauthflows.resource_server.mcp import MCPServer
from django_oauthflows.resource_server.mcp.server import MCPServerView
from django_oauthflows.testing.factories import PersonFactory
from tests.marks import spec
from tests.resource_server import mcp_notes
from tests.resource_server.mcp_messages import (
    ACCEPTED,
    call_of,
    called,
    post,
    request_of,
    stateless,
    token_for,
)
from tests.resource_server.mcp_notes import server
from tests.servers import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resource_server.mcp_notes")]


@spec("RFC 6750 §2.1", "RFC 8707 §2")
def test_a_tool_knows_the_person_the_client_and_the_scopes() -> None:
    story, token = token_for()
    assert called(token, "who_am_i")["structuredContent"] == {
        "person": story.person.username,
        "client": story.registered.client_id,
        "scope": "notes:read notes:write",
    }


def test_the_handshake_names_the_server() -> None:
    _, token = token_for()
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    }
    response = post(token, request_of("initialize", **hello))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert "Mcp-Session-Id" not in response
    result = response.json()["result"]
    assert result["protocolVersion"] == "2025-06-18"
    assert result["serverInfo"]["name"] == "Notes"
    assert result["instructions"] == "Notes of one person."
    done = post(token, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (done.status_code, done.content) == (202, b"")


def test_tools_are_listed_without_their_request() -> None:
    _, token = token_for(scope="notes:read")
    tools = post(token, request_of("tools/list")).json()["result"]["tools"]
    listed = {tool["name"]: tool for tool in tools}
    assert set(listed) == {"who_am_i", "rename_me", "count_people", "fail"}
    assert listed["who_am_i"]["inputSchema"]["properties"] == {}
    assert listed["rename_me"]["inputSchema"]["properties"]["name"]["maxLength"] == 20
    assert listed["rename_me"]["title"] == "Rename"
    assert listed["rename_me"]["description"] == "Give the person another first name."


def test_a_tool_writes_in_the_requests_own_transaction() -> None:
    story, token = token_for()
    assert called(token, "rename_me", name="Ada")["structuredContent"] == {"result": "Hello Ada"}
    story.person.refresh_from_db()
    assert story.person.first_name == "Ada"


def test_an_asynchronous_tool_uses_the_same_connection() -> None:
    _, token = token_for()
    people = get_user_model().objects.count()
    assert called(token, "count_people")["structuredContent"] == {"result": people}


def test_arguments_that_do_not_fit_reach_no_tool() -> None:
    story, token = token_for()
    result = called(token, "rename_me", name="x" * 21)
    assert result["isError"] is True
    story.person.refresh_from_db()
    assert story.person.first_name != "x" * 21


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("missing", "Error executing tool fail: Not found."),
        ("closed", "Error executing tool fail: Not permitted."),
        ("invalid", "Error executing tool fail: Too long. Too loud."),
        ("crash", "Error executing tool fail"),
    ],
)
def test_a_failure_tells_nothing_of_the_inside(
    how: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = token_for()
    caplog.set_level(logging.CRITICAL)
    result = called(token, "fail", how=how)
    assert result["isError"] is True
    assert [content["text"] for content in result["content"]] == [told]


def test_a_failure_undoes_what_the_tool_wrote(
    settings: Any, caplog: pytest.LogCaptureFixture, transactional_db: None
) -> None:
    caplog.set_level(logging.CRITICAL)
    story, token = token_for()
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        for how in ("crash", "missing"):
            assert called(token, "fail", how=how)["isError"] is True
            story.person.refresh_from_db()
            assert story.person.first_name != "half done"
        called(token, "rename_me", name="Kept")
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
    story.person.refresh_from_db()
    assert story.person.first_name == "Kept"


def test_an_unknown_tool_is_an_error_of_the_protocol() -> None:
    _, token = token_for()
    assert called(token, "no_such_tool")["isError"] is True


def test_what_the_sdk_cannot_read_it_answers_itself() -> None:
    _, token = token_for()
    for message in ([request_of("ping")], {"jsonrpc": "1.0"}, 7, None):
        response = post(token, message)
        assert (response.status_code, "error" in response.json()) == (400, True)
    assert post(token, request_of("no/such/method")).json()["error"]["code"] == -32601


@pytest.mark.parametrize("version", ["1900-01-01", "not-a-version", "2025-06-18, 2025-06-18", ""])
def test_another_version_of_the_protocol_is_400(version: str) -> None:
    _, token = token_for()
    for message in (request_of("tools/list"), {"jsonrpc": "2.0", "method": "notifications/x"}):
        response = post(token, message, MCP_Protocol_Version=version)
        assert response.status_code == 400
        answer = response.json()
        assert answer["id"] == message.get("id")
        assert answer["error"]["code"] == UNSUPPORTED_PROTOCOL_VERSION
        assert "2025-06-18, 2025-11-25, 2026-07-28" in answer["error"]["message"]
        assert answer["error"]["data"]["requested"] == version
        assert {"2025-06-18", "2026-07-28"} <= set(answer["error"]["data"]["supported"])


def test_a_message_that_names_its_version_otherwise_than_its_header_is_told_of_that() -> None:
    _, token = token_for()
    message, headers = stateless("tools/list")
    answer = post(token, message, **{**headers, "MCP_Protocol_Version": "1900-01-01"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, HEADER_MISMATCH)
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "1900-01-01"
    answer = post(token, message, **{**headers, "MCP_Protocol_Version": "1900-01-01"})
    assert answer.json()["error"]["code"] == UNSUPPORTED_PROTOCOL_VERSION
    assert answer.json()["error"]["data"]["supported"] == ["2026-07-28"]


def test_a_view_of_the_projects_own_may_have_fewer_versions() -> None:
    class OnlyOne(MCPServerView):
        protocol_versions = ("2025-06-18",)

    view = MCPServer("One", view_class=OnlyOne).view()
    assert view.cls.protocol_versions == ("2025-06-18",)


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_the_versions_of_this_transport_are_spoken(version: str) -> None:
    _, token = token_for()
    response = post(token, request_of("tools/list"), MCP_Protocol_Version=version)
    assert response.status_code == 200


def test_a_client_that_takes_no_json_is_told_so() -> None:
    _, token = token_for()
    assert post(token, request_of("ping"), Accept="text/event-stream").status_code == 406
    assert post(None, request_of("ping"), Accept="text/event-stream").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_it_answers_under_asgi_as_well() -> None:
    story, token = token_for()
    headers = {"Authorization": f"Bearer {token}", "Accept": ACCEPTED}

    async def call() -> Any:
        try:
            return await AsyncClient().post(
                "/mcp/",
                call_of("rename_me", name="Async"),
                content_type="application/json",
                headers=headers,
            )
        finally:
            # The thread that Django's views ran in has connections of its own.
            await sync_to_async(connections.close_all)()

    response = asyncio.run(call())
    assert response.status_code == 200
    story.person.refresh_from_db()
    assert story.person.first_name == "Async"


def test_the_sdk_never_sees_the_token() -> None:
    seen: list[str] = []
    peeking = MCPServer("Peeking")

    async def peek(context: Any, call_next: Any) -> Any:
        seen.extend(context.request.headers.keys())
        return await call_next(context)

    peeking.sdk.middleware.append(peek)
    headers = {"Accept": ACCEPTED, "Authorization": "Bearer x", "Cookie": "a=b"}
    request = APIRequestFactory().post("/", request_of("ping"), format="json", headers=headers)
    assert peeking.answer(request, longest=1000).status_code == 200
    assert "content-type" in seen
    assert not {"authorization", "cookie"} & set(seen)


@spec("RFC 6750 §3.1")
def test_a_tool_asks_for_its_scopes_again() -> None:
    """For calls that come by another way than the view, such as one tool that calls another."""
    headers = {"Accept": ACCEPTED}
    message = call_of("rename_me", name="Eve")
    request = APIRequestFactory().post("/", message, format="json", headers=headers)
    request.user = PersonFactory()
    for auth in (None, SimpleNamespace(scope="notes:write"), SimpleNamespace(scope="notes:read")):
        request.auth = auth
        result = json.loads(server.answer(request, longest=1000).content)["result"]
        assert result["isError"] is True
        assert "scopes" in result["content"][0]["text"]
    assert not get_user_model().objects.filter(first_name="Eve").exists()


def test_a_server_leaves_the_projects_logging_alone() -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    MCPServer("Another")
    assert (root.level, list(root.handlers)) == before


@pytest.mark.parametrize(
    "function",
    [lambda: None, lambda *arguments: None, lambda *, request: None],
    ids=["no", "all", "named"],
)
def test_a_tool_without_a_request_is_refused(function: Any) -> None:
    function.__name__ = "tool"
    with pytest.raises(TypeError, match="request first"):
        MCPServer("Another").tool(function)


def test_one_name_is_one_tool() -> None:
    with pytest.raises(ValueError, match="who_am_i"):
        server.tool(name="who_am_i")(lambda request: None)


def test_what_the_server_does_itself_is_not_the_sdks() -> None:
    with pytest.raises(TypeError, match="token_verifier"):
        MCPServer("Another", token_verifier=object())


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    with pytest.raises(ImproperlyConfigured, match=r"django-oauthflows\[mcp\]"):
        MCPServer("Another")


def test_the_code_of_the_how_to_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = types.ModuleType("notes.models")
    notes.Note = get_user_model()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "notes", types.ModuleType("notes"))
    monkeypatch.setitem(sys.modules, "notes.models", notes)
    page = (ROOT / "docs/how-to/mcp-server.md").read_text()
    first, second = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    found: dict[str, Any] = {}
    exec(first, found)  # noqa: S102 - our own page
    assert found["server"].tool_scopes == {"add_note": {"notes:write"}}
    view = found["urlpatterns"][0].callback.cls
    assert view.scopes_supported == {"notes:read", "notes:write"}
    exec(second, found)  # noqa: S102
    assert found["notes"].cls.resource == "https://example.com/mcp/"


def test_the_sdk_is_imported_by_nobody_who_does_not_use_it() -> None:
    folder = ROOT / "django_oauthflows/resource_server/mcp"
    for path in folder.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            named = [getattr(node, "module", None), *(a.name for a in getattr(node, "names", ()))]
            assert "mcp" not in {str(name).partition(".")[0] for name in named}, path


def test_an_openapi_document_leaves_it_out() -> None:
    listed = {path for path, *_ in EndpointEnumerator(urlconf=mcp_notes).get_api_endpoints()}
    assert "/api/notes/" in listed
    assert not {path for path in listed if "mcp" in path or "by-hand" in path}
