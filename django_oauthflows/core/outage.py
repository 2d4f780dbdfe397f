"""Outages, mostly of the database and the cache: the one exception for them, and the one safe retry.

An outage is not the client's fault. It is answered with 503 and Retry-After (RFC 9110 §15.6.4, §10.2.3), so
that clients try again with what they hold. A request that has written nothing is tried once more on a new
connection, since a connection that was cut is often the only thing that is wrong.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from django.db import Error, InterfaceError, InternalError, OperationalError, connections

from django_oauthflows.core import database_deadline, quiet_log

T = TypeVar("T")

logger = logging.getLogger("django_oauthflows.outage")

#: Seconds after which a client may try again.
RETRY_AFTER = 2
#: SQLSTATE of a write to a database that only reads (PostgreSQL reports it as an internal error).
_READ_ONLY = "25006"
#: The start of what SQLite says of a table or column that is missing: a mistake, and no outage.
_MISTAKES = ("no such ", "near ")
#: The same of MySQL and MariaDB: an unknown column or function, a value that is missing or wrong.
_NUMBERS_OF_MISTAKES = (1054, 1305, 1364, 1366)
#: A table that is missing: the start of what SQLite says, PostgreSQL's SQLSTATE, and MySQL's number.
_NO_TABLE = ("no such table", "42P01", 1146)


class Outage(Exception):
    """Something that this server needs does not answer now. `rule` names what is refused for that reason."""

    rule = ""
    sentence = "The server cannot answer at the moment. Try again in a few seconds."
    #: Seconds after which a client may try again.
    retry_after = RETRY_AFTER


class DatabaseUnavailable(Outage):
    """The database does not answer, is locked, or takes no writes."""

    rule = "database_must_answer"


class TablesMissing(Outage):
    """The migrations of the tables that are asked were not applied."""

    rule = "tables_must_be_migrated"
    sentence = (
        "The database of this server has no tables for this yet. Run: python manage.py migrate"
    )


class CacheUnavailable(Outage):
    """The cache does not answer."""

    rule = "cache_must_answer"


class TooManyFetches(Outage):
    """This server waits for slow hosts already, and asks no further one at the moment."""

    rule = "fetches_must_be_few"
    retry_after = 10


def is_outage(error: BaseException) -> bool:
    """Is it a fault of the database, and not of a statement?"""
    if isinstance(error, InterfaceError):
        return True
    if isinstance(error, OperationalError):
        number = error.args[0] if error.args else 0
        return not (str(error).startswith(_MISTAKES) or number in _NUMBERS_OF_MISTAKES)
    return (
        isinstance(error, InternalError) and getattr(error.__cause__, "sqlstate", "") == _READ_ONLY
    )


def is_missing_table(error: Error) -> bool:
    """Is it a table that is not there?"""
    text, state, number = _NO_TABLE
    said = error.args[0] if error.args else ""
    return (
        str(error).startswith(text)
        or getattr(error.__cause__, "sqlstate", "") == state
        or said == number
    )


def despite_outages(call: Callable[[], T]) -> T:
    """Call, and call once more where a connection was lost before anything was written. Raises `Outage`.

    A write may have been committed although no answer came. It is never tried again.
    """
    writes = _Writes()
    were_open = _open_connections()
    for may_try_again in (True, False):
        try:
            return _watched(call, writes)
        except Error as error:
            if is_missing_table(error):
                quiet_log.report(logger, "tables are missing: run python manage.py migrate", error)
                raise TablesMissing(quiet_log.described(error)) from error
            if not is_outage(error):
                raise
            outage = error
        close_lost_connections()
        is_any_lost = not were_open <= _open_connections()
        if writes.seen or not (may_try_again and is_any_lost):
            break
    raise noted(outage) from outage


def noted(error: Error) -> DatabaseUnavailable:
    """Log an outage of the database, and return what to raise or to answer for it."""
    close_lost_connections()
    quiet_log.report(logger, "the database does not answer; requests get a 503", error)
    return DatabaseUnavailable(quiet_log.described(error))


def close_lost_connections() -> None:
    """Close the connections that do not work any more.

    One that is in a transaction of the caller's is left to the caller.
    """
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()


def _open_connections() -> set[str]:
    return {
        connection.alias
        for connection in connections.all(initialized_only=True)
        if connection.connection is not None
    }


class _Writes:
    """An execute wrapper that notes whether anything but a SELECT was sent, and bounds each wait."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        database_deadline.extend(context["connection"])
        self.seen = self.seen or not str(sql)[:7].lstrip("( \n").upper().startswith("SELECT")
        return execute(sql, params, many, context)


def _watched(call: Callable[[], T], writes: _Writes) -> T:
    """Call, and note what is sent to any database meanwhile."""
    with ExitStack() as stack:
        stack.enter_context(database_deadline.deadlines(connections.all()))
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(writes))
        return call()
