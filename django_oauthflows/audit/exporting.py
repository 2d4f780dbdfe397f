"""The audit log as JSON Lines: one event a line, oldest first, however many there are."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet

from django_oauthflows.audit.models import AuditEvent

#: How many rows are in memory at once.
_CHUNK = 2000


def lines_of(events: QuerySet[AuditEvent]) -> Iterator[str]:
    """Each event as a line. People are named by their key, as in the log records."""
    for row in events.order_by("created", "pk").iterator(chunk_size=_CHUNK):
        yield json.dumps(members_of(row), default=str) + "\n"


def members_of(row: AuditEvent) -> dict[str, object]:
    """An event as scripts read it; `created` is ISO 8601 with its time zone."""
    return {
        "reference": row.reference,
        "created": row.created.isoformat(),
        "event": row.event,
        "client_id": row.client_id,
        "person": row.user_id,
        "network": row.network,
        "endpoint": row.endpoint,
        "code": row.code,
        "rule": row.rule,
        "specification": row.specification,
        "sentence": row.sentence,
        "detail": row.detail,
        "occurrences": row.occurrences,
    }
