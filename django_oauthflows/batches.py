"""Deleting many rows beside live traffic: in short transactions, each of a bounded number of rows.

Candidates are found by walking the primary key, without a lock. A batch then locks what it deletes and passes
over whatever another transaction holds, and what it passed over is found by the next run. A database that
cannot pass over the locked rows of one table (MariaDB) waits; a batch that ends in a deadlock is tried again.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connections, models, transaction
from django.db.models import Exists, OuterRef, Q, signals

from django_oauthflows.core.deadlocks import despite_deadlocks

#: What a batch's rows are called while they are judged: their keys, or more of their columns.
Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Rows of one table that are of no use to anybody any more.

    `condition` is what the database can say of a row alone; `kept` then names the keys that have to stay,
    given the primary key and the `columns` of each candidate. `released_by` and `held_by` are columns of
    other tables that hold this one's primary keys: the former are emptied first, the latter keep a row
    where it is.
    """

    name: str
    model: type[models.Model]
    using: str
    condition: Q
    columns: tuple[str, ...] = ()
    kept: Callable[[Rows], Collection[Any]] | None = None
    released_by: tuple[tuple[type[models.Model], str], ...] = ()
    held_by: tuple[tuple[type[models.Model], str], ...] = ()


def delete(ended: Ended, *, batch: int, dry_run: bool = False) -> Iterator[int]:
    """Delete in batches, and tell of each how many rows went; with `dry_run`, how many would."""
    fast = _can_skip_the_collector(ended)
    for keys in _candidates(ended, batch):
        delete = partial(_delete, ended, keys, fast=fast)
        yield len(keys) if dry_run else despite_deadlocks(delete, using=ended.using)


def _candidates(ended: Ended, batch: int) -> Iterator[list[Any]]:
    rows = ended.model._base_manager.using(ended.using).filter(ended.condition).order_by("pk")
    last: Any = None
    while True:
        page = rows if last is None else rows.filter(pk__gt=last)
        found = list(page.values_list("pk", *ended.columns)[:batch])
        if not found:
            return
        last = found[-1][0]
        kept = frozenset(ended.kept(found)) if ended.kept else frozenset()
        yield [row[0] for row in found if row[0] not in kept]


def _delete(ended: Ended, keys: Sequence[Any], *, fast: bool) -> int:
    with transaction.atomic(using=ended.using):
        for model, column in ended.released_by:
            keys = _released(model, column, keys, ended.using)
        leaving: Any = ended.model._base_manager.using(ended.using).filter(
            ended.condition, *_unheld(ended), pk__in=keys
        )
        if _locks_rows(ended.using):
            locked = list(_lock(leaving).values_list("pk", flat=True))
            leaving = ended.model._base_manager.using(ended.using).filter(pk__in=locked)
        if fast:
            return int(leaving._raw_delete(ended.using) or 0)
        return int(leaving.delete()[1].get(ended.model._meta.label, 0))


def _unheld(ended: Ended) -> list[Q]:
    return [
        ~Q(Exists(model._base_manager.filter(**{column: OuterRef("pk")})))
        for model, column in ended.held_by
    ]


def _released(
    model: type[models.Model], column: str, keys: Sequence[Any], using: str
) -> Sequence[Any]:
    """Empty a foreign key wherever it names one of `keys`; the keys that nobody names now."""
    naming = model._base_manager.using(using).filter(**{f"{column}__in": keys})
    if not _locks_rows(using):
        # Written without reading first: SQLite lets no one who has read wait for a turn to write.
        naming.update(**{column: None})
        return keys
    locked = list(_lock(naming).values_list("pk", flat=True))
    naming.filter(pk__in=locked).update(**{column: None})
    still = frozenset(naming.values_list(column, flat=True))
    return [key for key in keys if key not in still]


def _lock(rows: Any) -> Any:
    return rows.select_for_update(skip_locked=True, of=("self",))


def _locks_rows(using: str) -> bool:
    features = connections[using].features
    return bool(features.has_select_for_update_skip_locked and features.has_select_for_update_of)


def _can_skip_the_collector(ended: Ended) -> bool:
    """Django reads every row before it deletes it, for the sake of whoever refers to it or listens.

    Where nobody does but those this app knows, one statement is enough.
    """
    if any(s.has_listeners(ended.model) for s in (signals.pre_delete, signals.post_delete)):
        return False
    if any(hasattr(field, "bulk_related_objects") for field in ended.model._meta.private_fields):
        return False
    known = {
        (model._meta.concrete_model, model._meta.get_field(column).name)
        for model, column in (*ended.released_by, *ended.held_by)
    }
    referring = {
        (relation.related_model._meta.concrete_model, relation.field.name)
        for relation in ended.model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel)
    }
    return referring <= known
