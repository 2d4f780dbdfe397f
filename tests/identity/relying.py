"""A relying party's own web server: it hears of sign-outs, and answers as the test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.test import override_settings


@dataclass
class Heard:
    """One request to the server."""

    path: str
    content_type: str
    form: dict[str, list[str]]


@dataclass
class RelyingParty:
    """A running server: where it is told of sign-outs, what it heard, and what it answers next."""

    host: str
    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    location: str = ""

    @property
    def uri(self) -> str:
        return f"http://{self.host}/backchannel-logout"

    @property
    def tokens(self) -> list[str]:
        return [heard.form["logout_token"][0] for heard in self.heard]


@contextmanager
def listening(**others: Any) -> Iterator[RelyingParty]:
    """A server on a loopback address, which the project allows; `others` are settings of the project."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            form = parse_qs(body.decode())
            party.heard.append(Heard(self.path, self.headers["Content-Type"], form))
            self.send_response(party.answers.pop(0) if party.answers else 200)
            if party.location:
                self.send_header("Location", party.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal of the suite."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    party = RelyingParty(host=f"127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    written = {
        **getattr(settings, "OAUTHFLOWS", {}),
        "FETCH_PRIVATE_HOSTS": [party.host],
        "BACKCHANNEL_DELIVERY": "command",
        **others,
    }
    try:
        with override_settings(OAUTHFLOWS=written):
            yield party
    finally:
        server.shutdown()
        server.server_close()
