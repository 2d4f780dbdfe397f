"""Authorizations that came of others: a token that was exchanged is the child of the one it was made of.

Parents are always ended, and so locked, before their children are looked for. An exchange locks its parent in
its turn (RFC 8693): so a child is there to be found, or is never saved.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from django_oauthflows.tokens.models import Authorization


def end(authorizations: "models.QuerySet[Authorization]", reason: str, now: datetime) -> int:
    """Mark those that are live as ended, and count them."""
    return authorizations.filter(revoked__isnull=True).update(
        revoked=now, revoked_because=reason, replay_answer="", replay_until=None
    )


def end_below(
    parents: Collection[UUID], reason: str, now: datetime, using: str
) -> list[Authorization]:
    """End whatever came of authorizations that are ended already: two statements for each generation.

    `now` marks what this call ended, so that nobody ends the same ones twice.
    """
    rows, below = Authorization.objects.using(using), list[Authorization]()
    generation = list(parents)
    while generation:
        children = rows.filter(parent__in=generation)
        # Ended first, then listed: SQLite lets nobody who began by reading wait for a turn to write.
        if not end(children, reason, now):
            break
        ended = list(children.filter(revoked=now, revoked_because=reason).order_by())
        generation = [child.pk for child in ended]
        below += ended
    return below


def end_all(
    authorizations: "models.QuerySet[Authorization]", reason: str, now: datetime, using: str
) -> list[Authorization]:
    """End these and whatever came of them, whosoever it is by now; return all that ended."""
    end(authorizations.filter(parent__isnull=True), reason, now)
    ended_now = Q(revoked=now, revoked_because=reason)
    children = Q(parent__isnull=False, revoked__isnull=True)
    found = list(authorizations.filter(ended_now | children).order_by())
    ended = [row for row in found if row.revoked is not None]
    ended += end_below([row.pk for row in ended], reason, now, using)
    done = {row.pk for row in ended}
    left = [row for row in found if row.pk not in done and row.revoked is None]
    # Of those whose parents are none of these: the eldest first, which takes the others along.
    keys = {row.pk for row in left}
    eldest = [row for row in left if row.parent not in keys]
    if eldest:
        own = [row.pk for row in eldest]
        end(Authorization.objects.using(using).filter(pk__in=own), reason, now)
        ended += [*eldest, *end_below(own, reason, now, using)]
    return ended
