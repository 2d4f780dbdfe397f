"""Addresses that this server never asks, since they lead into a private network (`clients.fetching`).

For those who manage clients, and for the audit log. A client that registers itself is told nothing of it: by
the answer, or by how long it takes, strangers could look around in the server's own network.
"""

from collections.abc import Iterable
from time import monotonic
from urllib.parse import SplitResult

from django.utils.translation import gettext as _

from django_oauthflows.clients.fetching import NotFetched, check_address, is_private_by_choice
from django_oauthflows.core.name_lookup import look_up
from django_oauthflows.core.public_addresses import is_public

#: For all look-ups of one registration together.
SECONDS = 3.0
#: Names that no public host has (RFC 6761 §6.3, RFC 6762 §3, RFC 8375 §3; `internal` is kept free by ICANN).
_NEVER_PUBLIC = ("localhost", "local", "home.arpa", "internal")


def never_asked(urls: Iterable[str]) -> dict[str, str]:
    """Return the addresses that this server never asks, each with a sentence that says why.

    Names are looked up, all together for `SECONDS` at most. One that has no address now may have a public one
    tomorrow, so nothing is said of it.
    """
    until = monotonic() + SECONDS
    found = {url: _sentence(url, until) for url in dict.fromkeys(urls) if url}
    return {url: sentence for url, sentence in found.items() if sentence}


def _sentence(url: str, until: float) -> str:
    try:
        parts = check_address(url)
    except NotFetched as error:
        return _("This server never asks %(uri)s. %(reason)s %(remedy)s") % {
            "uri": url,
            "reason": error,
            "remedy": _("Plain http is for hosts that OAUTHFLOWS['FETCH_PRIVATE_HOSTS'] lists."),
        }
    if is_private_by_choice(parts) or not _is_private(parts, until):
        return ""
    return _(
        "This server never asks %(uri)s: its host is in a private network. If it is one of yours, add "
        "'%(host)s' to OAUTHFLOWS['FETCH_PRIVATE_HOSTS']."
    ) % {"uri": url, "host": parts.netloc}


def _is_private(parts: SplitResult, until: float) -> bool:
    host, left = (parts.hostname or "").rstrip("."), until - monotonic()
    if left <= 0:
        return _is_never_public(host)
    try:
        addresses = look_up(host, parts.port or 443, seconds=left)
    except OSError:  # a time-out among them
        return _is_never_public(host)
    return not all(map(is_public, addresses))


def _is_never_public(host: str) -> bool:
    """Return whether a name without an address can have no public one."""
    if "." not in host and ":" not in host:
        return True
    return any(host == name or host.endswith(f".{name}") for name in _NEVER_PUBLIC)
