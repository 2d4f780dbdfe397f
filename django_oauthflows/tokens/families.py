"""Ending an authorization and all that came of it, at once, for every worker.

Rows are locked in the same order as when tokens are issued (`issuing_conditions`): the user, where all of
their grants may end, authorization, refresh tokens, access tokens; and of authorizations, the one whose token
was exchanged before the one that was made of it (RFC 8693).
"""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.core import clock
from django_oauthflows.tokens import lineage
from django_oauthflows.tokens import telling as tell
from django_oauthflows.tokens.issuing_conditions import hold_user
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import authorization_of


def revoke(
    authorization: Authorization,
    *,
    reason: str,
    by: Any = None,
    request: HttpRequest | None = None,
) -> bool:
    """End one authorization with its code and tokens; `False` if it had ended before.

    `reason` is a short slug for the record, as `refresh_token_replayed`; `by` and `request` say who did it,
    here and below.
    """
    using, now = dot.token_database(), clock.now()
    with transaction.atomic(using=using):
        own = Authorization.objects.using(using).filter(pk=authorization.pk)
        ended = lineage.end(own, reason, now)
        below = lineage.end_below([authorization.pk], reason, now, using)
        end_tokens_of([authorization, *below], using)
    for gone in [authorization, *below] if ended else below:
        tell.ended(gone, reason, by, request)
    return bool(ended)


def revoke_unparented(
    family: UUID | None,
    refresh_token_key: int,
    *,
    reason: str,
    by: Any = None,
    request: HttpRequest | None = None,
) -> bool:
    """End a refresh token of django-oauth-toolkit's own, with its family, before it has an authorization.

    `False` if all of it had ended before.
    """
    using = dot.token_database()
    with transaction.atomic(using=using):
        tokens = dot.refresh_token_model()._default_manager.using(using)
        rows = tokens.filter(token_family=family) if family else tokens.filter(pk=refresh_token_key)
        ended = revoke_refresh_tokens(rows, using)
        families = tokens.filter(pk=refresh_token_key).values("token_family")
        adopted = Authorization.objects.using(using).filter(pk__in=families).first()
        if ended:
            tell.token_ended(rows.order_by("pk").first(), reason, by, request)
    revoke_below([family] if family else [], reason, using, by=by, request=request)
    if adopted is not None:  # by a first refresh, at this very moment
        return revoke(adopted, reason=reason, by=by, request=request) or bool(ended)
    return bool(ended)


def revoke_access_token(
    row: Any, *, reason: str, by: Any = None, request: HttpRequest | None = None
) -> None:
    """End one access token alone, and what was made of it by an exchange.

    Its grant goes on; but an exchanged token is all there is of its own grant, so that ends as a whole.
    """
    authorization = authorization_of(row) if row.user_id is not None else None
    if authorization is None:
        if _revoke_unparented_access_token(row.pk, reason, by, request):
            tell.token_ended(row, reason, by, request)
    elif authorization.parent is not None or authorization.act is not None:
        revoke(authorization, reason=reason, by=by, request=request)
    else:
        using = dot.token_database()
        rows = dot.access_token_model()._default_manager.using(using).filter(pk=row.pk)
        if rows.delete()[0]:
            tell.token_ended(row, reason, by, request)
        # After that, and not in one transaction with it: an exchange locks the grant before the token.
        revoke_below([authorization.pk], reason, using, by=by, request=request)


def _revoke_unparented_access_token(
    key: int, reason: str, by: Any, request: HttpRequest | None
) -> bool:
    """Delete the row; but django-oauth-toolkit keeps the scope of a refresh token in no other place, so that
    of one which no authorization stands behind yet is only ended."""
    using = dot.token_database()
    rows = dot.access_token_model()._default_manager.using(using).filter(pk=key)
    refresh_tokens = dot.refresh_token_model()._default_manager.using(using)
    alone = refresh_tokens.filter(_has_no_authorization(), access_token_id=key)
    families = list(alone.values_list("token_family", flat=True))
    if families:
        ended = bool(rows.update(expires=clock.now()))
        known = [family for family in families if family]
        revoke_below(known, reason, using, by=by, request=request)
        return ended
    return bool(rows.delete()[0])


def revoke_below(
    parents: Collection[UUID],
    reason: str,
    using: str,
    *,
    by: Any = None,
    request: HttpRequest | None = None,
) -> int:
    """End what came of authorizations by exchange, and not they themselves; how many those were."""
    with transaction.atomic(using=using):
        below = lineage.end_below(parents, reason, clock.now(), using)
        end_tokens_of(below, using)
    for gone in below:
        tell.ended(gone, reason, by, request)
    return len(below)


def revoke_all(
    *,
    person: Any,
    reason: str,
    application_key: Any = None,
    spared: Any = (),
    session: str = "",
    sid: str = "",
    by: Any = None,
    request: HttpRequest | None = None,
) -> int:
    """End everything a person granted, and return how many authorizations that were.

    To one client, or to all but the `spared` ones; with `session` or `sid`, only what was granted in that
    sign-in: the former changes while it lasts, and older grants do not know the latter. Tokens that
    django-oauth-toolkit issued are ended too, unless only one sign-in is to end.
    """
    using, now, families = dot.token_database(), clock.now(), list[UUID]()
    with transaction.atomic(using=using):
        hold_user(person.pk, using)
        limits: dict[str, Any] = (
            {} if application_key is None else {"application_id": application_key}
        )
        authorizations = Authorization.objects.using(using).filter(user=person, **limits)
        authorizations = authorizations.exclude(application_id__in=spared)
        if session or sid:
            authorizations = authorizations.filter(granted_in(session, sid))
        else:
            # First, so that an authorization which a first refresh is just starting is seen below.
            refresh_tokens = _owned(dot.refresh_token_model(), person, limits, spared, using)
            families = _revoke_unparented(refresh_tokens.filter(_has_no_authorization()))
        # Ended first, then listed: none slips in between, and SQLite waits for no one who read first.
        ending = lineage.end_all(authorizations, reason, now, using)
        ending += lineage.end_below(families, reason, now, using)
        if session or sid:
            end_tokens_of(ending, using)
        else:
            _revoke_everything(person, limits, spared, using)
            # What was exchanged for another client is none of these.
            end_tokens_of([gone for gone in ending if gone.parent], using)
    for authorization in ending:
        tell.ended(authorization, reason, by, request)
    return len(ending)


def revoke_client(
    application_key: Any, *, reason: str, by: Any = None, request: HttpRequest | None = None
) -> int:
    """End everything people granted to a client, and all that it got for itself; how many authorizations."""
    using = dot.token_database()
    live = Authorization.objects.using(using).filter(
        application_id=application_key, revoked__isnull=True
    )
    ended = sum(
        revoke(authorization, reason=reason, by=by, request=request)
        for authorization in live.iterator()
    )
    with transaction.atomic(using=using):
        own = {"application_id": application_key}
        _mark_revoked(dot.refresh_token_model()._default_manager.using(using).filter(**own))
        for model in (dot.access_token_model(), dot.grant_model()):
            model._default_manager.using(using).filter(**own).delete()
    return ended


def granted_in(session: str, sid: str) -> models.Q:
    """Of authorizations: given in the sign-in that either of these names, as far as it is known."""
    names = {"session": session, "sid": sid}
    known = [models.Q(**{name: value}) for name, value in names.items() if value]
    return reduce(or_, known)


def _revoke_unparented(refresh_tokens: Any) -> list[UUID]:
    """The families of what was revoked, of which something may have been made by exchange."""
    if not _mark_revoked(refresh_tokens):
        return []
    return list(
        refresh_tokens.filter(token_family__isnull=False).values_list("token_family", flat=True)
    )


def _has_no_authorization() -> models.Q:
    """Of refresh tokens: issued by django-oauth-toolkit and not refreshed since."""
    return models.Q(
        ~models.Exists(Authorization.objects.filter(pk=models.OuterRef("token_family")))
    )


def end_tokens_of(ended: Collection[Authorization], using: str) -> None:
    """Revoke every token and delete every code of these authorizations, in a few statements for all."""
    if not ended:
        return
    keys = [authorization.pk for authorization in ended]
    refresh_tokens = dot.refresh_token_model()._default_manager.using(using)
    revoke_refresh_tokens(refresh_tokens.filter(token_family__in=keys), using)
    codes = [authorization.code_checksum for authorization in ended if authorization.code_checksum]
    if codes:
        dot.grant_model()._default_manager.using(using).filter(code__in=codes).delete()
    # An access token that came without a refresh token is found by its checksum, read afresh, since the code
    # may have been redeemed after the authorization was read.
    own = Authorization.objects.using(using).filter(pk__in=keys).order_by()
    access_tokens = dot.access_token_model()._default_manager.using(using)
    # One set of them, for a database looks up each of a set, but reads every token for either of two.
    checksums = own.values("first_access_checksum").union(own.values("front_access_checksum"))
    access_tokens.filter(token_checksum__in=checksums).delete()


def revoke_refresh_tokens(refresh_tokens: Any, using: str) -> int:
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
    now = clock.now()
    return int(refresh_tokens.filter(revoked__isnull=True).update(revoked=now, updated=now))


def _owned(
    model: type[models.Model], person: Any, limits: dict[str, Any], spared: Any, using: str
) -> Any:
    rows = model._default_manager.using(using).filter(user=person, **limits)
    return rows.exclude(application_id__in=spared)
