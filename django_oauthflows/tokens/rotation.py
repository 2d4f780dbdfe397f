"""Refresh tokens: each is used once, and its successor may be asked for again for a few seconds."""

from datetime import timedelta
from functools import cache
from uuid import UUID, uuid4

from django.db import IntegrityError

from django_oauthflows import dot
from django_oauthflows.rules.requests import Held, TokenRequest
from django_oauthflows.statements import CompiledUpdate
from django_oauthflows.tokens import kept_tokens, lifetimes, replay
from django_oauthflows.tokens.checksums import generate
from django_oauthflows.tokens.issuing import (
    Issued,
    LostRace,
    announce,
    insert_access_token,
    insert_refresh_token,
)
from django_oauthflows.tokens.issuing_conditions import issuing_from, update_while_allowed
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.prospects import Prospect, prospect_of
from django_oauthflows.tokens.reading import Presented


def rotate(request: TokenRequest, presented: Presented, token: str) -> Issued:
    """Spend a refresh token and earn its successor (RFC 9700 §4.14.2), or leave it to a client that keeps it.

    A retry within the grace window gets the successor that was made already. Raises `LostRace` if the token
    was spent, or its authorization ended, in the meantime.
    """
    if presented.held.spent_at is not None:
        return _replayed(request, presented, token)
    using = dot.token_database()
    family = presented.held.authorization or uuid4()
    earned = prospect(request)
    expires = earned.expires
    is_kept = kept_tokens.keeps_its_tokens(request.client)
    answer = replay.Answer(
        access_token=earned.access_token(),
        refresh_token=token if is_kept else generate(),
        scopes=request.scopes,
        expires=expires,
    )
    # Nobody has to be told again what can be asked for again.
    sealed = "" if is_kept else replay.seal(answer, presented=token, family=family)
    try:
        with issuing_from(presented, client=request.client.key, using=using):
            _note_rotation(request, presented, family, sealed, using=using)
            save = kept_tokens.save_for_same if is_kept else _succeed
            save(request, presented.held, family, answer, using=using)
    except IntegrityError as error:
        # Two requests adopted the same refresh token of django-oauth-toolkit's at the same moment.
        if presented.authorization is None:
            raise LostRace from error
        raise
    return announce(
        request, answer.access_token, expires, refresh=answer.refresh_token, authorization=family
    )


def _succeed(
    request: TokenRequest, held: Held, family: UUID, answer: replay.Answer, *, using: str
) -> None:
    """Spend what is held, and save what comes after it."""
    won = _spend().run(
        held.key, using, revoked=request.now, updated=request.now, token_family=family
    )
    if not won:
        raise LostRace
    row = insert_access_token(
        request,
        answer.access_token,
        answer.expires,
        person=held.user_key,
        source=held.key,
        using=using,
    )
    insert_refresh_token(request, answer.refresh_token, family, row, using=using)


def prospect(request: TokenRequest) -> Prospect:
    """What a refresh token earns: its successor, and a new access token."""
    return prospect_of(request, may_refresh=True)


def _note_rotation(
    request: TokenRequest, presented: Presented, family: UUID, sealed: str, *, using: str
) -> None:
    """Keep the answer for a retry; start an authorization for a token that has none."""
    grace = lifetimes.refresh_grace() if sealed else 0
    noted = {
        "last_used": request.now,
        # Without a grace nothing may match: a racing request took its time before this one did.
        "replay_checksum": presented.checksum if grace else "",
        "replay_until": request.now + timedelta(seconds=grace) if grace else None,
        "replay_answer": sealed if grace else "",
    }
    authorizations = Authorization.objects.using(using)
    if presented.authorization is not None:
        if not _note().run(family, using, given=presented.held.user_key, **noted):
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
    )


@cache
def _spend() -> CompiledUpdate:
    return CompiledUpdate(
        lambda _: dot.refresh_token_model()._default_manager.filter(revoked__isnull=True)
    )


@cache
def _note() -> CompiledUpdate:
    return update_while_allowed()
