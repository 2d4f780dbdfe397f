"""Adding counts to the database beside other processes that do the same.

Rows that are there are added to; what is missing is inserted with a count of 0, by whoever comes first, and
then added to as well. No count is read and written back, so none is lost, on any database. Rows are locked in
the order of their keys, in short transactions, so that two writers never wait for each other.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connections, models, router, transaction
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
    missing = _add_kinds(kinds, using)
    if missing:
        rows = [RequestCount(**asdict(kind)) for kind in sorted(missing, key=astuple)]
        with transaction.atomic(using=using):
            RequestCount.objects.using(using).bulk_create(rows, ignore_conflicts=True)
        _add_kinds(missing, using)


def _add_kinds(kinds: Mapping[Kind, int], using: str) -> dict[Kind, int]:
    """Add to the rows that are there, and name what is missing."""
    names = [column.name for column in fields(Kind)]
    rows = RequestCount.objects.using(using).filter(hour__in={kind.hour for kind in kinds})
    there = {
        kind: pk
        for pk, *values in rows.values_list("pk", *names)
        if (kind := Kind(**dict(zip(names, values, strict=True)))) in kinds
    }
    _add(RequestCount, {there[kind]: kinds[kind] for kind in there}, using)
    return {kind: count for kind, count in kinds.items() if kind not in there}


def _write_shapes(shapes: Mapping[Like, Seen], using: str) -> None:
    missing = _add_shapes(shapes, using)
    for tries_left in reversed(range(_TRIES)):
        if not missing:
            return
        try:
            fitting = _fitting(_of_clients_that_exist(missing, using), using)
            rows = [_row(like, fitting[like]) for like in sorted(fitting, key=_order)]
            with transaction.atomic(using=using):
                RequestShape.objects.using(using).bulk_create(rows, ignore_conflicts=True)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            _add_shapes(fitting, using)
            return


def _add_shapes(shapes: Mapping[Like, Seen], using: str) -> dict[Like, Seen]:
    """Add to the rows that are there, and name what is missing. When they were last is exact to a minute."""
    if not shapes:
        return {}
    named: Mapping[tuple[Any, ...], Like] = {
        (like.application_key, like.day, like.digest): like for like in shapes
    }
    rows = RequestShape.objects.using(using).filter(
        application_id__in={like.application_key for like in shapes},
        day__in={like.day for like in shapes},
        digest__in={digest for _, _, digest in named},
    )
    found = rows.values_list("pk", "application_id", "day", "digest")
    there = {like: pk for pk, *name in found if (like := named.get(tuple(name)))}
    last = max(seen.last for seen in shapes.values())
    _add(RequestShape, {there[like]: shapes[like].count for like in there}, using, last=last)
    return {like: seen for like, seen in shapes.items() if like not in there}


def _add(table: type[models.Model], counts: Mapping[Any, int], using: str, **also: Any) -> None:
    """Add to rows by their keys: all are locked in order first, then those that get the same at once."""
    if not counts:
        return
    rows = table._base_manager.using(using)
    keys_of: dict[int, list[Any]] = defaultdict(list)
    for key, count in counts.items():
        keys_of[count].append(key)
    with transaction.atomic(using=using):
        # SQLite locks all there is at the first write, and refuses it to whoever has read before.
        if connections[using].features.has_select_for_update:
            # By primary key alone, since MariaDB locks rows as it comes across them.
            list(rows.filter(pk__in=counts).order_by("pk").select_for_update().values_list("pk"))
        for count, keys in keys_of.items():
            rows.filter(pk__in=keys).update(count=F("count") + count, **also)


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


def _order(like: Like) -> tuple[Any, ...]:
    return (str(like.application_key), like.day, like.digest)
