"""Is a text an address of a kind? Pure, and never fails, whatever a client sends."""

import re
from urllib.parse import SplitResult

from django_oauthflows.core import hosts

#: Longest address that is kept, in characters.
LONGEST = 500
_LONGEST_NAMED = 80
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")

#: Schemes that run or read something instead of going somewhere.
DANGEROUS_SCHEMES = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp"}
)


def is_https(uri: str) -> bool:
    """A whole https address that names its host, and nobody's password."""
    parts = parts_of(uri)
    return parts is not None and parts.scheme == "https"


def is_web_address(uri: str) -> bool:
    """One a browser may be sent to: https, or http on the person's own device."""
    parts = parts_of(uri)
    if parts is None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_local(parts))


def is_local(uri: str) -> bool:
    """Does it name the device it is opened on?"""
    parts = parts_of(uri)
    return parts is not None and _is_local(parts)


def host_of(uri: str) -> str:
    """The host of an address; empty for what is none."""
    return hosts.host_of(_kept(uri))


def origin_of(uri: str) -> str:
    """Scheme, host and port; empty for what is no address."""
    return hosts.origin_of(_kept(uri))


def scheme_of(uri: str) -> str:
    """The scheme in small letters (RFC 3986 §3.1); empty where there is none."""
    scheme, colon, _ = uri.partition(":")
    return scheme.lower() if colon and _SCHEME.fullmatch(scheme) else ""


def named_in_sentence(uri: str) -> str:
    """An address as a public sentence may name it (RFC 6749 §5.2): without a password or a query."""
    known = "".join(letter for letter in uri if letter.isascii() and letter.isprintable())
    known = known.replace('"', "").replace("\\", "").partition("?")[0].partition("#")[0]
    scheme, slashes, rest = known.partition("://")
    authority, slash, path = rest.partition("/")
    return (scheme + slashes + authority.rpartition("@")[2] + slash + path)[:_LONGEST_NAMED]


def _is_local(parts: SplitResult) -> bool:
    return hosts.is_loopback(parts.hostname or "")


def parts_of(uri: str) -> SplitResult | None:
    """The parts of an http or https address with a host; `None` for anything else."""
    return hosts.web_parts(_kept(uri))


def _kept(uri: str) -> str:
    """The address; empty, which is none, for one that is too long to be kept."""
    return uri if len(uri) <= LONGEST else ""
