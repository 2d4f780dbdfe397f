"""What is sent through the browser beside or instead of a code: no refresh token ever comes this way.

An access token (RFC 6749 §4.2.2), or nothing but the news that somebody signed in, which the ID token made of
the answer tells (OpenID Connect Core §3.2, §3.3).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django_oauthflows import dot
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.tokens import codes, lifetimes
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.formats import claims_of_access_token
from django_oauthflows.tokens.issuing import insert_access_token, tell_issued
from django_oauthflows.tokens.issuing_conditions import issuing
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.prospects import Prospect
from django_oauthflows.tokens.sessions import SignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontIssued:
    """What the browser carries back: `expires_in` is seconds, and what was not asked for is empty."""

    scopes: frozenset[str]
    authorization: UUID
    access_token: str = field(default="", repr=False)
    expires_in: int = 0
    code: str = field(default="", repr=False)


def issue_in_front(
    request: AuthorizationRequest,
    *,
    flow: str,
    person: Any,
    sign_in: SignIn,
    now: datetime,
    network: str = "",
) -> FrontIssued:
    """Start an authorization with what the response type names, in one transaction.

    Raises `LostRace` as `codes.issue_code` does.
    """
    using, family = dot.token_database(), uuid4()
    earned = prospect(request, person=person, sign_in=sign_in, now=now)
    expires = front_end(request, now, person=person.pk)
    access = earned.access_token() if earned else ""
    front = checksum(access) if access else ""
    with issuing(user=person, client=request.client.key, using=using, sid=sign_in.sid):
        code = ""
        if "code" in request.response_types:
            code = codes.insert_code(
                request,
                flow=flow,
                person=person,
                scopes=request.scopes,
                sign_in=sign_in,
                now=now,
                front_access_checksum=front,
                pk=family,
            )
        else:
            Authorization.objects.using(using).create(
                pk=family,
                application_id=request.client.key,
                user_id=person.pk,
                flow=flow,
                scope=" ".join(sorted(request.scopes)),
                resource=list(request.resource),
                created=now,
                redeemed=now,
                last_used=now,
                expires=expires,
                session=sign_in.session,
                auth_time=sign_in.auth_time,
                acr=sign_in.acr,
                amr=list(sign_in.amr),
                sid=sign_in.sid,
                nonce=request.nonce,
                claims=request.claims,
                front_access_checksum=front,
            )
        if access:
            insert_access_token(request, access, expires, person=person.pk, using=using)
    if access:
        tell_issued(
            request.client,
            flow=flow,
            scopes=request.scopes,
            person=person.pk,
            authorization=family,
            network=network,
        )
    return FrontIssued(
        access_token=access,
        expires_in=int((expires - now).total_seconds()) if access else 0,
        scopes=request.scopes,
        authorization=family,
        code=code,
    )


def prospect(
    request: AuthorizationRequest, *, person: Any, sign_in: SignIn, now: datetime
) -> Prospect | None:
    """The access token that goes through the browser, where the response type names one."""
    if "token" not in request.response_types:
        return None
    expires = front_end(request, now, person=person.pk)
    claims = claims_of_access_token(
        request,
        expires,
        now=now,
        person=person.pk,
        auth_time=sign_in.auth_time,
        acr=sign_in.acr,
    )
    return Prospect(request=request, expires=expires, claims=claims, person=person.pk)


def front_end(request: AuthorizationRequest, now: datetime, *, person: Any = None) -> datetime:
    """When what goes through the browser ends; `person` is a key."""
    return now + timedelta(seconds=lifetimes.access_token_lifetime(request, person=person))
