"""What of the kept requests may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from django_oauthflows.batches import Ended
from django_oauthflows.protocol import kept_requests
from django_oauthflows.protocol.models import KeptRequest


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Requests whose link ended before `moment`."""
    yield Ended(
        name="kept requests",
        model=KeptRequest,
        using=kept_requests.database(),
        condition=Q(expires__lt=moment),
    )
