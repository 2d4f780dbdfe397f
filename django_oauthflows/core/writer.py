"""Reading from the database that is written to, where a site has read replicas (Django's database routers).

A replica is behind: it does not know yet of a withdrawal, a new password or a disabled client. Rows that
access is decided by are therefore never read from it. Lists of events and counts may be.
"""

from typing import Any, TypeVar

from django.db import models, router

Row = TypeVar("Row", bound=models.Model)


class WriterQuerySet(models.QuerySet[Row]):
    """A queryset that reads where it writes, unless it is told another database (`using`)."""

    @property
    def db(self) -> str:
        """The database of this queryset."""
        rows: Any = self
        return rows._db or router.db_for_write(self.model, **rows._hints)
