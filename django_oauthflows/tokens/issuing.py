"""Making codes and tokens: what is presented is spent and what is made of it is saved in one transaction.

Rows are always locked in the order authorization, refresh token, access token, here and in `families`, so
that no two of these transactions wait for each other in a circle.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.statements import CompiledInsert
from django_oauthflows.tokens import lifetimes, replay
from django_oauthflows.tokens.checksums import checksum, generate
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import Presented


class LostRace(Exception):
    """Somebody else spent the same code or token while this request looked at it; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How and when the person signed in, as their browser's session tells it."""

    session: str = ""
    auth_time: datetime | None = None
    acr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Tokens a client was given. `expires_in` is seconds; `refresh_token` is empty where there is none."""

    access_token: str = field(repr=False)
    expires_in: int
    scopes: frozenset[str]
    refresh_token: str = field(default="", repr=False)
    authorization: UUID | None = None
    is_a_replay: bool = False


def issue_code(
    request: AuthorizationRequest,
    *,
    flow: str,
    person: Any,
    scopes: Collection[str],
    sign_in: SignIn,
    now: datetime,
) -> str:
    """Start an authorization and return its code (RFC 6749 §4.1.2), which lives for a minute at most."""
    code = generate()
    stored = checksum(code)
    scope = " ".join(sorted(scopes))
    using = dot.token_database()
    with transaction.atomic(using=using):
        Authorization.objects.using(using).create(
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
            nonce=request.nonce,
            code_checksum=stored,
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


def issue_to_client(request: TokenRequest) -> Issued:
    """An access token for the client itself (RFC 6749 §4.4.3): no person, no refresh token."""
    using = dot.token_database()
    access, expires = generate(), _access_end(request)
    with transaction.atomic(using=using):
        _insert_access_token(request, access, expires, using=using)
    return _announce(request, access, expires)


def redeem_code(request: TokenRequest, presented: Presented) -> Issued:
    """Spend a code and earn its tokens.

    Raises `LostRace` if it was spent, or its authorization ended, in the meantime.
    """
    authorization, held = presented.authorization, presented.held
    assert authorization is not None  # noqa: S101 - `find_code` finds codes by their authorization
    using = dot.token_database()
    access, expires = generate(), _access_end(request)
    refresh = generate() if "refresh-token" in request.client.flows else ""
    with transaction.atomic(using=using):
        won = (
            Authorization.objects.using(using)
            .filter(pk=authorization.pk, redeemed__isnull=True, revoked__isnull=True)
            .update(
                redeemed=request.now, last_used=request.now, first_access_checksum=checksum(access)
            )
        )
        if not won:
            raise LostRace
        row = _insert_access_token(request, access, expires, person=held.user_key, using=using)
        if refresh:
            _insert_refresh_token(request, refresh, authorization.pk, row, using=using)
        dot.grant_model()._default_manager.using(using).filter(pk=held.key).delete()
    return _announce(request, access, expires, refresh=refresh, authorization=authorization.pk)


def rotate(request: TokenRequest, presented: Presented, token: str) -> Issued:
    """Spend a refresh token and earn its successor (RFC 9700 §4.14.2).

    A retry within the grace window gets the successor that was made already. Raises `LostRace` if the token
    was spent, or its authorization ended, in the meantime.
    """
    if presented.held.spent_at is not None:
        return _replayed(request, presented, token)
    using = dot.token_database()
    family = presented.held.authorization or uuid4()
    expires = _access_end(request)
    answer = replay.Answer(
        access_token=generate(), refresh_token=generate(), scopes=request.scopes, expires=expires
    )
    sealed = replay.seal(answer, presented=token, family=family)
    try:
        with transaction.atomic(using=using):
            _note_rotation(request, presented, family, sealed, using=using)
            won = (
                dot.refresh_token_model()
                ._default_manager.using(using)
                .filter(pk=presented.held.key, revoked__isnull=True)
                .update(revoked=request.now, updated=request.now, token_family=family)
            )
            if not won:
                raise LostRace
            row = _insert_access_token(
                request,
                answer.access_token,
                expires,
                person=presented.held.user_key,
                source=presented.held.key,
                using=using,
            )
            _insert_refresh_token(request, answer.refresh_token, family, row, using=using)
    except IntegrityError as error:
        # Two requests adopted the same refresh token of django-oauth-toolkit's at the same moment.
        if presented.authorization is None:
            raise LostRace from error
        raise
    return _announce(
        request, answer.access_token, expires, refresh=answer.refresh_token, authorization=family
    )


def _note_rotation(
    request: TokenRequest, presented: Presented, family: UUID, sealed: str, *, using: str
) -> None:
    """Keep the answer for a retry; start an authorization for a token that has none."""
    grace = conf.REFRESH_GRACE_SECONDS
    noted = {
        "last_used": request.now,
        # Without a grace nothing may match: a racing request took its time before this one did.
        "replay_checksum": presented.checksum if grace else "",
        "replay_until": request.now + timedelta(seconds=grace) if grace else None,
        "replay_answer": sealed if grace else "",
    }
    authorizations = Authorization.objects.using(using)
    if presented.authorization is not None:
        if not authorizations.filter(pk=family, revoked__isnull=True).update(**noted):
            raise LostRace
        return
    authorizations.create(
        pk=family,
        application_id=request.client.key,
        user_id=presented.held.user_key,
        flow=presented.held.flow,
        scope=" ".join(sorted(presented.held.scopes)),
        resource=list(presented.held.resource),
        created=request.now,
        redeemed=request.now,
        expires=lifetimes.authorization_end(request.client, request.now),
        **noted,
    )


def _replayed(request: TokenRequest, presented: Presented, token: str) -> Issued:
    """The same successor again, for the client whose answer was lost."""
    authorization = presented.authorization
    assert authorization is not None  # noqa: S101 - the rules let nothing else be replayed
    answer = replay.unseal(authorization.replay_answer, presented=token, family=authorization.pk)
    return Issued(
        access_token=answer.access_token,
        expires_in=max(0, int((answer.expires - request.now).total_seconds())),
        scopes=answer.scopes,
        refresh_token=answer.refresh_token,
        authorization=authorization.pk,
        is_a_replay=True,
    )


def _access_end(request: TokenRequest) -> datetime:
    """When an access token made now ends: no later than the grant it comes of."""
    end = request.now + timedelta(seconds=lifetimes.access_token_lifetime(request.client))
    last = request.held.ends_at if request.held else None
    return end if last is None else min(end, last)


@cache
def _access_tokens() -> CompiledInsert[Any]:
    return CompiledInsert(dot.access_token_model)


@cache
def _refresh_tokens() -> CompiledInsert[Any]:
    return CompiledInsert(dot.refresh_token_model)


def _insert_access_token(
    request: TokenRequest,
    value: str,
    expires: datetime,
    *,
    using: str,
    person: Any = None,
    source: int | None = None,
) -> Any:
    row = dot.access_token_model()(
        user_id=person,
        application_id=request.client.key,
        token="",
        token_checksum=checksum(value),
        source_refresh_token_id=source,
        expires=expires,
        scope=" ".join(sorted(request.scopes)),
        resource=list(request.resource),
    )
    return _access_tokens().save(row, using)


def _insert_refresh_token(
    request: TokenRequest, value: str, family: UUID, access: Any, *, using: str
) -> None:
    assert request.held is not None  # noqa: S101 - refresh tokens come of something that was held
    row = dot.refresh_token_model()(
        user_id=request.held.user_key,
        application_id=request.client.key,
        token="",
        token_checksum=checksum(value),
        access_token_id=access.pk,
        token_family=family,
        resource=list(request.held.resource),
    )
    _refresh_tokens().save(row, using)


def _announce(
    request: TokenRequest,
    access: str,
    expires: datetime,
    *,
    refresh: str = "",
    authorization: UUID | None = None,
) -> Issued:
    """Tell whoever listens once the tokens are really there."""
    person = request.held.user_key if request.held else None
    transaction.on_commit(
        partial(
            signals.token_issued.send_robust,
            sender=None,
            client_id=request.client.client_id,
            user_id=person,
            scopes=request.scopes,
            flow=request.flow,
            authorization_id=authorization,
        ),
        using=dot.token_database(),
    )
    if conf.AUDIT_ISSUED_TOKENS:
        recorder.record(
            Event.TOKEN_ISSUED,
            application_key=request.client.key,
            client_id=request.client.client_id,
            user=person,
            detail={"flow": request.flow, "scope": sorted(request.scopes)},
        )
    return Issued(
        access_token=access,
        expires_in=int((expires - request.now).total_seconds()),
        scopes=request.scopes,
        refresh_token=refresh,
        authorization=authorization,
    )
