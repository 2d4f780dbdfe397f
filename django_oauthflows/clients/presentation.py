"""A client as people are shown it (RFC 7591 §5, RFC 9700 §4.1).

Anybody can register a client under the home page and the logo of somebody else. Of a client that registered
itself and is not verified, an address counts as its own where it is on the host of its metadata document, or
else on the host that people are sent back to. A logo from another host is not shown; another address is
shown with its host, and with the remark that nobody verified it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language

from django_oauthflows.clients.dynamic.documents import BY_DOCUMENT
from django_oauthflows.clients.translations import in_language
from django_oauthflows.core import hosts, text
from django_oauthflows.rules.requests import BY_HAND, ClientFacts

#: The addresses that pages show.
ADDRESSES = ("client_uri", "policy_uri", "tos_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedAddress:
    """An address a client named, on a host that is not known to be its own."""

    uri: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedClient:
    """A client with only its own addresses, and those of other hosts by member."""

    client: ClientFacts
    unverified: dict[str, UnverifiedAddress]


def is_known_to_site(client: ClientFacts) -> bool:
    """Did an administrator add or verify the client?"""
    return client.is_verified or client.registration_source == BY_HAND


def presented(client: ClientFacts, *, redirect_uri: str = "") -> PresentedClient:
    """Return the client in the person's language; `redirect_uri` is where this request leads."""
    client = in_language(client, get_language())
    if not hosts.host_of(client.logo_uri):  # no page could let it load
        client = replace(client, logo_uri="")
    if is_known_to_site(client):
        return PresentedClient(client=client, unverified={})
    host = own_host(
        client.client_id,
        client.registration_source,
        [redirect_uri] if redirect_uri else client.redirect_uris,
    )
    left_out: dict[str, Any] = {}
    unverified = {}
    for member in ("logo_uri", *ADDRESSES):
        uri: str = getattr(client, member)
        if uri and not is_on(host, uri):
            left_out[member] = ""
            if member in ADDRESSES and hosts.host_of(uri):
                unverified[member] = UnverifiedAddress(uri=uri, host=hosts.host_of(uri))
    return PresentedClient(client=replace(client, **left_out), unverified=unverified)


def name_of(application: Any) -> str:
    """Return the name of an application's row as people are shown it."""
    return text.shown(application.name, application.client_id)


def own_host(client_id: str, registration_source: str, redirect_uris: Sequence[str]) -> str:
    """Return the host that a self-registered client is known to be at; empty for none, or for several."""
    if registration_source == BY_DOCUMENT:
        return hosts.host_of(client_id)
    found = {hosts.host_of(uri) for uri in redirect_uris}
    return found.pop() if len(found) == 1 else ""


def is_on(host: str, uri: str) -> bool:
    """Return whether an address is on a host."""
    return host != "" and hosts.host_of(uri) == host
