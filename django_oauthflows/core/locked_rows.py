"""A condition that holds its row: `EXISTS` with a shared lock, in the statement that depends on it.

A shared lock lets other transactions take the same one, and makes whoever changes the row wait until this
transaction has ended. Where the row is being changed at this moment, the statement waits, and then sees the
change. Django itself locks for update only, which would make all holders wait for each other.

SQLite has one writer at a time and no row locks: there the transaction must have written before it asks.
"""

from typing import Any

from django.db.models import Exists


class ExistsLocked(Exists):
    """`Exists(queryset)` whose row nobody changes before the transaction has ended.

    Give the row's key as a value, and not as an `OuterRef`: then the row is locked before those of the outer
    statement, on every database, and the order of locks is the same everywhere.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="EXISTS(%(subquery)s FOR SHARE)")

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="EXISTS(%(subquery)s LOCK IN SHARE MODE)")
