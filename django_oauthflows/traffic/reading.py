"""The numbers for charts: how many requests there were by flow, and refusals by rule, over time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, QuerySet, Sum

from django_oauthflows.traffic.models import RequestCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """So many requests of one name, a flow or a rule, from `start` on for one step."""

    start: datetime
    name: str
    count: int


def by_flow(since: datetime, until: datetime, step: timedelta) -> tuple[Counted, ...]:
    """Requests that were answered with a code or tokens, by the slug of their flow: one statement.

    Steps are counted from `since`, an aware datetime at a full hour, in as many hours as `step` has; one in
    which nothing happened has no row.
    """
    return _folded(_within(since, until).filter(rule="").exclude(flow=""), "flow", since, step)


def refusals_by_rule(since: datetime, until: datetime, step: timedelta) -> tuple[Counted, ...]:
    """Requests that were refused, at any endpoint, by the name of the rule: one statement."""
    return _folded(_within(since, until).exclude(rule=""), "rule", since, step)


def recorded_since() -> datetime | None:
    """The hour from which on requests are recorded; `None` where none is."""
    first: datetime | None = RequestCount.objects.aggregate(first=Min("hour"))["first"]
    return first


def _within(since: datetime, until: datetime) -> "QuerySet[RequestCount]":
    return RequestCount.objects.filter(hour__gte=since, hour__lt=until)


def _folded(
    rows: "QuerySet[RequestCount]", column: str, since: datetime, step: timedelta
) -> tuple[Counted, ...]:
    """Summed by hour in the database; hours into steps here, where days may begin at anybody's midnight."""
    counts: Counter[tuple[datetime, str]] = Counter()
    for hour, name, count in _by_hour(rows, column):
        counts[since + (hour - since) // step * step, name] += count
    return tuple(
        Counted(start=start, name=name, count=count)
        for (start, name), count in sorted(counts.items())
    )


def _by_hour(rows: "QuerySet[RequestCount]", column: str) -> Iterator[tuple[Any, ...]]:
    summed = rows.values_list("hour", column).annotate(Sum("count")).order_by()
    return summed.iterator(chunk_size=2000)
