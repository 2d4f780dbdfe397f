"""The audience of an access token: what it was asked for, and userinfo beside it (RFC 8707 §2, RFC 9068 §3).

A token of an OpenID Connect request is asked for an API, and its client still reads who signed in from
userinfo (OpenID Connect Core §5.3). So its audience is the API, and the exact URL of the userinfo endpoint.
No row has that URL: whoever compares the resource of a row finds the API alone, and no other view, no
introspecting API and no exchange takes the token for more.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.issuer import named_resource_of
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, TokenRequest
from django_oauthflows.rules.site_resources import names_same_resource


def is_meant_for(client: ClientFacts, resource: Collection[str], request: HttpRequest) -> bool:
    """Return whether a token names an API of the client's as its audience (RFC 8707 §2).

    One that was asked for no resource is for this site.
    """
    if resource:
        return not client.resources.isdisjoint(resource)
    return serves_this_site(client, request)


def serves_this_site(client: ClientFacts, request: HttpRequest) -> bool:
    """Return whether tokens that were asked for no resource are meant for the client: they are for this site.

    A JWT says so by its default audience (RFC 9068 §3), an opaque one does not say it. An API elsewhere does
    not become this site by its own name in the Host header (RFC 7662 §2.2).
    """
    own = named_resource_of(request) if client.resources else ""
    return bool(own) and any(names_same_resource(name, own) for name in client.resources)


def audience_of_request(
    request: TokenRequest | AuthorizationRequest, *, is_for_person: bool
) -> tuple[str, ...]:
    """Return the audience of the token that a request earns; this site where it names no resource."""
    is_exchange = isinstance(request, TokenRequest) and request.exchange.subject is not None
    opens = tells_of_person(request.scopes, is_for_person=is_for_person, is_exchanged=is_exchange)
    userinfo = request.userinfo_url if opens else ""
    return with_userinfo(request.resource, userinfo) or (request.own_resource,)


def row_opens_userinfo(row: Any, origins: Collection[str]) -> bool:
    """Ask the same of an access token's row; `origins` are those of an exchanged one."""
    return tells_of_person(
        row.scope.split(), is_for_person=row.user_id is not None, is_exchanged=bool(origins)
    )


def tells_of_person(scopes: Collection[str], *, is_for_person: bool, is_exchanged: bool) -> bool:
    """Return whether userinfo takes a token, whatever it was asked for: only where `openid` was granted.

    A token that was exchanged is for its target alone (RFC 8693 §2.1).
    """
    return dot.OPENID in scopes and is_for_person and not is_exchanged


def with_userinfo(resource: Iterable[str], userinfo: str) -> tuple[str, ...]:
    """Return the resources with the userinfo endpoint behind them, if there are any and `userinfo` is one."""
    resources = tuple(resource)
    return tuple(dict.fromkeys((*resources, userinfo))) if resources and userinfo else resources


def as_claim(audience: tuple[str, ...]) -> str | list[str]:
    """Return an audience as the claim `aud` has it: one text, or a list (RFC 7519 §4.1.3)."""
    return audience[0] if len(audience) == 1 else list(audience)
