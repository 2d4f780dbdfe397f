"""A client's own web server: it answers with what the test puts into it, and keeps what it was sent."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.test import override_settings


@dataclass
class Page:
    """One answer. `drips` sends the body byte by byte until the reader has had enough."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False


@dataclass
class Site:
    """A running server: its address, its page, and what it was asked."""

    host: str
    scheme: str = "http"
    page: Page = field(default_factory=Page)
    asked: list[str] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}/keys?a=b"

    def publish(self, value: Any, **headers: str) -> None:
        self.page = Page(body=json.dumps(value).encode(), headers=headers)


@contextmanager
def site(*, is_allowed: bool = True, certificate: Path | None = None) -> Iterator[Site]:
    """A server on a loopback address, which `FETCH_PRIVATE_HOSTS` names unless told otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            served.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def do_GET(self) -> None:
            served.asked.append(self.path)
            page = served.page
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            if not page.drips:
                self.wfile.write(page.body)
                return
            for number in range(len(page.body)):
                try:
                    self.wfile.write(page.body[number : number + 1])
                    self.wfile.flush()
                except OSError:
                    return
                waiting.wait(0.05)

        def handle(self) -> None:
            with suppress(OSError):  # whoever does not trust the certificate hangs up
                super().handle()

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal of the suite."""

    waiting = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if certificate else "http"
    served = Site(host=f"127.0.0.1:{server.server_port}", scheme=scheme)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    hosts = [served.host] if is_allowed else []
    written = {**getattr(settings, "OAUTHFLOWS", {}), "FETCH_PRIVATE_HOSTS": hosts}
    try:
        with override_settings(OAUTHFLOWS=written):
            yield served
    finally:
        server.shutdown()
        server.server_close()
