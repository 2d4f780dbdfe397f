"""One message to the official SDK and its answer back, inside one Django request.

The SDK is an ASGI application. It is called here without a server: under WSGI in an event loop for this one
request, under ASGI in the loop that is running. Nothing outlives the request. Progress and log messages that
a client asked for are sent with the result, as one event stream that is complete.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpResponse
from rest_framework.request import Request

from django_oauthflows.resource_server.mcp.tools import current_request

#: The headers that the protocol has. The token and the cookies stay outside.
_PASSED_ON = (
    "accept",
    "content-type",
    "mcp-protocol-version",
    "mcp-session-id",
    "mcp-method",
    "mcp-name",
)
_PARAMETERS = "mcp-param-"


def exchange(
    server: Any, request: Request, *, longest: int, with_reports: bool = False
) -> HttpResponse:
    """Have an SDK server answer the request's message; the answer has the SDK's status and body.

    `with_reports` has it keep what the tool reports on the way, where the client takes event streams.
    """
    status, headers, body = async_to_sync(_asked)(server, request, longest, with_reports)
    response = HttpResponse(body, status=status)
    del response["Content-Type"]
    for name, value in headers:
        if name.lower() in ("content-type", "allow"):
            response[name] = value
    return response


async def _asked(
    server: Any, request: Request, longest: int, with_reports: bool
) -> tuple[int, list[tuple[str, str]], bytes]:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    scope = _scope(request)
    current_request.set(request)
    body, sent = [request.body], []

    async def receive() -> dict[str, Any]:
        if body:
            return {"type": "http.request", "body": body.pop(), "more_body": False}
        # The SDK cancels what a client that has left called; this one waits until it is answered.
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    manager = StreamableHTTPSessionManager(
        server,
        json_response=not (with_reports and _takes_stream(scope)),
        stateless=True,
        max_request_body_size=longest,
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
    return start["status"], headers, b"".join(message.get("body", b"") for message in sent)


def _takes_stream(scope: dict[str, Any]) -> bool:
    from mcp.server.streamable_http import check_accept_headers
    from starlette.requests import Request as ASGIRequest

    return bool(check_accept_headers(ASGIRequest(scope))[1])


def _scope(request: Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": list(_headers(request)),
    }


def _headers(request: Request) -> Iterator[tuple[bytes, bytes]]:
    for name, value in request.headers.items():
        small = name.lower()
        if small in _PASSED_ON or small.startswith(_PARAMETERS):
            yield small.encode(), value.encode("latin-1", "replace")


def quiet_manager() -> None:
    """Keep the SDK from logging that its manager starts and ends, which is with every request here."""
    logger = logging.getLogger("mcp.server.streamable_http_manager")
    if _is_no_start_or_end not in logger.filters:
        logger.addFilter(_is_no_start_or_end)


def _is_no_start_or_end(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO
