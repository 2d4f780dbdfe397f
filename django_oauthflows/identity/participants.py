"""The clients that take part in a sign-in, and how each is to be told of its end."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db.models import Q

from django_oauthflows import dot
from django_oauthflows.clients.facts import client_of
from django_oauthflows.core import hosts
from django_oauthflows.flows.hybrid import HYBRID
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.subjects import sid_of

#: Of authorizations: whose client got an ID token, with its code or before it (OpenID Connect Core §3.3).
_WAS_TOLD = Q(redeemed__isnull=False) | Q(flow=HYBRID.slug)


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
        .filter(_WAS_TOLD, sid=sid, user_id=person.pk)
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
        if (origin := hosts.origin_of(client.openid.frontchannel_logout_uri))
    ]


def _named(client: ClientFacts, issuer: str, sid: str) -> str:
    """The address, with issuer and session (§3) but for a client that says it wants neither (§2)."""
    uri = client.openid.frontchannel_logout_uri
    if client.openid.frontchannel_logout_session_required is False:
        return uri
    parts = urlsplit(uri)
    session = urlencode({"iss": issuer, "sid": sid_of(client, sid)})
    query = "&".join(part for part in (parts.query, session) if part)
    return urlunsplit(parts._replace(query=query))
