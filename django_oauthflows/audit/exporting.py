"""The audit log as JSON Lines: one event a line, oldest first, however many there are."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent

#: How many rows are in memory at once.
_CHUNK = 2000


def lines_of(events: QuerySet[AuditEvent]) -> Iterator[str]:
    """Each event as a line. People are named by their key, as in the log records."""
    rows = events.select_related("application").order_by("created", "pk")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield json.dumps(members_of(row), default=str) + "\n"


def record_export(
    events: QuerySet[AuditEvent],
    limits: Mapping[str, object],
    *,
    by: Any = None,
    request: HttpRequest | None = None,
) -> None:
    """Write down who takes the log away, and how much of it.

    Of what was searched for only that it was: people paste there what they mean to find, secrets too.
    """
    kept = {name: str(limit)[:100] for name, limit in limits.items() if limit and name != "q"}
    searched = {"searched": True} if limits.get("q") else {}
    detail = {"events": events.count(), "limits": kept, **searched}
    recorder.record(Event.AUDIT_EXPORTED, by=by, request=request, detail=detail)


def members_of(row: AuditEvent) -> dict[str, object]:
    """An event as scripts read it; `created` is ISO 8601 with its time zone."""
    return {
        "reference": row.reference,
        "created": row.created.isoformat(),
        "event": row.event,
        "client_id": row.client_id or getattr(row.application, "client_id", ""),
        "person": row.user_id,
        "actor": row.actor,
        "network": row.network,
        "endpoint": row.endpoint,
        "code": row.code,
        "rule": row.rule,
        "specification": row.specification,
        "sentence": row.sentence,
        "detail": row.detail,
        "occurrences": row.occurrences,
    }
