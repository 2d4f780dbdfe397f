"""Telling a client or a resource server what a token is (RFC 7662). At most two statements.

A resource server that has to prove later what it was told gets the answer signed (RFC 9701).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows.issuer import issuer_of
from django_oauthflows.keys import jwt
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.reading import (
    FoundRefreshToken,
    find_access_token,
    find_refresh_token_row,
)
from django_oauthflows.tokens.subjects import PAIRWISE, subject_of
from django_oauthflows.tokens.validation import is_live

#: What is said of a token that is not live, and of one that is none of the asker's business (§2.2).
INACTIVE: dict[str, Any] = {"active": False}

#: The media type of a signed answer, as its header names it (RFC 9701 §5).
INTROSPECTION_JWT = "token-introspection+jwt"

#: What a JWT access token says that its row does not (RFC 9068 §2.2, RFC 9470 §6.2, RFC 8693 §4.1 and §4.4).
_SAID_BY_THE_TOKEN = ("aud", "jti", "auth_time", "acr", "act", "may_act")


def introspect(value: str, request: HttpRequest, *, asker: ClientFacts) -> dict[str, Any]:
    """The members of the answer; `INACTIVE` for whatever the asker may not know about."""
    stored, now, issuer = checksum(value), timezone.now(), issuer_of(request)
    access = find_access_token(stored)
    if access is not None:
        if not is_live(access, now, request) or not _may_know(asker, access.row):
            return INACTIVE
        return members_of_access_token(access.row, jwt.claims_of(value), issuer, asker=asker)
    refresh = find_refresh_token_row(stored)
    if (
        refresh is None
        or refresh.row.application_id != asker.key
        or not _refresh_is_live(refresh, asker, now)
    ):
        return INACTIVE
    ends = _refresh_end(refresh, asker)
    return _members(refresh.row, refresh.person, refresh.scope, issuer, asker=asker) | (
        {"exp": int(ends.timestamp())} if ends else {}
    )


def signed(members: dict[str, Any], request: HttpRequest, *, asker: ClientFacts) -> str:
    """An answer as a signed JWT for whoever asked (RFC 9701 §5).

    No `sub` and no `exp` beside it, so that nobody takes it for an access token (§8.1).
    """
    claims = {
        "iss": issuer_of(request),
        "aud": asker.client_id,
        "iat": int(timezone.now().timestamp()),
        "token_introspection": members,
    }
    return jwt.sign(claims, typ=INTROSPECTION_JWT)


def members_of_access_token(
    row: Any, said: Mapping[str, Any], issuer: str, *, asker: ClientFacts
) -> dict[str, Any]:
    """What is told of a live access token: by its row, and what a JWT of our own says beyond it.

    The row was found by the checksum of its value, so whatever the value says was said by us.
    """
    return _members(row, row.user, row.scope, issuer, asker=asker) | {
        "token_type": "Bearer",
        "exp": int(row.expires.timestamp()),
        **{name: said[name] for name in _SAID_BY_THE_TOKEN if name in said},
    }


def _may_know(asker: ClientFacts, row: Any) -> bool:
    """A client sees its own tokens; a resource server those meant for it, or all by policy."""
    if asker.may_introspect_all or row.application_id == asker.key:
        return True
    return not asker.resources.isdisjoint(row.resource)


def _members(
    row: Any, person: Any, scope: str, issuer: str, *, asker: ClientFacts
) -> dict[str, Any]:
    """What is said of a token that is live; of its person, what the asker knows them by."""
    client_id = _client_id_of(row, asker)
    members: dict[str, Any] = {
        "active": True,
        "scope": scope,
        "client_id": client_id,
        "iat": int(row.created.timestamp()),
        "iss": issuer,
        "sub": subject_of(asker, person.pk) if person is not None else client_id,
    }
    if person is not None and asker.openid.subject_type != PAIRWISE:
        members["username"] = person.get_username()
    if row.resource:
        members["aud"] = row.resource[0] if len(row.resource) == 1 else list(row.resource)
    return members


def _client_id_of(row: Any, asker: ClientFacts) -> str:
    if row.application_id == asker.key:
        return asker.client_id
    return str(row.application.client_id) if row.application else ""


def _refresh_end(found: FoundRefreshToken, client: ClientFacts) -> datetime | None:
    ends = (lifetimes.refresh_token_idle_end(client, found.row.created), found.ends_at)
    return min((end for end in ends if end is not None), default=None)


def _refresh_is_live(found: FoundRefreshToken, client: ClientFacts, now: datetime) -> bool:
    ends = _refresh_end(found, client)
    return (
        not found.is_revoked
        and found.client_is_enabled
        and found.person.is_active
        and (ends is None or ends > now)
    )
