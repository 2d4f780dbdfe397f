"""Tokens for a person whom no page was shown.

They gave the client their password (RFC 6749 §4.3.3), or an issuer this site trusts speaks of them (RFC 7523
§2.1).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django_oauthflows import dot
from django_oauthflows.rules.requests import Held, TokenRequest
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.checksums import checksum, generate
from django_oauthflows.tokens.issuing import (
    Issued,
    announce,
    insert_access_token,
    insert_refresh_token,
)
from django_oauthflows.tokens.issuing_conditions import issuing
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.prospects import Prospect, begins_with_refresh_token, prospect_of


def issue_to_person(request: TokenRequest, person: Any, *, has_signed_in: bool = True) -> Issued:
    """Start an authorization with its tokens.

    A refresh token only for a person who `has_signed_in`, and where the client may refresh: whoever speaks of
    them can do so again (RFC 7521 §4.1).

    Raises `LostRace` if the password was changed, or the account closed, since `person` was read.
    """
    request, earned = prospect(request, person, has_signed_in=has_signed_in)
    held, expires, access = request.held, earned.expires, earned.access_token()
    assert held is not None  # noqa: S101 - the prospect has just put it there
    using, family = dot.token_database(), uuid4()
    refresh = generate() if earned.may_refresh else ""
    with issuing(user=person, client=request.client.key, using=using):
        Authorization.objects.using(using).create(
            pk=family,
            application_id=request.client.key,
            user_id=person.pk,
            flow=request.flow,
            scope=" ".join(sorted(request.scopes)),
            resource=list(request.resource),
            created=request.now,
            redeemed=request.now,
            last_used=request.now,
            expires=held.ends_at if refresh else expires,
            auth_time=held.auth_time,
            first_access_checksum=checksum(access),
        )
        row = insert_access_token(request, access, expires, person=person.pk, using=using)
        if refresh:
            insert_refresh_token(request, refresh, family, row, using=using)
    return announce(request, access, expires, refresh=refresh, authorization=family)


def prospect(
    request: TokenRequest, person: Any, *, has_signed_in: bool = True
) -> tuple[TokenRequest, Prospect]:
    """The request with the person's word in it, and what that earns."""
    may_refresh = has_signed_in and begins_with_refresh_token(request)
    end = lifetimes.authorization_end(request.client, request.now) if may_refresh else None
    auth_time = request.now if has_signed_in else None
    request = replace(request, held=_held(request, person, ends_at=end, auth_time=auth_time))
    return request, prospect_of(request, may_refresh=may_refresh)


def _held(
    request: TokenRequest, person: Any, *, ends_at: datetime | None, auth_time: datetime | None
) -> Held:
    """The person's word, in the shape of what other clients hold."""
    return Held(
        key=0,
        flow=request.flow,
        client_key=request.client.key,
        user_key=person.pk,
        user_is_active=True,
        client_is_enabled=True,
        scopes=request.scopes,
        resource=request.resource,
        expires=None,
        spent_at=None,
        ends_at=ends_at,
        auth_time=auth_time,
    )
