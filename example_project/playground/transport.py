"""The client's way to its provider when both are on one machine."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter


class LoopbackAdapter(HTTPAdapter):
    """Send what is meant for the public address to this machine's own server.

    The client keeps to public addresses throughout, as it would anywhere; the demo's may not be
    reachable from here, or stand behind a certificate that only the browser trusts. The request
    arrives as a front would pass it on. A page of the client so holds one of the server's threads
    while it asks another: start the server with several. A client elsewhere needs none of this.
    """

    def __init__(self, internal_url: str) -> None:
        super().__init__()
        self.internal_url = internal_url

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        public = urlsplit(request.url or "")
        request.headers["Host"] = public.netloc
        request.headers["X-Forwarded-Proto"] = public.scheme
        request.url = self.internal_url + public._replace(scheme="", netloc="").geturl()
        return super().send(request, **kwargs)


def take_the_loopback(session: requests.Session, *, origin: str, internal_url: str) -> None:
    """Make `session` reach `origin` at `internal_url`, whatever proxies the environment names."""
    session.mount(f"{origin}/", LoopbackAdapter(internal_url))
    session.trust_env = False
