"""What of the counted requests may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from django_oauthflows.batches import Ended
from django_oauthflows.traffic.models import RequestCount, RequestShape
from django_oauthflows.traffic.writing import database


def counted_before(moment: datetime) -> Iterator[Ended]:
    """Hours and days that were over before `moment`."""
    using = database()
    hours, days = Q(hour__lt=moment), Q(day__lt=moment.date())
    yield Ended(name="request counts", model=RequestCount, using=using, condition=hours)
    yield Ended(name="request shapes", model=RequestShape, using=using, condition=days)
