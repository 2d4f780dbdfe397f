"""Adding counts to the database beside other processes that do the same.

Rows that are there are added to; what is missing is inserted with a count of 0, by whoever comes first, and
then added to as well. No count is read and written back, so none is lost, on any database. Rows are touched
in one order everywhere, in short transactions, so that two writers never wait for each other.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, router, transaction
from django.db.models import Count, F

from django_oauthflows import dot
from django_oauthflows.traffic.models import RequestCount, RequestShape

#: How many different shapes are kept of one client's day; beyond that its requests are counted together.
SHAPES_PER_DAY = 300
#: The shape of requests there was no room for: counted, and not to be asked about.
OTHER = '{"other": true}'
#: A client may be deleted between being looked up and being referred to.
_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Requests of all clients that are counted together."""

    hour: datetime
    endpoint: str
    flow: str
    code: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """Requests of one client that looked the same. `shape` is JSON with sorted keys."""

    day: date
    application_key: Any
    endpoint: str
    flow: str
    shape: str

    @property
    def digest(self) -> str:
        told = f"{self.endpoint}\n{self.flow}\n{self.shape}"
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How often, and when the last time."""

    count: int
    last: datetime

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(count=self.count + other.count, last=max(self.last, other.last))


def database() -> str:
    """The alias of the database the counts are written to."""
    return router.db_for_write(RequestCount)


def write(kinds: Mapping[Kind, int], shapes: Mapping[Like, Seen], *, using: str) -> None:
    """Add what was counted to what is there."""
    _write_kinds(kinds, using)
    _write_shapes(shapes, using)


def _write_kinds(kinds: Mapping[Kind, int], using: str) -> None:
    missing = _add_kinds(kinds, sorted(kinds, key=_order_of_kind), using)
    if missing:
        rows = [RequestCount(**asdict(kind)) for kind in missing]
        RequestCount.objects.using(using).bulk_create(rows, ignore_conflicts=True)
        _add_kinds(kinds, missing, using)


def _add_kinds(kinds: Mapping[Kind, int], which: Sequence[Kind], using: str) -> list[Kind]:
    """Add to the rows that are there, and name those that are not."""
    table = RequestCount.objects.using(using)
    with transaction.atomic(using=using):
        return [
            kind
            for kind in which
            if not table.filter(**asdict(kind)).update(count=F("count") + kinds[kind])
        ]


def _write_shapes(shapes: Mapping[Like, Seen], using: str) -> None:
    missing = _add_shapes(shapes, using)
    for tries_left in reversed(range(_TRIES)):
        if not missing:
            return
        try:
            fitting = _fitting(_of_clients_that_exist(missing, using), using)
            rows = [_row(like, seen) for like, seen in fitting.items()]
            RequestShape.objects.using(using).bulk_create(rows, ignore_conflicts=True)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            _add_shapes(fitting, using)
            return


def _add_shapes(shapes: Mapping[Like, Seen], using: str) -> dict[Like, Seen]:
    """Add to the rows that are there, and name those that are not."""
    table = RequestShape.objects.using(using)
    missing = {}
    with transaction.atomic(using=using):
        for like in sorted(shapes, key=_order_of_shape):
            seen = shapes[like]
            row = table.filter(
                application_id=like.application_key, day=like.day, digest=like.digest
            )
            if not row.update(count=F("count") + seen.count, last=seen.last):
                missing[like] = seen
    return missing


def _row(like: Like, seen: Seen) -> RequestShape:
    return RequestShape(
        application_id=like.application_key,
        day=like.day,
        digest=like.digest,
        endpoint=like.endpoint,
        flow=like.flow,
        shape=json.loads(like.shape),
        last=seen.last,
    )


def _of_clients_that_exist(shapes: Mapping[Like, Seen], using: str) -> dict[Like, Seen]:
    keys = {like.application_key for like in shapes}
    clients = dot.application_model()._base_manager.using(using)
    there = set(clients.filter(pk__in=keys).values_list("pk", flat=True))
    return {like: seen for like, seen in shapes.items() if like.application_key in there}


def _fitting(shapes: Mapping[Like, Seen], using: str) -> dict[Like, Seen]:
    """The same, with what is too much for one client's day counted together."""
    kept = _kept(shapes, using)
    fitting: dict[Like, Seen] = {}
    for like, seen in shapes.items():
        of_day = (like.application_key, like.day)
        kept[of_day] += 1
        row = like if kept[of_day] <= SHAPES_PER_DAY else replace(like, shape=OTHER)
        fitting[row] = fitting[row] + seen if row in fitting else seen
    return fitting


def _kept(shapes: Mapping[Like, Seen], using: str) -> Counter[tuple[Any, date]]:
    """How many shapes each client has already, by day."""
    found = (
        RequestShape.objects.using(using)
        .filter(
            application_id__in={like.application_key for like in shapes},
            day__in={like.day for like in shapes},
        )
        .values_list("application_id", "day")
        .annotate(Count("pk"))
    )
    return Counter({(key, day): count for key, day, count in found})


def _order_of_kind(kind: Kind) -> tuple[Any, ...]:
    return (kind.hour, kind.endpoint, kind.flow, kind.code, kind.rule)


def _order_of_shape(like: Like) -> tuple[Any, ...]:
    return (str(like.application_key), like.day, like.digest)
