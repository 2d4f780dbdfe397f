"""The numbers for charts: how many requests there were by flow, and refusals by rule, over time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Min, QuerySet, Sum, Value, When

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
    answered = RequestCount.objects.filter(rule="").exclude(flow="")
    return _counted(answered, "flow", since, until, step)


def refusals_by_rule(since: datetime, until: datetime, step: timedelta) -> tuple[Counted, ...]:
    """Requests that were refused, at any endpoint, by the name of the rule: one statement."""
    return _counted(RequestCount.objects.exclude(rule=""), "rule", since, until, step)


def recorded_since() -> datetime | None:
    """The hour from which on requests are recorded; `None` where none is."""
    first: datetime | None = RequestCount.objects.aggregate(first=Min("hour"))["first"]
    return first


def _counted(
    rows: "QuerySet[RequestCount]", column: str, since: datetime, until: datetime, step: timedelta
) -> tuple[Counted, ...]:
    """Summed in the database, whose idea of a day is not asked: steps may begin at anybody's midnight."""
    if until <= since:
        return ()
    ends = [since + number * step for number in range(1, -((since - until) // step) + 1)]
    number = Case(
        *(When(hour__lt=end, then=Value(number)) for number, end in enumerate(ends)),
        output_field=IntegerField(),
    )
    summed = (
        rows.filter(hour__gte=since, hour__lt=until)
        .annotate(step=number)
        .values_list("step", column)
        .annotate(Sum("count"))
        .order_by("step", column)
    )
    return tuple(
        Counted(start=since + number * step, name=name, count=count)
        for number, name, count in summed
    )
