"""Rotating keys without a failed verification: announce → sign → retire → gone, each by its age.

A key is published for `KEY_ANNOUNCED_SECONDS` before it signs, so that every verifier has fetched it by
then, and for `KEY_RETIRED_SECONDS` after it signed last, so that what it signed verifies to its end. Called
as often as one likes: what is not due is left alone.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.keys import ring, sealing
from django_oauthflows.keys.doing import Doer
from django_oauthflows.keys.models import SigningKey, State


def rotate(
    algorithm: str = "",
    *,
    at_once: bool = False,
    now: datetime | None = None,
    keep: int = 0,
    by: Any = None,
    request: HttpRequest | None = None,
) -> list[str]:
    """Take every step that is due, and say what was done in one sentence each.

    For one algorithm, or for the site's own and every other it has keys for. `at_once` makes the next key
    sign now, whatever the ages: for a key that may be known to others. `keep` is how many seconds the last
    thing a key signed may live; no key goes before. `by` and `request` say for the audit log who did it.
    """
    now = now or clock.now()
    doer = Doer(by=by, request=request)
    try:
        return _rotate(algorithm, doer, at_once=at_once, now=now, keep=keep)
    except IntegrityError:
        # A worker made the same key at this very moment; what is left to do, if anything, is done now.
        return _rotate(algorithm, doer, at_once=at_once, now=now, keep=keep)


def _rotate(algorithm: str, doer: Doer, *, at_once: bool, now: datetime, keep: int) -> list[str]:
    with transaction.atomic(using=ring.database()):
        ring.wait_for_others()
        # Locked, so that two commands at once take each step once; SQLite has no row locks, and waits only
        # for whoever begins by writing.
        SigningKey.objects.filter(kid="").update(sealed="")
        rows = list(SigningKey.objects.select_for_update().order_by("pk"))
        own = {*ring.usual_algorithms(), *(row.algorithm for row in rows)}
        chosen = {algorithm} if algorithm else own
        done = [*_sealed_anew(rows), *_gone(rows, chosen, now, keep, doer)]
        done += _dropped(rows, doer)
        for name in sorted(chosen):
            of_name = {row.state: row for row in rows if row.algorithm == name}
            done += _stepped(name, of_name, doer, at_once=at_once, now=now)
    return done


def _stepped(
    algorithm: str, rows: dict[str, SigningKey], doer: Doer, *, at_once: bool, now: datetime
) -> Iterator[str]:
    signing, announced = rows.get(State.SIGNING), rows.get(State.ANNOUNCED)
    if signing is None and announced is None:
        made = ring.make(algorithm, State.SIGNING, doer, now=now)
        yield f"{made} is the first {algorithm} key and signs from now on."
        return
    if announced is None and (at_once or _is_due(signing, now, ahead=conf.KEY_ANNOUNCED_SECONDS)):
        announced = ring.make(algorithm, State.ANNOUNCED, doer, now=now)
        yield f"{announced} was announced."
    if announced is None or not (at_once or (_is_due(signing, now) and _is_known(announced, now))):
        return
    if signing is not None:
        signing.state, signing.retired, signing.sealed = State.RETIRED, now, ""
        signing.save()
        doer.record(Event.KEY_RETIRED, signing)
        yield f"{signing} was retired; it is published for a while yet."
    announced.state, announced.signing_since = State.SIGNING, now
    announced.save()
    doer.record(Event.KEY_ROTATED, announced)
    yield f"{announced} signs from now on."


def _is_due(signing: SigningKey | None, now: datetime, *, ahead: int = 0) -> bool:
    """Has the key signed for long enough, or will it have so many seconds `ahead`?"""
    if signing is None or signing.signing_since is None:
        return True
    return now >= signing.signing_since + timedelta(seconds=conf.KEY_SIGNING_SECONDS - ahead)


def _is_known(announced: SigningKey, now: datetime) -> bool:
    return now >= announced.announced + timedelta(seconds=conf.KEY_ANNOUNCED_SECONDS)


def _gone(
    rows: list[SigningKey], chosen: set[str], now: datetime, keep: int, doer: Doer
) -> Iterator[str]:
    last = now - timedelta(seconds=max(conf.KEY_RETIRED_SECONDS, keep))
    for row in rows:
        if row.algorithm in chosen and row.retired is not None and row.retired <= last:
            name = str(row)
            doer.record(Event.KEY_DELETED, row)
            row.delete()
            yield f"{name} is gone."


def _dropped(rows: list[SigningKey], doer: Doer) -> Iterator[str]:
    """Delete what was announced and could never sign, since no secret opens it."""
    for row in [row for row in rows if row.state == State.ANNOUNCED]:
        if not sealing.can_be_opened(row.sealed, kid=row.kid):
            name = str(row)
            doer.record(Event.KEY_DELETED, row)
            row.delete()
            rows.remove(row)
            yield f"{name} could never have signed and is gone."


def _sealed_anew(rows: list[SigningKey]) -> Iterator[str]:
    """Encrypt under the present secret what only a former one opens; what none opens is left to rotate."""
    for row in rows:
        if not row.sealed:
            continue
        try:
            if not sealing.needs_sealing_anew(row.sealed, kid=row.kid):
                continue
            row.sealed = sealing.seal(sealing.unseal(row.sealed, kid=row.kid), kid=row.kid)
        except sealing.Sealed as error:
            yield str(error)
            continue
        row.save(update_fields=["sealed"])
        yield f"{row} was encrypted under the present secret."
