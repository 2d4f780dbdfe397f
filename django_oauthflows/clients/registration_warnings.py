"""What is said of a client's addresses that may be registered and cannot work as they stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from django_oauthflows.clients import private_hosts
from django_oauthflows.core import hosts

#: The addresses that this server asks: back-channel logout, keys, and request objects.
_ASKED = ("backchannel_logout_uri", "jwks_uri", "request_uris")
#: The addresses that are compared with what a client sends, character by character.
_COMPARED = ("redirect_uris", "post_logout_redirect_uris")


def warnings_about(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a sentence for each address that cannot work, or may be another one than meant, by its field.

    `values` are columns of a client and its policy by name; only those that are there are looked at. Names of
    hosts are looked up, so this is for those who manage clients, outside of any transaction.
    """
    asked = {name: _listed(values.get(name)) for name in _ASKED}
    unasked = private_hosts.never_asked(uri for uris in asked.values() for uri in uris)
    found = {name: [unasked[uri] for uri in uris if uri in unasked] for name, uris in asked.items()}
    for name in _COMPARED:
        uris = _listed(values.get(name))
        found[name] = [sentence for uri in uris if (sentence := _about_its_slash(uri, uris))]
    return {name: sentences for name, sentences in found.items() if sentences}


def sentences_of(warnings: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the warnings without their fields."""
    return [sentence for sentences in warnings.values() for sentence in sentences]


def _listed(value: Any) -> list[str]:
    """Return a column of addresses as a list, however it holds them."""
    return value.split() if isinstance(value, str) else list(value or ())


def _about_its_slash(uri: str, registered: Sequence[str]) -> str:
    """Tell an address with nothing but a slash behind its host from the one without (RFC 3986 §6.2.3).

    They are equal to a browser and not to the comparison (RFC 9700 §2.1, RP-Initiated Logout 1.0 §3).
    """
    parts = hosts.web_parts(uri)
    if parts is None or parts.path not in ("", "/") or parts.query:
        return ""
    other = uri.removesuffix("/") if parts.path else f"{uri}/"
    if other in registered:
        return ""
    return _(
        "%(uri)s is registered, and %(other)s is not: with and without the slash behind the host they are "
        "two addresses. Register the one that the app sends."
    ) % {"uri": uri, "other": other}
