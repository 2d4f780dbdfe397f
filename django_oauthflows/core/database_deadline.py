"""A deadline for requests that wait for a PostgreSQL server that is stopped as a whole.

`statement_timeout` is kept by the server's own processes. Where these are stopped (a frozen machine, SIGSTOP)
nothing ends the wait, and each thread that asks hangs. The driver knows no time-out for an answer. So a
thread of this process shuts the socket of a connection down once its request has waited for longer than
`statement_timeout` and five seconds more. The request gets an error, as if the database had gone. The time
runs on after a statement, since nothing tells of the COMMIT that follows the last one.

A project without `statement_timeout` (a check names it) has no such deadline.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, Thread, get_ident
from time import monotonic, sleep
from typing import Any

#: Seconds beyond the database's own time-out.
GRACE = 5.0
#: Seconds between two looks.
_PACE = 0.5
_TIMEOUT = re.compile(r"statement_timeout\s*=\s*(\d+)\s*(ms|s|min)?")
_UNITS = {"": 0.001, "ms": 0.001, "s": 1.0, "min": 60.0}


@dataclass(slots=True, kw_only=True)
class _Wait:
    connection: Any
    until: float


_lock = Lock()
_waits: dict[tuple[int, str], _Wait] = {}
_watchers: list[Thread] = []


@contextmanager
def deadlines(connections: Any) -> Iterator[None]:
    """Bound the waits of this thread's requests for these connections (Django's) until the block ends."""
    watched = [one for one in connections if seconds_of(one)]
    around = [_waits.get((get_ident(), one.alias)) for one in watched]
    try:
        for one in watched:
            extend(one)
        yield
    finally:
        for one, wait in zip(watched, around, strict=True):
            if wait is None:
                _waits.pop((get_ident(), one.alias), None)


def extend(connection: Any) -> None:
    """Begin the time anew for what is asked now; called before each statement."""
    seconds = seconds_of(connection)
    if not seconds or connection.connection is None:
        return
    until = monotonic() + seconds
    _waits[get_ident(), connection.alias] = _Wait(connection=connection.connection, until=until)
    if not _watchers:
        _start()


def seconds_of(connection: Any) -> float:
    """Return how long a request may wait for this database; 0 for without end."""
    if connection.vendor != "postgresql":
        return 0.0
    return _seconds(str(connection.settings_dict.get("OPTIONS", {}).get("options", "")))


@lru_cache(maxsize=16)
def _seconds(options: str) -> float:
    found = _TIMEOUT.search(options)
    own = int(found[1]) * _UNITS[found[2] or ""] if found else 0.0
    return own + GRACE if own else 0.0


def _start() -> None:
    with _lock:
        if not _watchers:
            _watchers.append(Thread(target=_watch, name="oauthflows-deadlines", daemon=True))
            _watchers[0].start()


def _watch() -> None:
    while True:
        sleep(_PACE)
        for key, wait in list(_waits.items()):
            if wait.until < monotonic() and _waits.pop(key, None) is wait:
                _shut_down(wait.connection)


def _shut_down(connection: Any) -> None:
    """End the wait of whoever reads from this connection; closing it stays theirs."""
    with suppress(Exception):  # closed meanwhile, in whatever way
        duplicate = socket.socket(fileno=os.dup(connection.fileno()))
        with duplicate:
            duplicate.shutdown(socket.SHUT_RDWR)


def _after_fork() -> None:
    global _lock
    _lock = Lock()
    _waits.clear()
    _watchers.clear()


os.register_at_fork(after_in_child=_after_fork)
