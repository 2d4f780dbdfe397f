"""What is sent before a result, or without one: progress, log messages, subscriptions."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from tests.resource_server.mcp_messages import (
    ACCEPTED,
    call_of,
    post,
    request_of,
    stateless,
    token_for,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resource_server.mcp_notes")]

COUNTER = "http://testserver/unnamed/mcp"
SDK_DISCOURAGES_LOGS = pytest.mark.filterwarnings("ignore:The logging capability is deprecated")
TOLD = {"progressToken": "p", "io.modelcontextprotocol/logLevel": "info"}


def notified(response: Any) -> list[dict[str, Any]]:
    """The messages of an event stream."""
    lines = response.content.decode().splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


@SDK_DISCOURAGES_LOGS
@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_progress_that_was_asked_for_comes_before_the_result(revision: str) -> None:
    _, token = token_for(COUNTER)
    if revision == "2026-07-28":
        message, headers = stateless("tools/call", name="count", arguments={}, meta=TOLD)
    else:
        message = request_of("tools/call", name="count", arguments={}, _meta=TOLD)
        headers = {"MCP_Protocol_Version": revision}
    response = post(token, message, "/unnamed/mcp", **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    *before, last = notified(response)
    steps = [one["params"] for one in before if one["method"] == "notifications/progress"]
    assert [(step["progressToken"], step["progress"]) for step in steps] == [("p", 1), ("p", 2)]
    assert [one["method"] for one in before].count("notifications/message") == 2
    assert last["result"]["content"][0]["text"] == "done"


@SDK_DISCOURAGES_LOGS
def test_who_asks_for_no_progress_or_takes_no_stream_gets_the_result_alone() -> None:
    _, token = token_for(COUNTER)
    plain = post(token, call_of("count"), "/unnamed/mcp")
    asked = request_of("tools/call", name="count", arguments={}, _meta={"progressToken": "p"})
    streamless = post(token, asked, "/unnamed/mcp", Accept="application/json")
    for response in (plain, streamless):
        assert response["Content-Type"] == "application/json"
        assert response.json()["result"]["content"][0]["text"] == "done"


@pytest.mark.parametrize("accepted", [ACCEPTED, "application/json"])
def test_nobody_can_subscribe(accepted: str) -> None:
    _, token = token_for()
    message, headers = stateless("subscriptions/listen", notifications={"toolsListChanged": True})
    response = post(token, message, **{**headers, "Accept": accepted})
    assert response.status_code in (404, 406)
    assert response.status_code == 406 or response.json()["error"]["code"] == -32601


@SDK_DISCOURAGES_LOGS
@pytest.mark.django_db(transaction=True)
def test_progress_comes_with_the_result_under_asgi_as_well() -> None:
    _, token = token_for(COUNTER)
    headers = {"Authorization": f"Bearer {token}", "Accept": ACCEPTED}
    asked = request_of("tools/call", name="count", arguments={}, _meta=TOLD)

    async def call() -> Any:
        try:
            return await AsyncClient().post(
                "/unnamed/mcp", asked, content_type="application/json", headers=headers
            )
        finally:
            await sync_to_async(connections.close_all)()

    for _ in range(2):
        *before, last = notified(asyncio.run(call()))
        assert len(before) == 4
        assert last["result"]["content"][0]["text"] == "done"
