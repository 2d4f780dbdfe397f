"""Counting no further than anybody reads: of a million rows a list says "10000+", and does not count them.

A database that is asked for an exact number reads every row for it, whenever a page is opened.
"""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

#: How many rows are counted before a count is given up.
LIMIT = 10_000
#: No page further in is looked for: it would take longer than any request may.
_FARTHEST = 1_000_000


class AtLeast(int):
    """A count that was given up: there are more. Written with a plus."""

    def __str__(self) -> str:
        # Where a project has thousands set apart, Django takes the digits one by one.
        return int.__repr__(self) + ("" if settings.USE_THOUSAND_SEPARATOR else "+")

    def __add__(self, other: int) -> "AtLeast":
        return AtLeast(int.__add__(self, other))

    __radd__ = __add__


def count_up_to(rows: "QuerySet[Any, Any]", limit: int | None) -> int:
    """How many rows there are, if no more than `limit`; else `AtLeast` as many. Without a limit, all."""
    if limit is None:
        return rows.count()
    found = rows.order_by()[: limit + 1].count()
    return AtLeast(limit) if found > limit else found


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of a list that is not counted to its end: whoever reads the last known page learns of more."""

    @cached_property
    def count(self) -> int:
        return count_up_to(self.object_list, LIMIT)  # type: ignore[arg-type]

    def validate_number(self, number: Any) -> int:
        if isinstance(self.count, AtLeast):
            self._look_further(number)
        return super().validate_number(number)

    def _look_further(self, number: Any) -> None:
        asked = int(number) if str(number).isdecimal() else 0
        if self.num_pages <= asked <= _FARTHEST:
            limit = asked * self.per_page + LIMIT
            self.__dict__["count"] = count_up_to(self.object_list, limit)  # type: ignore[arg-type]
            self.__dict__.pop("num_pages")
