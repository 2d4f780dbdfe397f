"""Telling a client or a resource server what a token is (RFC 7662). At most two statements.

A resource server that has to prove later what it was told gets the answer signed (RFC 9701).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from django_oauthflows.core import clock, users
from django_oauthflows.issuer import issuer_of, named_resource_of, userinfo_url_of
from django_oauthflows.keys import jwt
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.introspection import INTROSPECTED_RULES, Introspected
from django_oauthflows.rules.jwt_types import INTROSPECTION
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.audiences import (
    as_claim,
    is_meant_for,
    row_opens_userinfo,
    serves_this_site,
    with_userinfo,
)
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.reading import (
    FoundAccessToken,
    FoundRefreshToken,
    find_access_token,
    find_refresh_token_row,
)
from django_oauthflows.tokens.subjects import PAIRWISE, subject_of
from django_oauthflows.tokens.validation import use_of

#: What is said of a token that is not live, and of one that is none of the asker's business (§2.2).
INACTIVE: Mapping[str, Any] = {"active": False}

#: What a JWT access token says that its row does not (RFC 9068 §2.2, RFC 9470 §6.2, RFC 8693 §4.1 and §4.4).
_SAID_BY_THE_TOKEN = ("aud", "jti", "auth_time", "acr", "act", "may_act")
#: How much of a token's checksum the audit log has: enough to tell one from another.
_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered, and for the audit log alone the `reason` why a token is not active, with details."""

    members: Mapping[str, Any]
    reason: Rule[Introspected] | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


def introspect(value: str, request: HttpRequest, *, asker: ClientFacts) -> Answer:
    """Return the members of the answer; `INACTIVE` for whatever the asker may not know about."""
    stored, now, issuer = checksum(value), clock.now(), issuer_of(request)
    access = find_access_token(stored)
    # Another client's token is looked for as long as one that is unknown (§2.2).
    if access is not None and _may_know(asker, access.row, request):
        if reason := _first_reason(_access_facts(access, now, request)):
            return _inactive(reason, stored)
        members = members_of_access_token(
            access.row,
            jwt.claims_of(value),
            issuer,
            asker=asker,
            audience=_audience_told(access, request, asker),
        )
        if asker.introspects_as_before:
            members = _with_audience_as_before(members, access.row)
        return Answer(members=members)
    refresh = find_refresh_token_row(stored)
    if refresh is not None and refresh.row.application_id == asker.key:
        ends = _refresh_end(refresh, asker)
        if reason := _first_reason(_refresh_facts(refresh, ends, now)):
            return _inactive(reason, stored)
        row, audience = refresh.row, tuple(refresh.row.resource)
        members = _members(
            row, refresh.person, refresh.scope, issuer, asker=asker, audience=audience
        )
        return Answer(members=members | ({"exp": int(ends.timestamp())} if ends else {}))
    exists = access is not None or refresh is not None
    reason = _first_reason(Introspected(exists=exists, now=now))
    assert reason is not None  # noqa: S101 - it may not be known
    return _inactive(reason, stored, meant_for=_audience_of(access, request))


def _inactive(reason: Rule[Introspected], stored: str, *, meant_for: str = "") -> Answer:
    detail = {"token_sha256": f"{stored[:_SHOWN]}…"}
    if meant_for:
        detail["meant_for"] = meant_for
    return Answer(members=INACTIVE, reason=reason, detail=detail)


def _first_reason(token: Introspected) -> Rule[Introspected] | None:
    return next((asked for asked in INTROSPECTED_RULES if asked(token) is not None), None)


def _access_facts(found: FoundAccessToken, now: datetime, request: HttpRequest) -> Introspected:
    use = use_of(found, now, request)
    return Introspected(
        exists=True,
        now=now,
        may_be_known=True,
        expires=use.expires,
        client_is_enabled=use.client_is_enabled,
        person_is_active=use.person_is_active,
    )


def _refresh_facts(found: FoundRefreshToken, ends: datetime | None, now: datetime) -> Introspected:
    return Introspected(
        exists=True,
        now=now,
        may_be_known=True,
        is_revoked=found.is_revoked,
        expires=ends,
        client_is_enabled=found.client_is_enabled,
        person_is_active=users.is_active(found.person),
    )


def _audience_told(
    access: FoundAccessToken, request: HttpRequest, asker: ClientFacts
) -> tuple[str, ...]:
    """Return what the answer says of the audience; this site where the asker is registered for it."""
    opens_userinfo = row_opens_userinfo(access.row, access.origins)
    userinfo = userinfo_url_of(request) if opens_userinfo else ""
    told = with_userinfo(access.row.resource, userinfo)
    return told or ((named_resource_of(request),) if serves_this_site(asker, request) else ())


def _audience_of(access: FoundAccessToken | None, request: HttpRequest) -> str:
    """Return what an access token is meant for, as its JWT would say it (RFC 9068 §3)."""
    if access is None:
        return ""
    return " ".join(access.row.resource or [named_resource_of(request)])


def signed(members: Mapping[str, Any], request: HttpRequest, *, asker: ClientFacts) -> str:
    """An answer as a signed JWT for whoever asked (RFC 9701 §5).

    No `sub` and no `exp` beside it, so that nobody takes it for an access token (§8.1).
    """
    claims = {
        "iss": issuer_of(request),
        "aud": asker.client_id,
        "iat": int(clock.now().timestamp()),
        "token_introspection": dict(members),
    }
    return jwt.sign(claims, typ=INTROSPECTION)


def members_of_access_token(
    row: Any,
    said: Mapping[str, Any],
    issuer: str,
    *,
    asker: ClientFacts,
    audience: tuple[str, ...],
) -> dict[str, Any]:
    """What is told of a live access token: by its row, and what a JWT of our own says beyond it.

    `audience` is empty for a token that was asked for no resource. The row was found by the checksum of its
    value, so whatever the value says was said by us.
    """
    members = _members(row, row.user, row.scope, issuer, asker=asker, audience=audience)
    return members | {
        "token_type": "Bearer",
        "exp": int(row.expires.timestamp()),
        **{name: said[name] for name in _SAID_BY_THE_TOKEN if name in said},
    }


def _with_audience_as_before(members: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """Return the members with django-oauth-toolkit's `aud`: a list, and only of a token for a resource.

    Its resource server takes it for a limit (RFC 8707 §2), and is no resource of ours.
    """
    others = {name: value for name, value in members.items() if name != "aud"}
    return others | ({"aud": list(row.resource)} if row.resource else {})


def _may_know(asker: ClientFacts, row: Any, request: HttpRequest) -> bool:
    """A client sees its own tokens; a resource server those meant for it, or all by policy."""
    if asker.may_introspect_all or row.application_id == asker.key:
        return True
    return is_meant_for(asker, row.resource, request)


def _members(
    row: Any,
    person: Any,
    scope: str,
    issuer: str,
    *,
    asker: ClientFacts,
    audience: tuple[str, ...],
) -> dict[str, Any]:
    """What is said of a token that is live; of its person, what the asker knows them by."""
    client_id = _client_id_of(row, asker)
    subject = subject_of(asker, person.pk, user=person) if person is not None else client_id
    members: dict[str, Any] = {
        "active": True,
        "scope": scope,
        "iat": int(row.created.timestamp()),
        "iss": issuer,
        # A token that somebody made by hand may belong to no client, and to nobody.
        **({"client_id": client_id} if client_id else {}),
        **({"sub": subject} if subject else {}),
    }
    if person is not None and asker.openid.subject_type != PAIRWISE:
        members["username"] = users.username_of(person)
    if audience:
        members["aud"] = as_claim(audience)
    return members


def _client_id_of(row: Any, asker: ClientFacts) -> str:
    if row.application_id == asker.key:
        return asker.client_id
    return str(row.application.client_id) if row.application else ""


def _refresh_end(found: FoundRefreshToken, client: ClientFacts) -> datetime | None:
    ends = (lifetimes.refresh_token_idle_end(client, found.row.created), found.ends_at)
    return min((end for end in ends if end is not None), default=None)
