"""A provider over real HTTP that does what a test tells it, mistakes included."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(kw_only=True)
class Scripted:
    """What it was asked, and what it is to answer where the usual answer will not do."""

    url: str
    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    lifetime: int | None = 600
    refreshable: bool = True
    issued: int = 0
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)
    accepts_nothing: bool = False
    #: Path → the status and the place a GET or a POST is sent on to.
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: Each GET with its Authorization header.
    gotten: list[tuple[str, str]] = field(default_factory=list)

    def metadata(self, **members: Any) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "device_authorization_endpoint": f"{self.url}/device",
            **members,
        }

    def grants(self) -> list[str]:
        return [form["grant_type"] for path, form in self.asked if path == "/token"]

    def post(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        self.asked.append((path, form))
        if self.answers:
            return self.answers.pop(0)
        if path == "/token":
            return 200, self.new_tokens()
        if path == "/device":
            return 200, {
                "device_code": "device-secret",
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{self.url}/pair",
                "expires_in": 60,
            }
        return 200, {}

    def new_tokens(self) -> dict[str, Any]:
        self.issued += 1
        answer: dict[str, Any] = {"access_token": f"access-{self.issued}", "token_type": "Bearer"}
        if self.lifetime is not None:
            answer["expires_in"] = self.lifetime
        if self.refreshable:
            answer["refresh_token"] = f"refresh-{self.issued}"
        return answer

    def call(self, path: str, authorization: str, body: bytes) -> int:
        self.calls.append((path, authorization, body))
        is_good = authorization == f"Bearer access-{self.issued}" and not self.accepts_nothing
        return 200 if is_good else 401


@contextmanager
def scripted_provider() -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            script.gotten.append((path, self.headers.get("Authorization", "")))
            if path in script.redirects:
                self.redirect(path)
            elif path in script.documents:
                self.answer(200, script.documents[path])
            elif path == "/elsewhere":
                self.send_response(302)
                self.send_header("Location", script.url.replace("127.0.0.1", "localhost") + "/api")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif path.startswith("/api"):
                self.answer(script.call(path, self.headers.get("Authorization", ""), b""), {})
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith("/api"):
                authorization = self.headers.get("Authorization", "")
                self.answer(script.call(self.path, authorization, body), {})
            elif self.path in script.redirects:
                self.redirect(self.path)
            else:
                self.answer(*script.post(self.path, dict(parse_qsl(body.decode()))))

        def redirect(self, path: str) -> None:
            status, place = script.redirects[path]
            self.send_response(status)
            self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def answer(self, status: int, content: Any) -> None:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Scripted(url=f"http://127.0.0.1:{server.server_port}")
    script.documents["/.well-known/oauth-authorization-server"] = script.metadata()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
