"""Access tokens that are sent through the browser (RFC 6749 §4.2.2): no refresh token ever comes this way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from django_oauthflows import dot
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.tokens import codes, lifetimes
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.formats import new_access_token
from django_oauthflows.tokens.issuing import insert_access_token, tell_issued
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.sessions import SignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontIssued:
    """What the browser carries back: `expires_in` is seconds, `code` empty where none was asked."""

    access_token: str = field(repr=False)
    expires_in: int
    scopes: frozenset[str]
    code: str = field(default="", repr=False)


def issue_in_front(
    request: AuthorizationRequest,
    *,
    flow: str,
    person: Any,
    sign_in: SignIn,
    now: datetime,
    with_code: bool,
) -> FrontIssued:
    """Start an authorization with its access token, and its code where one was asked, in one transaction."""
    using, family = dot.token_database(), uuid4()
    code, lifetime = "", lifetimes.access_token_lifetime(request.client)
    expires = now + timedelta(seconds=lifetime)
    access = new_access_token(
        request,
        expires,
        now=now,
        person=person.pk,
        auth_time=sign_in.auth_time,
        acr=sign_in.acr,
    )
    with transaction.atomic(using=using):
        if with_code:
            code = codes.issue_code(
                request,
                flow=flow,
                person=person,
                scopes=request.scopes,
                sign_in=sign_in,
                now=now,
                front_access_checksum=checksum(access),
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
                front_access_checksum=checksum(access),
            )
        insert_access_token(request, access, expires, person=person.pk, using=using)
    tell_issued(
        request.client, flow=flow, scopes=request.scopes, person=person.pk, authorization=family
    )
    return FrontIssued(access_token=access, expires_in=lifetime, scopes=request.scopes, code=code)
