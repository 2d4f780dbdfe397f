"""What of the deliveries may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q

from django_oauthflows import dot
from django_oauthflows.batches import Ended
from django_oauthflows.identity.models import LogoutDelivery, LogoutFailure


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Deliveries that were made or given up; the audit log goes on saying so."""
    condition = Q(delivered__lt=moment) | Q(given_up__lt=moment)
    using = dot.token_database()
    yield Ended(name="logouts", model=LogoutDelivery, using=using, condition=condition)
    # At an address that the client has no more.
    is_current = Q(application__oauthflows_policy__backchannel_logout_uri=F("uri"))
    gone = Q(since__lt=moment) & ~is_current
    yield Ended(name="logout failures", model=LogoutFailure, using=using, condition=gone)
