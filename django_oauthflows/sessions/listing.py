"""Where a person is signed in, as they are shown it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django_oauthflows import dot
from django_oauthflows.sessions import agents, engine
from django_oauthflows.sessions.models import ProviderSession

#: How many are looked at: each costs a look at Django's own session.
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One browser that is signed in."""

    key: int
    name: str
    is_hand_held: bool
    is_this: bool
    network: str
    since: datetime
    last_seen: datetime


def places_of(person: Any, *, current_sid: str) -> list[Place]:
    """This browser first, then the others by their last use; only those that still are signed in."""
    rows = sorted(open_sessions(person), key=lambda row: row.sid != current_sid)
    return [
        Place(
            key=row.pk,
            name=agents.described(row.user_agent),
            is_hand_held=agents.is_hand_held(row.user_agent),
            is_this=row.sid == current_sid,
            network=row.network,
            since=row.created,
            last_seen=row.last_seen,
        )
        for row in rows
    ]


def open_sessions(person: Any) -> list[ProviderSession]:
    """Each row of a browser that still is signed in, newest use first."""
    rows: Any = ProviderSession.objects.using(dot.token_database()).filter(user_id=person.pk)
    return [row for row in rows.live()[:_MOST] if engine.is_open(row, person)]
