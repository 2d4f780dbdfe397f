"""Values that are read from the database and outlive it: while it is away, the last value is given.

For public documents that change rarely (metadata, key sets). A process that has read nothing yet has nothing
to give, and says so.
"""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from django.db import Error

from django_oauthflows.core.outage import close_lost_connections, is_outage

T = TypeVar("T")

#: Seconds after an outage in which the last value is given without asking.
PAUSE = 1.0


class LastKnown(Generic[T]):
    """A function without arguments whose last value is kept."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._kept: list[T] = []
        self._quiet_until = 0.0

    def __call__(self) -> T:
        """Read the value; return the last one while the database is away. Raises where there is none."""
        if self._kept and monotonic() < self._quiet_until:
            return self._kept[0]
        try:
            value = self._read()
        except Error as error:
            if not (self._kept and is_outage(error)):
                raise
            close_lost_connections()
            self._quiet_until = monotonic() + PAUSE
            return self._kept[0]
        self._kept[:] = [value]
        return value

    def forget(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self._quiet_until = 0.0
