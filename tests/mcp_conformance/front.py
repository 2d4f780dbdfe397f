"""A front that adds an access token: the runner sends none."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.tls import HOP_BY_HOP


class _Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def pass_on(self) -> None:
        """Pass the request on, its `Host` included, and the answer back."""
        length = int(self.headers.get("Content-Length") or 0)
        behind = HTTPConnection("127.0.0.1", self.server.passes_on_to, timeout=60)
        try:
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    behind.putheader(name, value)
            behind.putheader("Authorization", f"Bearer {self.server.token}")
            behind.endheaders(self.rfile.read(length) if length else None)
            self._answer(behind.getresponse())
        finally:
            behind.close()

    def _answer(self, answer: Any) -> None:
        body = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_OPTIONS = pass_on

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def token_front(passes_on_to: int) -> Iterator[Any]:
    """Listen at a port of its own until the block ends; its `token` is added to each request."""
    front: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Front)
    front.daemon_threads = True
    front.passes_on_to, front.token = passes_on_to, ""
    thread = Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield front
    finally:
        front.shutdown()
        thread.join()
        front.server_close()
