"""Sector that redirect URIs name, for pairwise subjects (OpenID Connect Core §8.1). Pure."""

from collections.abc import Iterable
from urllib.parse import urlsplit


def names_one_sector(redirect_uris: Iterable[str]) -> bool:
    """Return whether all of them lead to one host of the web, or none of them names a host.

    Anybody can write a host into a URI of an app's own scheme, and by it join the sector of another site.
    """
    found = set()
    for uri in redirect_uris:
        try:
            parts = urlsplit(uri)
        except ValueError:
            return False
        if parts.hostname and parts.scheme not in ("http", "https"):
            return False
        found.add(parts.hostname or "")
    return len(found) <= 1
