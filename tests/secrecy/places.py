"""Every place a secret could lie in: tables, sessions, the cache, log records, numbers and letters."""

import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from prometheus_client import generate_latest

Place = tuple[str, str]


def every_row() -> Iterator[Place]:
    """Table → each of its rows as text, whatever the columns are."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield table, repr([bytes(x) if isinstance(x, memoryview) else x for x in row])


def every_session() -> Iterator[Place]:
    """The sessions again, decoded."""
    engine = import_module(settings.SESSION_ENGINE)
    for row in engine.SessionStore.get_model_class().objects.all():
        yield "decoded session", repr(row.get_decoded())


def every_cached() -> Iterator[Place]:
    """Each entry of the cache: its key, and its value as it was put there."""
    inner: Any = cache._cache  # type: ignore[attr-defined]
    if isinstance(inner, dict):
        entries = [(key, pickle.loads(value)) for key, value in inner.items()]  # noqa: S301
    else:
        client = inner.get_client()
        found = [key for key in client.scan_iter() if client.type(key) == b"string"]
        entries = [(repr(key), (client.get(key), _loaded(client.get(key)))) for key in found]
    for key, value in entries:
        yield "cache", f"{key} {value!r}"


def _loaded(value: bytes) -> Any:
    return value if value.isdigit() else pickle.loads(value)  # noqa: S301


def every_record(records: list[logging.LogRecord]) -> Iterator[Place]:
    """Each log record with all it carries but the request itself, which is not printed."""
    for record in records:
        carried = {name: value for name, value in vars(record).items() if name != "request"}
        said = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        yield f"log {record.name}", f"{record.getMessage()} {carried} {said}"


def every_number() -> Iterator[Place]:
    """What Prometheus reads."""
    yield "numbers", generate_latest().decode()


def every_letter() -> Iterator[Place]:
    for letter in getattr(mail, "outbox", []):
        yield "letter", f"{letter.subject} {letter.body}"


def tell_on(places: Iterator[Place], secrets: dict[str, str]) -> list[str]:
    """Where a secret was found: its name and the place, never its value."""
    return [
        f"{name} in {place}"
        for place, text in places
        for name, secret in secrets.items()
        if secret in text
    ]


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}
