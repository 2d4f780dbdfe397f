"""Deadlocks: two transactions that wait for each other, of which the database has ended one.

The one that was ended changed nothing, and may be tried again from its beginning.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

T = TypeVar("T")

#: SQLSTATE 40001 (serialization failure) and 40P01 (PostgreSQL: deadlock detected).
_SQLSTATES = frozenset({"40001", "40P01"})
#: MariaDB and MySQL: ER_LOCK_DEADLOCK.
_MYSQL_DEADLOCK = 1213
#: How often a piece of work in the background is tried.
_TRIES = 5


def is_deadlock(error: OperationalError) -> bool:
    """Tell whether the database ended the transaction because of another one."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _SQLSTATES:
        return True
    return bool(error.args) and error.args[0] == _MYSQL_DEADLOCK


def despite_deadlocks(call: Callable[[], T], *, using: str) -> T:
    """Call what is one whole transaction, and again while the database ends it for another's sake.

    Within a transaction of the caller's it is tried once: that one has ended too. Raises `OperationalError`
    of the last try.
    """
    for _ in range(0 if connections[using].in_atomic_block else _TRIES - 1):
        try:
            return call()
        except OperationalError as error:
            if not is_deadlock(error):
                raise
    return call()
