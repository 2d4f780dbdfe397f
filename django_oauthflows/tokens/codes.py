"""Authorization codes: made for one client, one redirect URI and one minute, and redeemed once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction

from django_oauthflows import dot
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.statements import CompiledUpdate
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.checksums import checksum, generate
from django_oauthflows.tokens.issuing import (
    Issued,
    LostRace,
    access_end,
    access_token_for,
    announce,
    insert_access_token,
    insert_refresh_token,
)
from django_oauthflows.tokens.models import Authorization
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
    front_access_checksum: str = "",
    pk: UUID | None = None,
) -> str:
    """Start an authorization and return its code (RFC 6749 §4.1.2), which lives for a minute at most.

    With `front_access_checksum`, an access token was sent beside it.
    """
    code = generate()
    stored = checksum(code)
    scope = " ".join(sorted(scopes))
    using = dot.token_database()
    with transaction.atomic(using=using):
        Authorization.objects.using(using).create(
            pk=pk or uuid4(),
            application_id=request.client.key,
            user=person,
            flow=flow,
            scope=scope,
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
            code_checksum=stored,
            front_access_checksum=front_access_checksum,
        )
        dot.grant_model()._default_manager.using(using).create(
            application_id=request.client.key,
            user=person,
            code=stored,
            expires=now + timedelta(seconds=lifetimes.code_lifetime()),
            redirect_uri=request.redirect_uri if request.redirect_uri_was_sent else "",
            scope=scope,
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
            nonce=request.nonce,
            resource=list(request.resource),
        )
    return code


def redeem_code(
    request: TokenRequest, presented: Presented, *, kept_in: type[models.Model] | None = None
) -> Issued:
    """Spend a code and earn its tokens; `kept_in` is the table of its row, DOT's `Grant` unless given.

    Raises `LostRace` if it was spent, or its authorization ended, in the meantime.
    """
    authorization, held = presented.authorization, presented.held
    assert authorization is not None  # noqa: S101 - `find_code` finds codes by their authorization
    using = dot.token_database()
    expires = access_end(request)
    access = access_token_for(request, expires)
    refresh = generate() if "refresh-token" in request.client.flows else ""
    with transaction.atomic(using=using):
        won = _redeem().run(
            authorization.pk,
            using,
            redeemed=request.now,
            last_used=request.now,
            first_access_checksum=checksum(access),
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
    unspent = {"redeemed__isnull": True, "revoked__isnull": True}
    return CompiledUpdate(lambda: Authorization.objects.filter(**unspent))
