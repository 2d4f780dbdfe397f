"""The numbers for charts: how many requests there were by flow, and refusals by rule, over time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Min, QuerySet, Sum, When

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
    accepted = RequestCount.objects.filter(rule="").exclude(flow="")
    return _folded(accepted, "flow", since, until, step)


def refusals_by_rule(since: datetime, until: datetime, step: timedelta) -> tuple[Counted, ...]:
    """Requests that were refused, at any endpoint, by the name of the rule: one statement."""
    return _folded(RequestCount.objects.exclude(rule=""), "rule", since, until, step)


def recorded_since() -> datetime | None:
    """The hour from which on requests are recorded; `None` where none is."""
    first: datetime | None = RequestCount.objects.aggregate(first=Min("hour"))["first"]
    return first


def _folded(
    rows: "QuerySet[RequestCount]", column: str, since: datetime, until: datetime, step: timedelta
) -> tuple[Counted, ...]:
    """Summed by step in the database, which need not know where days begin: it is told each step's end."""
    starts = [since + number * step for number in range(-((since - until) // step))]
    ends = (When(hour__lt=start + step, then=number) for number, start in enumerate(starts))
    summed = (
        rows.filter(hour__gte=since, hour__lt=until)
        .annotate(number=Case(*ends, output_field=IntegerField()))
        .values_list("number", column)
        .annotate(Sum("count"))
        .order_by("number", column)
    )
    return tuple(
        Counted(start=starts[number], name=name, count=count) for number, name, count in summed
    )
