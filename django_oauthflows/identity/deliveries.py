"""Telling clients of a sign-out behind the person's back (OpenID Connect Back-Channel Logout 1.0 §2.5).

Each attempt is claimed by moving the row's next one on, in one statement that names the count of attempts it
saw: of any number of workers exactly one makes it, on any database, and one that dies in the middle costs no
more than the wait until the next.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError
from django.db.models import F, QuerySet

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import private_hosts
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.fetching import NotFetched, post_form
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.identity.models import LogoutDelivery, LogoutFailure
from django_oauthflows.identity.signing import signed_for, signing_algorithm
from django_oauthflows.keys.algorithms import NONE
from django_oauthflows.rules.jwt_types import LOGOUT_TOKEN
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.subjects import sid_of

logger = logging.getLogger("django_oauthflows.logout")

EVENT = "http://schemas.openid.net/event/backchannel-logout"
#: Seconds a logout token lives: §2.4 recommends two minutes at most.
LIFETIME = 120
#: Seconds from one attempt to the next; the last counts for all that follow. The first is longer than any
#: attempt takes, the look-up of a name included, so that no row is claimed twice at once.
_WAITS = (60, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
#: OK, or what frameworks make of an empty answer (§2.8).
_HEARD = frozenset({200, 204})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How many attempts one worker made, and how many clients heard."""

    made: int
    heard: int


def deliver_due(*, at_most: int = 100) -> Round:
    """Make every attempt that is due and that no other worker makes."""
    using = dot.token_database()
    due = LogoutDelivery.objects.using(using).filter(next_attempt__lte=clock.now())
    rows = list(due.order_by("next_attempt").select_related("application")[:at_most])
    answers = [_attempt(row) for row in rows if _claim(row, using)]
    return Round(made=len(answers), heard=sum(answers))


def next_due() -> datetime | None:
    """When the next attempt is due; `None` where nothing is left to do."""
    waiting = LogoutDelivery.objects.using(dot.token_database()).filter(next_attempt__isnull=False)
    return waiting.order_by("next_attempt").values_list("next_attempt", flat=True).first()


def logout_token(row: LogoutDelivery, client: ClientFacts, *, now: datetime) -> str:
    """The token of one attempt (§2.4). It says who and which session, and never holds a nonce."""
    algorithm = signing_algorithm(client)
    members = {
        "iss": row.issuer,
        "aud": client.client_id,
        # §2.4: the session alone will do, where the project could not say whom it was.
        **({"sub": row.subject} if row.subject else {}),
        "sid": sid_of(client, row.sid),
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + LIFETIME,
        "jti": uuid4().hex,
        "events": {EVENT: {}},
    }
    # Never unsigned, as a client's ID tokens may be: anybody may post to its address (§2.4).
    chosen = conf.ID_TOKEN_SIGNING_ALGORITHM if algorithm == NONE else algorithm
    return signed_for(client, members, algorithm=chosen, typ=LOGOUT_TOKEN)


def _claim(row: LogoutDelivery, using: str) -> bool:
    wait = _WAITS[min(row.attempts, len(_WAITS) - 1)]
    mine = LogoutDelivery.objects.using(using).filter(
        pk=row.pk, attempts=row.attempts, next_attempt__isnull=False
    )
    moved = clock.now() + timedelta(seconds=wait)
    return bool(mine.update(attempts=F("attempts") + 1, next_attempt=moved))


def _attempt(row: LogoutDelivery) -> bool:
    """Tell the client once; note that it heard, that it is given up, or that it did not hear at first."""
    client = client_of(row.application.client_id)
    try:
        why = "The client is unknown." if client is None else _failure(row, client)
    except Exception:
        # Its key cannot be opened, say: the others are told all the same, and this one again later.
        logger.exception("no logout token could be made")
        why = "No logout token could be made."
    if not why:
        _failures_of(row).delete()
        _close(row, Event.LOGOUT_DELIVERED, delivered=clock.now())
        return True
    is_first = _is_first_failure(row)
    if row.attempts + 1 >= conf.BACKCHANNEL_ATTEMPTS:
        _close(row, Event.LOGOUT_UNDELIVERED, given_up=clock.now())
    elif is_first:
        _record(row, Event.LOGOUT_FAILED, reason=_with_remedy(row.uri, why))
    return False


def _failure(row: LogoutDelivery, client: ClientFacts) -> str:
    """Tell the client, and return why it did not hear; an empty text where it did."""
    token = logout_token(row, client, now=clock.now())
    try:
        status = post_form(row.uri, {"logout_token": token})
    except NotFetched as error:
        return str(error)
    return "" if status in _HEARD else f"The address answered {status}."


def _failures_of(row: LogoutDelivery) -> QuerySet[LogoutFailure]:
    rows = LogoutFailure.objects.using(dot.token_database())
    return rows.filter(application_id=row.application_id, uri=row.uri)


def _is_first_failure(row: LogoutDelivery) -> bool:
    """Note that the client does not hear at this address, and return whether nobody noted it before."""
    rows = LogoutFailure.objects.using(dot.token_database())
    try:
        _, is_first = rows.get_or_create(application_id=row.application_id, uri=row.uri)
    except IntegrityError:  # the client was deleted
        return False
    return is_first


def _with_remedy(uri: str, why: str) -> str:
    """The reason of a failure, with the setting that mends it where the address is in a private network.

    Without the query of the address, which may hold a secret.
    """
    shown = uri.partition("?")[0]
    return private_hosts.never_asked([shown]).get(shown, why)


def _close(row: LogoutDelivery, event: Event, **noted: datetime) -> None:
    rows = LogoutDelivery.objects.using(dot.token_database())
    rows.filter(pk=row.pk).update(next_attempt=None, **noted)
    _record(row, event)


def _record(row: LogoutDelivery, event: Event, **detail: str) -> None:
    rows = ProviderSession.objects.using(dot.token_database())
    person = rows.filter(sid=row.sid).values_list("user_id")
    recorder.record(
        event,
        application=row.application,
        user=next((key for (key,) in person), None),
        detail={"attempts": row.attempts + 1, **detail},
    )
