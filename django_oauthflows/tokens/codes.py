"""Authorization codes: made for one client, one redirect URI and one minute, and redeemed once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction

from django_oauthflows import dot
from django_oauthflows.rules.pkce import PLAIN, code_proof
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.statements import CompiledUpdate
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.checksums import checksum, generate
from django_oauthflows.tokens.issuing import (
    Issued,
    LostRace,
    announce,
    insert_access_token,
    insert_refresh_token,
)
from django_oauthflows.tokens.issuing_conditions import issuing, update_while_allowed
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.prospects import Prospect, begins_with_refresh_token, prospect_of
from django_oauthflows.tokens.reading import Presented
from django_oauthflows.tokens.sessions import SignIn


def issue_code(
    request: AuthorizationRequest,
    *,
    flow: str,
    person: Any,
    scopes: Collection[str],
    sign_in: SignIn,
    now: datetime,
) -> str:
    """Start an authorization and return its code (RFC 6749 §4.1.2), which lives for a minute at most.

    Raises `LostRace` if the account, the sign-in or the client is not what it was when the request was
    decided on.
    """
    with issuing(
        user=person, client=request.client.key, using=dot.token_database(), sid=sign_in.sid
    ):
        return insert_code(
            request,
            flow=flow,
            person=person,
            scopes=scopes,
            sign_in=sign_in,
            now=now,
        )


def insert_code(
    request: AuthorizationRequest,
    *,
    flow: str,
    person: Any,
    scopes: Collection[str],
    sign_in: SignIn,
    now: datetime,
    front_access_checksum: str = "",
    pk: UUID | None = None,
) -> str:
    """Insert the rows of a code within `issuing`.

    With `front_access_checksum`, an access token was sent beside it.
    """
    code, using = generate(), dot.token_database()
    granted = authorization_of(
        request, flow=flow, person=person, scopes=scopes, sign_in=sign_in, now=now, pk=pk
    )
    granted.code_checksum, granted.front_access_checksum = checksum(code), front_access_checksum
    kept = grant_of(request, person=person, scopes=scopes, now=now)
    kept.code = granted.code_checksum
    granted.code_proof = code_proof(
        kept.redirect_uri, kept.code_challenge, kept.code_challenge_method or PLAIN
    )
    granted.save(force_insert=True, using=using)
    kept.save(force_insert=True, using=using)
    return code


def authorization_of(
    request: AuthorizationRequest,
    *,
    flow: str,
    person: Any,
    scopes: Collection[str],
    sign_in: SignIn,
    now: datetime,
    pk: UUID | None = None,
) -> Authorization:
    """The authorization a code begins, as it is before it is saved."""
    return Authorization(
        pk=pk or uuid4(),
        application_id=request.client.key,
        user=person,
        flow=flow,
        scope=" ".join(sorted(scopes)),
        resource=list(request.resource),
        created=now,
        expires=lifetimes.authorization_end(request.client, now),
        session=sign_in.session,
        auth_time=sign_in.auth_time,
        acr=sign_in.acr,
        amr=list(sign_in.amr),
        sid=sign_in.sid,
        nonce=request.nonce,
        claims=request.claims,
    )


def grant_of(
    request: AuthorizationRequest, *, person: Any, scopes: Collection[str], now: datetime
) -> Any:
    """DOT's row of a code, as it is before it is saved."""
    return dot.grant_model()(
        application_id=request.client.key,
        user=person,
        expires=now + timedelta(seconds=lifetimes.code_lifetime()),
        redirect_uri=request.redirect_uri if request.redirect_uri_was_sent else "",
        scope=" ".join(sorted(scopes)),
        code_challenge=request.code_challenge,
        code_challenge_method=request.code_challenge_method,
        nonce=request.nonce,
        resource=list(request.resource),
    )


def prospect(request: TokenRequest) -> Prospect:
    """What a code earns."""
    return prospect_of(request, may_refresh=begins_with_refresh_token(request))


def redeem_code(
    request: TokenRequest, presented: Presented, *, kept_in: type[models.Model] | None = None
) -> Issued:
    """Spend a code and earn its tokens; `kept_in` is the table of its row, DOT's `Grant` unless given.

    Raises `LostRace` if it was spent, or its authorization ended, in the meantime.
    """
    authorization, held = presented.authorization, presented.held
    assert authorization is not None  # noqa: S101 - `find_code` finds codes by their authorization
    using, earned = dot.token_database(), prospect(request)
    expires, access = earned.expires, earned.access_token()
    refresh = generate() if earned.may_refresh else ""
    with transaction.atomic(using=using):
        won = _redeem().run(
            authorization.pk,
            using,
            given=held.user_key,
            redeemed=request.now,
            last_used=request.now,
            first_access_checksum=checksum(access),
            was_proven=request.client.is_confidential,
        )
        if not won:
            raise LostRace
        row = insert_access_token(request, access, expires, person=held.user_key, using=using)
        if refresh:
            insert_refresh_token(request, refresh, authorization.pk, row, using=using)
        rows = (kept_in or dot.grant_model())._default_manager.using(using)
        rows.filter(pk=held.key).delete()
    return announce(request, access, expires, refresh=refresh, authorization=authorization.pk)


@cache
def _redeem() -> CompiledUpdate:
    return update_while_allowed(redeemed__isnull=True)
