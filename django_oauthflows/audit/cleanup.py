"""What of the audit log may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db import router
from django.db.models import Q

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.batches import Ended


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Events older than `moment`."""
    condition = Q(created__lt=moment)
    using = router.db_for_write(AuditEvent)
    yield Ended(name="audit events", model=AuditEvent, using=using, condition=condition)
