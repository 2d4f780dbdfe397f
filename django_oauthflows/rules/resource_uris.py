"""The form of a resource indicator (RFC 8707 §2): an absolute URI without a fragment. Pure."""

import re
from urllib.parse import urlsplit

#: A scheme and a rest, in the characters of a URI (RFC 3986 §2, §4.3): no blank, no `#`, ASCII alone.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")


def is_resource_uri(uri: str) -> bool:
    """Return whether a text may name a resource.

    A password in a URI ends up in tokens and logs (RFC 3986 §3.2.1), and a web address has no user name at
    all (RFC 9110 §4.2.4).
    """
    if not _ABSOLUTE.fullmatch(uri):
        return False
    try:
        parts = urlsplit(uri)
        _port, host = parts.port, parts.hostname
    except ValueError:
        return False
    user_information, at, _ = parts.netloc.rpartition("@")
    if parts.scheme in ("http", "https"):
        return bool(host) and not at
    return ":" not in user_information
