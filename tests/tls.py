"""A TLS front on loopback for tests: what stands between browsers and the site's workers elsewhere."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import trustme

#: Of one connection alone (RFC 9110 §7.6.1); what is left is passed on.
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"}
#: What a front says itself, and takes from nobody.
OWN_WORDS = {"x-forwarded-proto", "x-forwarded-for", "x-forwarded-host", "forwarded"}


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """An authority that nobody knows yet, and what it vouches for: localhost and *.clients.test."""

    authority: Path
    server: Path


def certificates(folder: Path) -> Certificates:
    """New ones, as PEM files: `authority` is what a client has to be told to trust."""
    authority = trustme.CA()
    made = Certificates(authority=folder / "authority.pem", server=folder / "server.pem")
    authority.cert_pem.write_to_path(made.authority)
    issued = authority.issue_cert("localhost", "127.0.0.1", "*.clients.test")
    issued.private_key_and_cert_chain_pem.write_to_path(made.server)
    return made


class Front(BaseHTTPRequestHandler):
    """One connection. The port behind the front is the server's `passes_on_to`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        behind = HTTPConnection("127.0.0.1", self.server.passes_on_to, timeout=60)
        try:
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP | OWN_WORDS:
                    behind.putheader(name, value)
            behind.putheader("X-Forwarded-Proto", "https")
            behind.endheaders(body)
            self._answer(behind)
        finally:
            behind.close()

    do_POST = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_PATCH = do_GET

    def _answer(self, behind: HTTPConnection) -> None:
        answer = behind.getresponse()
        body = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"transfer-encoding", "content-length"}:
                self.send_header(name, value)
        length = answer.headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class FrontServer(ThreadingHTTPServer):
    """Each connection has a thread, where the handshake is made too: a slow one holds up nobody."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, *, passes_on_to: int, certificate: Path) -> None:
        super().__init__(("127.0.0.1", port), Front)
        self.passes_on_to = passes_on_to
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)

    def finish_request(self, request: Any, client_address: Any) -> None:
        secured = self.context.wrap_socket(request, server_side=True)
        try:
            super().finish_request(secured, client_address)
        finally:
            secured.close()

    def handle_error(self, *_: object) -> None:
        """A browser that goes away in the middle is no fault of the front's."""


@contextmanager
def tls_front(port: int, *, passes_on_to: int, certificate: Path) -> Iterator[None]:
    """Take TLS at `port` of localhost until the block ends, and pass requests on."""
    server = FrontServer(port, passes_on_to=passes_on_to, certificate=certificate)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
