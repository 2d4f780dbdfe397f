"""Asking an address that a client named: for its keys, a request it signed, or to hear of a sign-out.

Whoever may name an address could make this server knock at doors inside its own network (server-side request
forgery). So: https alone, public addresses alone, looked up once and connected to as looked up, so that a
name cannot lead elsewhere a moment later; no redirects; a few seconds and a few kilobytes in all. What is
wrong is told in general words, lest the answers draw a map of the network.

django-oauth-toolkit has such a fetcher for one kind of JSON document, in a module that its next major release
moves; what is fetched here is also text, and its kind is judged by whoever asks.
"""

import io
import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from django_oauthflows.clients import fetch_limits
from django_oauthflows.clients.fetch_limits import Doubt
from django_oauthflows.conf import conf
from django_oauthflows.core import hosts
from django_oauthflows.core.name_lookup import look_up
from django_oauthflows.core.public_addresses import is_public

#: Everything together, from the look-up of the name to the last byte.
SECONDS = 3.0
#: The same where nobody waits: a client hears of a sign-out in a thread or by a command.
SECONDS_TO_POST = 5.0
#: Bytes of a document, unless its reader says otherwise.
AT_MOST = 64 * 1024

#: One sentence for whatever went wrong.
_NO_ANSWER = "There is no answer from this address."
#: RFC 9111 §5.2.2.
_NOT_KEPT = re.compile(r"\bno-(?:store|cache)\b", re.IGNORECASE)
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class NotFetched(Exception):
    """A document could not be had. The sentence is public, and tells nothing of the network."""


class NotAsked(NotFetched):
    """The address was not asked now (`fetch_limits`), which says nothing of it."""


class LimitReached(NotAsked):
    """The network of the request caused too many fetches or lost too much time, or the address was asked too
    often.
    """


class TooBusy(LimitReached):
    """This server waits for too many hosts at once, or has lost too much time to all of them."""


class NoAnswer(NotFetched):
    """The address did not answer, or not in time."""


class NoConnection(NoAnswer):
    """Nothing on its host would."""


_NOT_ASKED = {
    Doubt.ADDRESS: NotAsked,
    Doubt.NETWORK: LimitReached,
    Doubt.SERVER: TooBusy,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What an address answered. `max_age` is the seconds it may be kept for; `None` where it does not say."""

    text: str = field(repr=False)
    media_type: str
    max_age: int | None
    must_not_be_kept: bool = False


def fetch_json(
    url: str, *, at_most: int = AT_MOST, seconds: float = SECONDS, network: str | None = None
) -> Any:
    """The JSON at an address; the arguments are those of `fetch`. Raises `NotFetched`."""
    accept = "application/json"
    return parsed_json(fetch(url, accept=accept, at_most=at_most, seconds=seconds, network=network))


def fetch_text(
    url: str,
    *,
    accept: str = "*/*",
    at_most: int = AT_MOST,
    seconds: float = SECONDS,
    network: str | None = None,
) -> str:
    """The text at an address, in UTF-8; the arguments are those of `fetch`. Raises `NotFetched`."""
    return fetch(url, accept=accept, at_most=at_most, seconds=seconds, network=network).text


def parsed_json(document: Document) -> Any:
    """What the document says as JSON. Raises `NotFetched`."""
    try:
        return json.loads(document.text)
    except (ValueError, RecursionError):
        raise NotFetched("What is at this address is not JSON.") from None


def fetch(
    url: str,
    *,
    accept: str,
    at_most: int = AT_MOST,
    seconds: float = SECONDS,
    network: str | None = None,
) -> Document:
    """The document at an address, which must answer 200 in time. Raises `NotFetched`.

    A host that did not answer a moment ago is not asked again, and `network`, from where the request came
    that needs the document, causes only so many fetches (`fetch_limits`).
    """
    parts = check_address(url)
    host = f"{parts.hostname}:{_port_of(parts)}"
    with fetch_limits.one_fetch(host, url, network=network, seconds=seconds) as doubt:
        if doubt is not None:
            raise _NOT_ASKED[doubt](_NO_ANSWER)
        try:
            return fetch_now(url, accept=accept, at_most=at_most, seconds=seconds)
        except NoConnection:
            fetch_limits.leave_alone(host)
            raise
        except NoAnswer:
            # One slow page of a host that many share leaves the others as they are.
            fetch_limits.leave_alone(url)
            raise


def fetch_now(
    url: str, *, accept: str, at_most: int = AT_MOST, seconds: float = SECONDS
) -> Document:
    """The same for somebody who manages the client and wants to see it, however it went a moment ago."""
    with _answered(url, "GET", [f"Accept: {accept}"], b"", seconds) as response:
        return _read(response, at_most)


def post_form(url: str, form: Mapping[str, str], *, seconds: float = SECONDS_TO_POST) -> int:
    """Post a form and return the status of the answer; the rest is not read. Raises `NotFetched`."""
    body = urlencode(form).encode("ascii")
    lines = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    with _answered(url, "POST", lines, body, seconds) as response:
        return response.status


@contextmanager
def _answered(
    url: str, method: str, lines: list[str], body: bytes, seconds: float
) -> Iterator[HTTPResponse]:
    """The answer of an address, whose head has come. Raises `NotFetched`, of its reading as well."""
    parts = check_address(url)
    connection = None
    try:
        until = monotonic() + seconds
        addresses = _addresses_of(parts, until)
        connection = _connected(parts, addresses, until)
        connection.settimeout(_left(until))
        connection.sendall(_head(parts, method, lines) + body)
        response = HTTPResponse(_Timed(connection, until), method=method)  # type: ignore[arg-type]
        response.begin()
        yield response
    except (OSError, HTTPException, UnicodeError, ValueError):
        # Names that are not found, connections refused, certificates that do not fit: one sentence for all.
        raise (NoAnswer if connection else NoConnection)(_NO_ANSWER) from None
    finally:
        if connection is not None:
            connection.close()


def check_address(url: str) -> SplitResult:
    """Raise `NotFetched` unless it is an address that would be asked at all; nothing is looked up."""
    try:
        parts = urlsplit(url)
        _port, host = parts.port, parts.hostname
    except ValueError:
        raise NotFetched("The address is not a URL.") from None
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise NotFetched("The address is not a URL.")
    if "@" in parts.netloc or parts.fragment:
        raise NotFetched("The address must have neither a user name nor a fragment.")
    if not hosts.is_authority(parts.netloc):
        raise NotFetched("The address names no host.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_private_by_choice(parts)):
        raise NotFetched("The address must begin with https://.")
    return parts


def is_private_by_choice(parts: SplitResult) -> bool:
    """Did the project name the host, with or without its port, as one of its own network?"""
    return bool({parts.netloc, parts.hostname} & set(conf.FETCH_PRIVATE_HOSTS))


def _addresses_of(parts: SplitResult, until: float) -> list[str]:
    """Where the host is, if all of that is public. Raises `NoConnection`, `OSError`."""
    addresses = look_up(parts.hostname or "", _port_of(parts), seconds=_left(until))
    if not is_private_by_choice(parts) and not all(map(is_public, addresses)):
        raise NoConnection(_NO_ANSWER)
    return addresses


def _port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _connected(parts: SplitResult, addresses: list[str], until: float) -> socket.socket:
    """A connection to one of the addresses as they were looked up, with TLS but for what is private."""
    connection = _first_that_answers(addresses, _port_of(parts), until)
    if parts.scheme == "http":
        return connection
    try:
        connection.settimeout(_left(until))
        return _tls().wrap_socket(connection, server_hostname=parts.hostname)
    except BaseException:
        connection.close()
        raise


def _first_that_answers(addresses: list[str], port: int, until: float) -> socket.socket:
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(until))
        except OSError:
            continue
    raise OSError


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _head(parts: SplitResult, method: str, lines: list[str]) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = (
        f"{method} {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        *lines,
        "Accept-Encoding: identity",
        "User-Agent: django-oauthflows",
        "Connection: close",
    )
    return ("\r\n".join(head) + "\r\n\r\n").encode("ascii")


def _read(response: HTTPResponse, at_most: int) -> Document:
    if response.status != 200:
        raise NotFetched("This address does not answer with a document.")
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise NotFetched("The document is compressed, and must not be.")
    body = response.read(at_most + 1)
    if len(body) > at_most:
        raise NotFetched("The document is too large.")
    cache_control = response.getheader("Cache-Control") or ""
    kept_for = _MAX_AGE.search(cache_control)
    return Document(
        text=body.decode("utf-8"),
        media_type=(response.getheader("Content-Type") or "").partition(";")[0].strip().lower(),
        max_age=int(kept_for[1]) if kept_for else None,
        must_not_be_kept=bool(_NOT_KEPT.search(cache_control)),
    )


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """A connection whose every read ends at one moment: bytes that drip in one by one win no time."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self.connection = connection
        self.until = until

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self.connection, self.until))


class _TimedReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, until: float) -> None:
        self.connection = connection
        self.until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(_left(self.until))
        return self.connection.recv_into(buffer)
