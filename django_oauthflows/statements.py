"""The hot statements, compiled once per process.

Django's ORM compiles a queryset to SQL anew each time it is used, which costs several times what running it
does. The few statements on the hot path are compiled here once for each database and then only run, with the
ORM's own converters, so that what comes back are ordinary model instances, on any backend and with any
swapped model.

Nothing else in the package writes SQL, and neither does this file: the ORM does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections, models
from django.db.models import signals, sql
from django.db.models.query import QuerySet

Instance = TypeVar("Instance", bound=models.Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Select:
    statement: str
    parameters: tuple[Any, ...]
    place: int
    field: "models.Field[Any, Any]"
    converters: list[tuple[int, Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Update:
    statement: str
    fields: list[Any]
    conditions: tuple[Any, ...]
    places: "list[tuple[int, models.Field[Any, Any]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exists:
    statement: str
    parameters: tuple[Any, ...]
    #: Of each place in the parameters, which value goes there, and the field it is compared with.
    places: "list[tuple[int, str, models.Field[Any, Any]]]"


class CompiledExists:
    """`queryset.exists()`, compiled once.

    `fields` returns, by name, the fields that values are compared with. `build` is called with what stands
    for these values, and returns the queryset.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        *,
        fields: "Callable[[], dict[str, models.Field[Any, Any]]]",
    ) -> None:
        self._build = build
        self._fields = fields
        self._compiled: dict[str, _Exists | None] = {}

    def holds(self, using: str, **values: Any) -> bool:
        """Return whether there is such a row."""
        if using not in self._compiled:
            self._compiled[using] = self._compile(using)
        exists = self._compiled[using]
        if exists is None or None in values.values():
            # NULL is written into the statement itself.
            return self._build(**values).using(using).exists()
        connection = connections[using]
        parameters = list(exists.parameters)
        for place, name, field in exists.places:
            parameters[place] = field.get_db_prep_value(values[name], connection)
        with connection.cursor() as cursor:
            cursor.execute(exists.statement, parameters)
            return cursor.fetchone() is not None

    def _compile(self, using: str) -> _Exists | None:
        """Compile it; `None` where a value is of a kind that nothing can stand for."""
        connection, fields = connections[using], self._fields()
        if not all(map(_has_stand_in, fields.values())):
            return None
        stand_ins = {
            name: _placeholder(field, number) for number, (name, field) in enumerate(fields.items())
        }
        query = self._build(**stand_ins).using(using).query.exists()
        statement, parameters = query.get_compiler(using=using).as_sql()
        names = {
            field.get_db_prep_value(stand_ins[name], connection): name
            for name, field in fields.items()
        }
        places = [
            (place, names[value], fields[names[value]])
            for place, value in enumerate(parameters)
            if value in names
        ]
        assert {name for _, name, _ in places} == set(fields)  # noqa: S101 - else a value would be ignored
        return _Exists(statement=statement, parameters=tuple(parameters), places=places)


class CompiledSelect:
    """`queryset.filter(<lookup>=value).values_list(...)`, first row only.

    `build` is called once per database, when the app registry is ready, and returns the queryset and the
    name of the looked-up field, a text or UUID field of the queryset's own model.
    """

    def __init__(self, build: Callable[[], tuple[QuerySet[Any, Any], str]]) -> None:
        self._build = build
        self._compiled: dict[str, _Select] = {}

    def first(self, value: str | UUID, using: str) -> Sequence[Any] | None:
        """The first row for `value`, converted as the ORM would, or `None`."""
        if using not in self._compiled:
            self._compiled[using] = self._compile(using)
        select = self._compiled[using]
        connection = connections[using]
        parameters = list(select.parameters)
        parameters[select.place] = select.field.get_db_prep_value(value, connection)
        with connection.cursor() as cursor:
            cursor.execute(select.statement, parameters)
            row = cursor.fetchone()
        if row is None:
            return None
        converted = list(row)
        for position, functions, expression in select.converters:
            for function in functions:
                converted[position] = function(converted[position], expression, connection)
        return converted

    def _compile(self, using: str) -> _Select:
        queryset, lookup = self._build()
        field = queryset.model._meta.get_field(lookup)
        place = _placeholder(field)
        query = queryset.using(using).filter(**{lookup: place})[:1].query
        compiler = query.get_compiler(using=using)
        statement, parameters = compiler.as_sql()
        return _Select(
            statement=statement,
            parameters=tuple(parameters),
            place=list(parameters).index(field.get_db_prep_value(place, connections[using])),
            field=field,
            converters=[
                (position, functions, expression)
                for position, (functions, expression) in compiler.get_converters(
                    [column[0] for column in compiler.select]
                ).items()
            ],
        )


class CompiledInsert(Generic[Instance]):
    """`instance.save(force_insert=True)`, compiled once.

    Where somebody listens to the model's save signals, or the backend cannot return the new key, the ORM
    does it all.
    """

    def __init__(self, model: Callable[[], type[Instance]]) -> None:
        self._model = model
        self._compiled: dict[str, tuple[str, list[models.Field[Any, Any]]]] = {}

    def save(self, instance: Instance, using: str) -> Instance:
        """Insert `instance` and give it its primary key."""
        connection = connections[using]
        model = type(instance)
        if not connection.features.can_return_columns_from_insert or any(
            signal.has_listeners(model) for signal in (signals.pre_save, signals.post_save)
        ):
            instance.save(force_insert=True, using=using)
            return instance
        if using not in self._compiled:
            self._compiled[using] = self._compile(instance, using)
        statement, fields = self._compiled[using]
        values = [
            field.get_db_prep_save(field.pre_save(instance, True), connection) for field in fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        (key,) = model._meta.db_returning_fields or (None,)
        if key is not None:
            setattr(instance, key.attname, row[0])
        instance._state.adding = False
        instance._state.db = using
        return instance

    def _compile(
        self, instance: Instance, using: str
    ) -> "tuple[str, list[models.Field[Any, Any]]]":
        meta = self._model()._meta
        fields = [
            field for field in meta.local_concrete_fields if not isinstance(field, models.AutoField)
        ]
        query = sql.InsertQuery(self._model())
        query.insert_values(fields, [instance])
        compiler = query.get_compiler(using=using)
        compiler.returning_fields = list(meta.db_returning_fields)
        ((statement, _),) = compiler.as_sql()
        return statement, fields


class CompiledUpdate:
    """`queryset.filter(pk=key).update(**values)`, compiled once for each set of columns.

    `build` returns the queryset with its own conditions, as `revoked__isnull=True`. Where `given` names a
    field, one of the conditions compares it with a value of each run: `build` is called with what stands for
    that value.
    """

    def __init__(
        self,
        build: Callable[[Any], QuerySet[Any, Any]],
        *,
        given: "Callable[[], models.Field[Any, Any]] | None" = None,
    ) -> None:
        self._build = build
        self._given = given
        self._compiled: dict[tuple[str, ...], _Update] = {}

    def run(self, key: int | UUID, using: str, *, given: Any = None, **values: Any) -> int:
        """Write `values` into the row, and return 1, or 0 where the conditions do not hold (any more)."""
        field = self._given() if self._given else None
        if None in values.values() or (field is not None and not _has_stand_in(field)):
            # NULL is written into the statement itself.
            return self._build(given).using(using).filter(pk=key).update(**values)
        columns = (using, *values)
        if columns not in self._compiled:
            self._compiled[columns] = self._compile(using, values)
        update = self._compiled[columns]
        connection = connections[using]
        parameters = [
            field.get_db_prep_save(value, connection)
            for field, value in zip(update.fields, values.values(), strict=True)
        ]
        conditions = list(update.conditions)
        for (place, field), value in zip(update.places, (key, given), strict=False):
            conditions[place] = field.get_db_prep_value(value, connection)
        with connection.cursor() as cursor:
            cursor.execute(update.statement, parameters + conditions)
            return int(cursor.rowcount)

    def _compile(self, using: str, values: dict[str, Any]) -> _Update:
        connection = connections[using]
        given = self._given() if self._given else None
        queryset = self._build(_placeholder(given, 1) if given else None)
        meta = queryset.model._meta
        query: Any = queryset.using(using).filter(pk=_placeholder(meta.pk))
        query = query.query.chain(sql.UpdateQuery)
        query.add_update_values(values)
        statement, parameters = query.get_compiler(using=using).as_sql()
        conditions = tuple(parameters)[len(values) :]
        places = [(meta.pk, 0), *([(given, 1)] if given else [])]
        return _Update(
            statement=statement,
            fields=[meta.get_field(name) for name in values],
            conditions=conditions,
            places=[
                (
                    conditions.index(field.get_db_prep_value(_placeholder(field, n), connection)),
                    field,
                )
                for field, n in places
            ],
        )


def _has_stand_in(field: "models.Field[Any, Any]") -> bool:
    """Is it a field of a kind that `_placeholder` knows? A statement with any other one is not compiled."""
    known = (models.UUIDField, models.IntegerField, models.CharField, models.TextField)
    return isinstance(field, known)


def _placeholder(field: "models.Field[Any, Any]", number: int = 0) -> Any:
    """A value that no row can have, to stand for the one that is looked up while SQL is compiled."""
    if isinstance(field, models.UUIDField):
        return UUID(int=0xFFFF_0F0F_FFFF_0F0F_FFFF_0F0F_FFFF_0F0F + number)
    if isinstance(field, models.IntegerField):
        # Some take no number below zero, and small ones none above this.
        return 2**15 - 1 - 77 - number
    return f"\x00looked-up {number}\x00"


class Columns(Generic[Instance]):
    """All columns of one model within a wider row, and the way back to an instance of it.

    `prefix` is the ORM path from the queryset's model, as `user__`; empty for that model itself.
    """

    def __init__(
        self, model: type[Instance], prefix: str = "", *, only: Sequence[str] = ()
    ) -> None:
        self.model = model
        fields = [
            field
            for field in model._meta.concrete_fields
            if not only or field.attname in (*only, _key(model))
        ]
        self.attnames = [field.attname for field in fields]
        self.paths = [f"{prefix}{field.attname}" for field in fields]

    def instance(self, row: Sequence[Any], start: int, using: str) -> Instance | None:
        """The instance whose columns begin at `start`; `None` where an outer join found nothing."""
        values = row[start : start + len(self.attnames)]
        if values[self.attnames.index(_key(self.model))] is None:
            return None
        return self.model.from_db(using, self.attnames, values)


def _key(model: type[models.Model]) -> str:
    key = model._meta.pk
    assert key is not None  # noqa: S101 - every concrete model has one
    return key.attname
