"""What of the sign-ins' records may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from django_oauthflows import dot
from django_oauthflows.batches import Ended
from django_oauthflows.sessions.models import ProviderSession


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Sign-ins that ended, or whose cookie did. A browser that goes on all the same is noted anew."""
    condition = Q(ended__lt=moment) | Q(expires__lt=moment)
    using = dot.token_database()
    yield Ended(name="sign-ins", model=ProviderSession, using=using, condition=condition)
