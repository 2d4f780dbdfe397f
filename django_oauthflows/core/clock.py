"""The clock that decides: whether a code is over, a retry is in time, a token has expired.

Workers run on several machines whose clocks differ. All of them read what the others wrote, so that they need
one clock: that of the database they share. Each process knows how far its own clock is from that one. It
measures this once a minute, on a connection that is open already, and asks nothing in between.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.utils import timezone

from django_oauthflows.core import quiet_log

logger = logging.getLogger("django_oauthflows.clock")

#: Seconds between two measurements of one process.
INTERVAL = 60.0
#: A measurement that took longer says too little.
_LONGEST = timedelta(seconds=2)
#: Clocks as close as this are the same clock: nothing here is decided by less.
_SAME = timedelta(milliseconds=500)
#: A difference that somebody should hear of.
_WORTH_A_LINE = timedelta(seconds=30)
#: The statement that asks a database for its time in UTC, where it may be another machine's.
_STATEMENTS = {
    "postgresql": "SELECT clock_timestamp() AT TIME ZONE 'UTC'",
    "mysql": "SELECT UTC_TIMESTAMP(6)",
    "oracle": "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL",
}


class _Clock:
    """The database's clock, as far as this process knows it."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.next_measurement = 0.0
        self.database: Callable[[], str] = lambda: DEFAULT_DB_ALIAS
        self.lock = Lock()


_clock = _Clock()


def now() -> datetime:
    """Return the time by which all workers decide, aware as `timezone.now` is."""
    if monotonic() >= _clock.next_measurement:
        _measure_if_possible()
    return timezone.now() + _clock.offset


def follow(database: Callable[[], str]) -> None:
    """Follow the clock of the database of this alias; called once when the app is ready."""
    _clock.database = database


@contextmanager
def ahead(by: timedelta) -> Iterator[None]:
    """Let time be later by this much, and measure nothing meanwhile: for tests."""
    before = (_clock.offset, _clock.next_measurement)
    _clock.offset, _clock.next_measurement = _clock.offset + by, float("inf")
    try:
        yield
    finally:
        _clock.offset, _clock.next_measurement = before


def forget() -> None:
    """Measure before the next decision, as a process that has just started."""
    _clock.offset, _clock.next_measurement = timedelta(), 0.0


def trust_own() -> None:
    """Decide by this process's own clock until the next measurement is due: for tests."""
    _clock.offset, _clock.next_measurement = timedelta(), monotonic() + INTERVAL


def _measure_if_possible() -> None:
    """Measure on an open connection; without one the offset that is known holds on."""
    connection = connections[_clock.database()]
    is_first = not _clock.next_measurement
    # The first measurement is waited for; during later ones others go on with what is known.
    if connection.connection is None or not _clock.lock.acquire(blocking=is_first):
        return
    try:
        if monotonic() >= _clock.next_measurement:
            _measure(connection)
            _clock.next_measurement = monotonic() + INTERVAL
    except Error as error:
        if connection.in_atomic_block:
            raise  # the transaction is over, and must not be gone on with
        quiet_log.report(logger, "the database's clock cannot be read", error)
    finally:
        _clock.lock.release()


def _measure(connection: Any) -> None:
    statement = _STATEMENTS.get(connection.vendor)
    if statement is None:  # SQLite runs in this process
        _clock.offset = timedelta()
        return
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (moment,) = cursor.fetchone()
    took = timezone.now() - before
    if took > _LONGEST:
        return
    offset = moment.replace(tzinfo=UTC) - (before + took / 2)
    if abs(offset) > _WORTH_A_LINE:
        logger.warning(
            "this machine's clock is %d seconds from the database's, which decides",
            -offset.total_seconds(),
        )
    _clock.offset = offset if abs(offset) > _SAME else timedelta()
