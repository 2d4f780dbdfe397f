"""Is a text an address of a kind? Pure, and never fails, whatever a client sends."""

from urllib.parse import SplitResult, urlsplit

#: Longest address that is kept, in characters.
LONGEST = 500
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def is_https(uri: str) -> bool:
    """A whole https address that names its host, and nobody's password."""
    parts = parts_of(uri)
    return parts is not None and parts.scheme == "https"


def is_web_address(uri: str) -> bool:
    """One a browser may be sent to: https, or http on the person's own device."""
    parts = parts_of(uri)
    if parts is None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)


def is_local(uri: str) -> bool:
    """Does it name the device it is opened on?"""
    parts = parts_of(uri)
    return parts is not None and parts.hostname in _LOCAL


def host_of(uri: str) -> str:
    """The host of an address; empty for what is none."""
    parts = parts_of(uri)
    return (parts.hostname or "") if parts else ""


def origin_of(uri: str) -> str:
    """Scheme, host and port; empty for what is no address."""
    parts = parts_of(uri)
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts else ""


def parts_of(uri: str) -> SplitResult | None:
    """The parts of an address with a host; `None` for anything else."""
    if len(uri) > LONGEST or not uri.isascii() or not uri.isprintable() or " " in uri:
        return None
    try:
        parts = urlsplit(uri)
        _port, host = parts.port, parts.hostname
    except ValueError:
        return None
    return parts if host and "@" not in parts.netloc and "\\" not in uri else None
