"""Ending an authorization and all that came of it, at once, for every worker.

Rows are locked in the same order as when tokens are issued: authorization, refresh tokens, access tokens.
"""

from datetime import datetime
from functools import partial, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.tokens.models import Authorization


def revoke(authorization: Authorization, *, reason: str) -> bool:
    """End one authorization with its code and tokens; `False` if it had ended before.

    `reason` is a short slug for the record, as `refresh_token_replayed`.
    """
    using = dot.token_database()
    with transaction.atomic(using=using):
        ended = _end(
            Authorization.objects.using(using).filter(pk=authorization.pk), reason, timezone.now()
        )
        _revoke_family(authorization.pk, authorization, using)
    if ended:
        _announce(authorization, reason)
    return bool(ended)


def revoke_unparented(family: UUID | None, refresh_token_key: int, *, reason: str) -> bool:
    """End a refresh token of django-oauth-toolkit's own, with its family, before it has an authorization.

    `False` if all of it had ended before.
    """
    using = dot.token_database()
    with transaction.atomic(using=using):
        tokens = dot.refresh_token_model()._default_manager.using(using)
        rows = tokens.filter(token_family=family) if family else tokens.filter(pk=refresh_token_key)
        ended = _revoke_rows(rows, using)
        families = tokens.filter(pk=refresh_token_key).values("token_family")
        adopted = Authorization.objects.using(using).filter(pk__in=families).first()
    if adopted is not None:  # by a first refresh, at this very moment
        return revoke(adopted, reason=reason) or bool(ended)
    return bool(ended)


def revoke_access_token(key: int) -> None:
    """End one access token alone.

    Its row is deleted; but django-oauth-toolkit keeps the scope of a refresh token in no other place, so that
    of one which no authorization stands behind yet is only ended.
    """
    using = dot.token_database()
    rows = dot.access_token_model()._default_manager.using(using).filter(pk=key)
    refresh_tokens = dot.refresh_token_model()._default_manager.using(using)
    if refresh_tokens.filter(_has_no_authorization(), access_token_id=key).exists():
        rows.update(expires=timezone.now())
    else:
        rows.delete()


def revoke_all(
    *,
    person: Any,
    reason: str,
    application_key: Any = None,
    spared: Any = (),
    session: str = "",
    sid: str = "",
) -> int:
    """End everything a person granted, and return how many authorizations that were.

    To one client, or to all but the `spared` ones; with `session` or `sid`, only what was granted in that
    sign-in: the former changes while it lasts, and older grants do not know the latter. Tokens that
    django-oauth-toolkit issued are ended too, unless only one sign-in is to end.
    """
    using, now = dot.token_database(), timezone.now()
    with transaction.atomic(using=using):
        limits: dict[str, Any] = (
            {} if application_key is None else {"application_id": application_key}
        )
        authorizations = Authorization.objects.using(using).filter(user=person, **limits)
        authorizations = authorizations.exclude(application_id__in=spared)
        if session or sid:
            authorizations = authorizations.filter(_granted_in(session, sid))
        else:
            # First, so that an authorization which a first refresh is just starting is seen below.
            refresh_tokens = _owned(dot.refresh_token_model(), person, limits, spared, using)
            _mark_revoked(refresh_tokens.filter(_has_no_authorization()))
        # Ended first, then listed: none slips in between, and SQLite waits for no one who read first.
        _end(authorizations, reason, now)
        ending = list(authorizations.filter(revoked=now, revoked_because=reason))
        if session or sid:
            for authorization in ending:
                _revoke_family(authorization.pk, authorization, using)
        else:
            _revoke_everything(person, limits, spared, using)
    for authorization in ending:
        _announce(authorization, reason)
    return len(ending)


def _granted_in(session: str, sid: str) -> models.Q:
    """Of authorizations: given in the sign-in that either of these names, as far as it is known."""
    names = {"session": session, "sid": sid}
    known = [models.Q(**{name: value}) for name, value in names.items() if value]
    return reduce(or_, known)


def _has_no_authorization() -> models.Q:
    """Of refresh tokens: issued by django-oauth-toolkit and not refreshed since."""
    return models.Q(
        ~models.Exists(Authorization.objects.filter(pk=models.OuterRef("token_family")))
    )


def _end(authorizations: models.QuerySet[Authorization], reason: str, now: datetime) -> int:
    return authorizations.filter(revoked__isnull=True).update(
        revoked=now, revoked_because=reason, replay_answer="", replay_until=None
    )


def _revoke_family(family: UUID, authorization: Authorization, using: str) -> None:
    refresh_tokens = (
        dot.refresh_token_model()._default_manager.using(using).filter(token_family=family)
    )
    _revoke_rows(refresh_tokens, using)
    if authorization.code_checksum:
        codes = dot.grant_model()._default_manager.using(using)
        codes.filter(code=authorization.code_checksum).delete()
    # An access token that came without a refresh token is found by its checksum, read afresh, since the code
    # may have been redeemed after `authorization` was.
    parent = Authorization.objects.using(using).filter(pk=family)
    access_tokens = dot.access_token_model()._default_manager.using(using)
    for column in ("first_access_checksum", "front_access_checksum"):
        access_tokens.filter(token_checksum__in=parent.values(column)).delete()


def _revoke_rows(refresh_tokens: Any, using: str) -> int:
    """Revoke refresh tokens, delete the access tokens that came with or of them, and count the former."""
    access_tokens = dot.access_token_model()._default_manager.using(using)
    ended = _mark_revoked(refresh_tokens)
    access_tokens.filter(pk__in=refresh_tokens.values("access_token_id")).delete()
    access_tokens.filter(source_refresh_token_id__in=refresh_tokens.values("pk")).delete()
    return ended


def _revoke_everything(person: Any, limits: dict[str, Any], spared: Any, using: str) -> None:
    _mark_revoked(_owned(dot.refresh_token_model(), person, limits, spared, using))
    _owned(dot.access_token_model(), person, limits, spared, using).delete()
    _owned(dot.grant_model(), person, limits, spared, using).delete()


def _mark_revoked(refresh_tokens: Any) -> int:
    now = timezone.now()
    return int(refresh_tokens.filter(revoked__isnull=True).update(revoked=now, updated=now))


def _owned(
    model: type[models.Model], person: Any, limits: dict[str, Any], spared: Any, using: str
) -> Any:
    rows = model._default_manager.using(using).filter(user=person, **limits)
    return rows.exclude(application_id__in=spared)


def _announce(authorization: Authorization, reason: str) -> None:
    using = dot.token_database()
    recorder.record(
        Event.AUTHORIZATION_REVOKED,
        application_key=authorization.application_id,
        user=authorization.user_id,
        detail={"reason": reason, "authorization": str(authorization.pk)},
    )
    transaction.on_commit(
        partial(
            signals.authorization_revoked.send_robust,
            sender=None,
            authorization_id=authorization.pk,
            reason=reason,
        ),
        using=using,
    )
