"""Origin of a URI: the place a person is sent to, or an API stands at (RFC 6454 §4, RFC 8252 §7)."""

from urllib.parse import urlsplit

from django_oauthflows.core import hosts

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of_uri(uri: str) -> str:
    """Return scheme, host and port of a web address, or the scheme of an app of its own.

    A loopback address of http has no port here: an installed app gets another one each time (RFC 8252 §7.3).
    An address that cannot be read is its own origin, and equals no other.
    """
    return _origin(uri, keeps_loopback_port=False)


def exact_origin_of_uri(uri: str) -> str:
    """Return the same with the port of a loopback address: another port there is another server."""
    return _origin(uri, keeps_loopback_port=True)


def _origin(uri: str, *, keeps_loopback_port: bool) -> str:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return uri
    if parts.scheme not in _DEFAULT_PORTS:
        return f"{parts.scheme}:" if parts.scheme else uri
    if not host:
        return uri
    shown = f"[{host}]" if ":" in host else host
    has_port = port not in (None, _DEFAULT_PORTS[parts.scheme])
    has_free_port = parts.scheme == "http" and hosts.is_loopback(host)
    is_kept = has_port and (keeps_loopback_port or not has_free_port)
    return f"{parts.scheme}://{shown}" + (f":{port}" if is_kept else "")


def leads_to_device(uri: str) -> bool:
    """Return whether a web address may lead back to the device it is opened on (RFC 8252 §7.3, §8.3)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in _DEFAULT_PORTS and hosts.may_be_loopback(parts.hostname or "")
