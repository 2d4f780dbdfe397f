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
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from django_oauthflows.conf import conf

#: Everything together, from the first connection to the last byte. The look-up of the name has the limits
#: of the system's resolver.
SECONDS = 5.0
#: Bytes of a document, unless its reader says otherwise.
AT_MOST = 64 * 1024

_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Addresses that are an IPv4 address written differently (RFC 6052 §2.1, RFC 3056, RFC 4380).
_NAT64 = IPv6Network("64:ff9b::/96")
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class NotFetched(Exception):
    """A document could not be had. The sentence is public, and tells nothing of the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What an address answered. `max_age` is the seconds it may be kept for; `None` where it does not say."""

    text: str = field(repr=False)
    media_type: str
    max_age: int | None


def fetch_json(url: str, *, at_most: int = AT_MOST, seconds: float = SECONDS) -> Any:
    """The JSON at an address. Raises `NotFetched`."""
    return parsed_json(fetch(url, accept="application/json", at_most=at_most, seconds=seconds))


def fetch_text(
    url: str, *, accept: str = "*/*", at_most: int = AT_MOST, seconds: float = SECONDS
) -> str:
    """The text at an address, in UTF-8. Raises `NotFetched`."""
    return fetch(url, accept=accept, at_most=at_most, seconds=seconds).text


def parsed_json(document: Document) -> Any:
    """What the document says as JSON. Raises `NotFetched`."""
    try:
        return json.loads(document.text)
    except (ValueError, RecursionError):
        raise NotFetched("What is at this address is not JSON.") from None


def fetch(url: str, *, accept: str, at_most: int = AT_MOST, seconds: float = SECONDS) -> Document:
    """The document at an address, which must answer 200 in time. Raises `NotFetched`."""
    with _answered(url, "GET", [f"Accept: {accept}"], b"", seconds) as response:
        return _read(response, at_most)


def post_form(url: str, form: Mapping[str, str], *, seconds: float = SECONDS) -> int:
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
        addresses = _addresses_of(parts)
        until = monotonic() + seconds
        connection = _connected(parts, addresses, until)
        connection.sendall(_head(parts, method, lines) + body)
        response = HTTPResponse(_Timed(connection, until), method=method)  # type: ignore[arg-type]
        response.begin()
        yield response
    except (OSError, HTTPException, UnicodeError, ValueError):
        # Names that are not found, connections refused, certificates that do not fit: one sentence for all.
        raise NotFetched("There is no answer from this address.") from None
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
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_private_by_choice(parts)):
        raise NotFetched("The address must begin with https://.")
    return parts


def _is_private_by_choice(parts: SplitResult) -> bool:
    """Did the project name the host, with or without its port, as one of its own network?"""
    return bool({parts.netloc, parts.hostname} & set(conf.FETCH_PRIVATE_HOSTS))


def _addresses_of(parts: SplitResult) -> list[str]:
    """Where the host is, if all of that is public. Raises `NotFetched`, `OSError`."""
    found = socket.getaddrinfo(parts.hostname, _port_of(parts), type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not _is_private_by_choice(parts) and not all(map(_is_public, addresses)):
        raise NotFetched("There is no answer from this address.")
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


def _is_public(address: str) -> bool:
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False  # with a zone: of one link
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
        elif ip not in _GLOBAL_UNICAST or any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


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
    kept_for = _MAX_AGE.search(response.getheader("Cache-Control") or "")
    return Document(
        text=body.decode("utf-8"),
        media_type=(response.getheader("Content-Type") or "").partition(";")[0].strip().lower(),
        max_age=int(kept_for[1]) if kept_for else None,
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
