"""The clients that take part in a sign-in, and how each is to be told of its end."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db.models import Q

from django_oauthflows import dot
from django_oauthflows.clients.facts import client_of
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.models import Authorization

#: A host, with or without its port, that may stand in a Content-Security-Policy.
_HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A client's page that is shown, hidden, at a sign-out, and the origin it is from."""

    url: str
    origin: str


def participants_of(sid: str, person: Any) -> list[ClientFacts]:
    """Every client that was told of the person's sign-in and wants to know of its end, in one statement.

    Only those that asked who the person is were given the `sid`.
    """
    if not sid:
        return []
    policy = "application__oauthflows_policy__"
    rows = (
        Authorization.objects.using(dot.token_database())
        .filter(sid=sid, user_id=person.pk, redeemed__isnull=False)
        .filter(
            Q(**{f"{policy}backchannel_logout_uri__gt": ""})
            | Q(**{f"{policy}frontchannel_logout_uri__gt": ""})
        )
        .order_by("application__client_id")
        .values_list("application__client_id", "scope")
    )
    ids = dict.fromkeys(client_id for client_id, scope in rows if "openid" in scope.split())
    clients = (client_of(client_id) for client_id in ids)
    return [client for client in clients if client is not None and client.is_enabled]


def frames_of(clients: list[ClientFacts], *, issuer: str, sid: str) -> list[Frame]:
    """The pages to show at a sign-out (OpenID Connect Front-Channel Logout 1.0 §3)."""
    return [
        Frame(url=_named(client, issuer, sid), origin=origin)
        for client in clients
        if (origin := _origin_of(client.openid.frontchannel_logout_uri))
    ]


def _named(client: ClientFacts, issuer: str, sid: str) -> str:
    """The address, with issuer and session for a client that is registered for them."""
    uri = client.openid.frontchannel_logout_uri
    if not client.openid.frontchannel_logout_session_required:
        return uri
    parts = urlsplit(uri)
    query = "&".join(part for part in (parts.query, urlencode({"iss": issuer, "sid": sid})) if part)
    return urlunsplit(parts._replace(query=query))


def _origin_of(uri: str) -> str:
    """Scheme and host of an address that may be framed; empty for any other, or for none."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return ""
    return f"{parts.scheme}://{parts.netloc}"
