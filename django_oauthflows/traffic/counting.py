"""Counting requests in this process's memory, and writing the counts down about once a minute.

A request adds to a dictionary and never waits for a database. The dictionaries are bounded, and are written
down after some request's answer has left, and when the process ends in an orderly way. A process that is
killed, or whose database does not answer, loses what it counted since: a minute's worth, or on a site nobody
visits whatever came after the last request but one. The numbers are for judging by, not for billing.
"""

import atexit
import json
import logging
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

from django.core.signals import request_finished
from django.db import DatabaseError, connections

from django_oauthflows.conf import conf
from django_oauthflows.core import clock, quiet_log
from django_oauthflows.core.outage import is_outage
from django_oauthflows.traffic import writing
from django_oauthflows.traffic.writing import Kind, Like, Seen

logger = logging.getLogger("django_oauthflows.traffic")

#: Seconds between two writes of one process.
INTERVAL = 60.0
#: How many different kinds and shapes a process holds between two writes, and how many shapes of one client.
ROOM = 5000
ROOM_OF_CLIENT = 100


@dataclass(slots=True, kw_only=True)
class _Counted:
    """What was counted since the last write, in `database`, which is the name of the one it goes to."""

    kinds: dict[Kind, int] = field(default_factory=dict)
    shapes: dict[Like, Seen] = field(default_factory=dict)
    of_client: Counter[Any] = field(default_factory=Counter)
    too_many: int = 0
    database: Any = None


_lock = Lock()
_counted = _Counted()
_written = monotonic()


def accepted(
    endpoint: str,
    *,
    flow: str = "",
    application_key: Any = None,
    shape: Mapping[str, Any] | None = None,
) -> None:
    """Count a request that was answered; with a `shape`, among those of its client too."""
    if not conf.RECORDED_REQUESTS_KEPT:
        return
    now = clock.now()
    with _lock:
        _add_kind(now, endpoint, flow=flow)
        if shape is not None and application_key is not None:
            _add_shape(now, application_key, endpoint, flow, shape)


def refused(endpoint: str, *, code: str, rule: str) -> None:
    """Count a request that was refused, by the rule that said no."""
    if not conf.RECORDED_REQUESTS_KEPT:
        return
    with _lock:
        _add_kind(clock.now(), endpoint, code=code, rule=rule)


def flush() -> None:
    """Write down what this process has counted. Whatever goes wrong is logged, and those counts are lost."""
    counted = _take()
    if not (counted.kinds or counted.shapes):
        return
    using = writing.database()
    if counted.too_many:
        logger.warning("no room for the shapes of %d requests", counted.too_many)
    try:
        # A test runner gives the project its own database back before the process ends.
        if counted.database == connections[using].settings_dict["NAME"]:
            writing.write(counted.kinds, counted.shapes, using=using)
    except Exception as error:
        if is_outage(error):
            quiet_log.report(logger, "counted requests could not be written and are lost", error)
        else:
            logger.exception("counted requests could not be written and are lost")


def forget() -> None:
    """Drop what was counted and not yet written."""
    _take()


def _take() -> _Counted:
    global _counted, _written
    with _lock:
        taken, _counted, _written = _counted, _Counted(), monotonic()
    return taken


def _add_kind(
    now: datetime, endpoint: str, *, flow: str = "", code: str = "", rule: str = ""
) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    kind = Kind(hour=hour, endpoint=endpoint, flow=flow, code=str(code), rule=rule)
    kinds = _counted.kinds
    if not kinds:
        _counted.database = connections[writing.database()].settings_dict["NAME"]
    if kind not in kinds and len(kinds) >= ROOM:
        return
    kinds[kind] = kinds.get(kind, 0) + 1


def _add_shape(
    now: datetime, application_key: Any, endpoint: str, flow: str, shape: Mapping[str, Any]
) -> None:
    like = Like(
        day=now.date(),
        application_key=application_key,
        endpoint=endpoint,
        flow=flow,
        shape=json.dumps(shape, sort_keys=True),
    )
    shapes, of_client = _counted.shapes, _counted.of_client
    if like not in shapes and of_client[application_key] >= ROOM_OF_CLIENT:
        like = replace(like, shape=writing.OTHER)
    if like not in shapes:
        if len(shapes) >= ROOM:
            _counted.too_many += 1
            return
        of_client[application_key] += 1
    seen = Seen(count=1, last=now)
    shapes[like] = shapes[like] + seen if like in shapes else seen


def watch() -> None:
    """Write after requests, and when the process ends."""
    request_finished.connect(_after_request, dispatch_uid="oauthflows.traffic")
    atexit.register(_at_exit)
    # What the parent counted is the parent's to write.
    os.register_at_fork(after_in_child=_after_fork)


def _after_request(**_: Any) -> None:
    """The answer has left: this thread may take its time, unless somebody's transaction is open in it."""
    if monotonic() - _written < INTERVAL:
        return
    connection = connections[writing.database()]
    if not connection.in_atomic_block:
        flush()
        with suppress(DatabaseError):
            # Django has looked after the connections of this request already.
            connection.close_if_unusable_or_obsolete()


def _at_exit() -> None:
    if not connections[writing.database()].in_atomic_block:
        flush()


def _after_fork() -> None:
    global _lock
    _lock = Lock()
    forget()
