"""Hosts and origins of URLs, checked as hosts (RFC 1123 §2.1, RFC 3986 §3.2.2, RFC 5890 §2.3.1).

A host is a DNS name of letters, digits and hyphens, or an IP address without a zone. Nothing else can be
compared with another host, or stand in a header, and mean the same to everybody.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

#: One part of a name: letters, digits, hyphens inside (RFC 1123 §2.1).
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\Z")
#: A last part that browsers read as a number, so that the whole is an IPv4 address or no host.
_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)\Z")
_AUTHORITY = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.\-]+))(?::(?P<port>[1-9][0-9]{0,4}))?\Z"
)
_LONGEST_NAME = 253
_LAST_PORT = 65535


def is_host(host: str) -> bool:
    """Return whether it is a DNS name or an IP address, and nothing more."""
    if ":" in host:
        return _is_address(IPv6Address, host)
    labels = host.split(".")
    if _NUMBER.match(labels[-1]):
        return _is_address(IPv4Address, host)
    return len(host) <= _LONGEST_NAME and all(_LABEL.match(label) for label in labels)


def is_authority(authority: str) -> bool:
    """Return whether it is a host, or a host and a port: no user, no escape, no empty port."""
    found = _AUTHORITY.match(authority)
    if found is None or int(found["port"] or 0) > _LAST_PORT:
        return False
    return _is_address(IPv6Address, found["six"]) if found["six"] else is_host(found["name"])


def web_parts(url: str) -> SplitResult | None:
    """Return the parts of an http or https URL whose host is a host; `None` for anything else."""
    # Python's parser drops line ends and tabs, takes letters outside ASCII, and no browser's backslash.
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and is_authority(parts.netloc) else None


def host_of(url: str) -> str:
    """Return the host of an http or https URL in small letters; empty for anything else."""
    parts = web_parts(url)
    return (parts.hostname or "") if parts else ""


def origin_of(url: str) -> str:
    """Return the origin of an http or https URL, fit for a header (RFC 6454 §7); empty for anything else."""
    parts = web_parts(url)
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts else ""


def is_loopback(host: str) -> bool:
    """Return whether a host is the loopback name or address of the device it is opened on.

    RFC 8252 §7.3 and §8.3: `localhost`, and an address as `127.0.0.1` or `::1`.
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def may_be_loopback(host: str) -> bool:
    """Return whether a browser may take a host for its own device, in whatever way it is written.

    Names below `localhost` lead there too (RFC 6761 §6.3), and so may the address of no host and an IPv4
    address inside an IPv6 one (RFC 4291 §2.5.2, §2.5.5.2).
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _is_address(kind: type[IPv4Address] | type[IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except (AddressValueError, ValueError):
        return False
    return "%" not in text
