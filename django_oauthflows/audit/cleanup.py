"""What of the audit log may be deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import router
from django.db.models import Q

from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.batches import Ended

#: What these rows are called where they are counted.
NAME = "audit events"


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Events older than `moment`."""
    condition = Q(created__lt=moment)
    using = router.db_for_write(AuditEvent)
    yield Ended(name=NAME, model=AuditEvent, using=using, condition=condition)


def record_deletion(count: int, *, by: Any) -> None:
    """A log that grew shorter says so itself."""
    if count:
        recorder.record(Event.AUDIT_DELETED, by=by, detail={"events": count})
