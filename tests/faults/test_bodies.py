"""Bodies in chunks are read or refused with a reason; half a body is never taken for a whole one."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import LimitedStream
from django.db import connection
from django.test import RequestFactory
from django.urls import resolve

from django_oauthflows.core.request_body import UnframedBody, whole_body_of
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.faults.surroundings import database_url
from tests.marks import spec
from tests.servers import free_port, serving

SERVERS = {
    "gunicorn": ["gunicorn", "--workers=1", "--threads=4"],
    "uvicorn": ["uvicorn", "--log-level=warning"],
}


def _command(name: str, port: int) -> list[str]:
    module, *options = SERVERS[name]
    if name == "gunicorn":
        where, app = [f"--bind=127.0.0.1:{port}"], "django.core.wsgi:get_wsgi_application()"
    else:
        where, app = [f"--port={port}", "--factory"], "django.core.asgi:get_asgi_application"
    return [sys.executable, "-m", module, *options, *where, app]


@pytest.fixture(params=SERVERS)
def port(request: Any, transactional_db: None, tmp_path: Path) -> Iterator[int]:
    """A real server on the database of this test."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings.served"}
    env["DATABASE_URL"] = database_url(connection)
    port = free_port()
    with serving(_command(request.param, port), env, port, tmp_path / "log"):
        yield port


def exchange(port: int, *parts: bytes, cuts: bool = False) -> tuple[int, dict[str, Any]]:
    """Send bytes as they are, and return the status and the members of the answer; 0 for none."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connected:
        for part in parts:
            connected.sendall(part)
        if cuts:
            connected.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connected.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        return 0, {}
    status = int(head.split()[1])
    start, end = body.find(b"{"), body.rfind(b"}")
    return status, json.loads(body[start : end + 1]) if start >= 0 else {}


def head(flow: FlowClient, *headers: str) -> bytes:
    lines = (
        "POST /o/token/ HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        "Content-Type: application/x-www-form-urlencoded",
        f"Authorization: {flow.basic['Authorization']}",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


FORM = "application/x-www-form-urlencoded"
BODY = b"grant_type=client_credentials&scope=notes%3Awrite"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


@pytest.mark.postgres
@spec("RFC 9112 §7.1")
def test_a_body_in_chunks_is_read_and_half_of_one_is_not(port: int) -> None:
    flow = FlowClient(
        registered=ClientFactory(
            preset="service", redirect_uris=(), scopes=("notes:read", "notes:write")
        )
    )
    chunked = head(flow, "Transfer-Encoding: chunked")
    status, members = exchange(port, chunked, chunk(BODY[:20]), chunk(BODY[20:]), b"0\r\n\r\n")
    assert status == 200, members
    assert members["scope"] == "notes:write"
    # Cut within a chunk, and where the next one should begin.
    for parts in ([chunk(BODY)[:-12]], [chunk(BODY)]):
        status, members = exchange(port, chunked, *parts, cuts=True)
        assert status != 200
        assert "access_token" not in members
    # Cut before the announced length, and in the middle of a scope.
    announced = head(flow, f"Content-Length: {len(BODY)}")
    for cut in (len(BODY) - 4, len("grant_type=client_credentials")):
        status, members = exchange(port, announced, BODY[:cut], cuts=True)
        assert status != 200
        assert "access_token" not in members
        if status == 400 and members:
            assert members["error"] == "invalid_request"
    status, members = exchange(port, announced, BODY)
    assert (status, members.get("scope")) == (200, "notes:write")


@spec("RFC 9110 §15.5.12")
def test_chunks_without_an_end_are_refused_with_a_reason(client: Any, db: None) -> None:
    answer = client.post(
        "/o/token/",
        BODY,
        content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )
    assert answer.status_code == 411
    assert answer.json()["error"] == "invalid_request"
    assert "Content-Length" in answer.json()["error_description"]


class Broken(BytesIO):
    """A connection that breaks while it is read."""

    def read(self, *_: Any) -> bytes:
        raise ConnectionResetError

    readline = read


@pytest.mark.parametrize("stream", [BytesIO, Broken])
@pytest.mark.parametrize(
    ("path", "content_type", "rule"),
    [
        ("/o/token/", "application/x-www-form-urlencoded", "invalid_request"),
        ("/o/introspect/", "application/x-www-form-urlencoded", "invalid_request"),
        ("/o/register/", "application/json", "invalid_client_metadata"),
    ],
)
@spec("RFC 9112 §8")
def test_a_body_that_ends_early_is_refused_with_a_reason(
    path: str, content_type: str, rule: str, stream: Any, db: None, settings: Any
) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}
    request: Any = RequestFactory().post(path, BODY, content_type=content_type)
    request._stream = LimitedStream(stream(BODY[:-4]), len(BODY))
    answer = resolve(path).func(request)
    members = json.loads(answer.content)
    assert (answer.status_code, members["error"]) == (400, rule)
    assert "announced length" in members["error_description"]


def test_a_server_that_marks_no_end_is_not_read_from() -> None:
    request = RequestFactory().post(
        "/", BODY, content_type="text/plain", headers={"Transfer-Encoding": "chunked"}
    )
    request.META["CONTENT_LENGTH"] = ""
    with pytest.raises(UnframedBody):
        whole_body_of(request)


@pytest.mark.parametrize("length", ["²", "many"])
@spec("RFC 9112 §6.3")
def test_a_length_that_is_no_number_is_refused_with_a_reason(length: str, db: None) -> None:
    request = RequestFactory().post("/o/token/", BODY, content_type=FORM)
    request.META["CONTENT_LENGTH"] = length
    answer = resolve("/o/token/").func(request)
    assert (answer.status_code, json.loads(answer.content)["error"]) == (400, "invalid_request")
