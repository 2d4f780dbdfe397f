"""What of the clients' secrets may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db import router
from django.db.models import Q

from django_oauthflows.batches import Ended
from django_oauthflows.clients.models import ClientSecret


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Secrets that ended before `moment`.

    The row that stands for django-oauth-toolkit's own secret stays: without it that secret would work again.
    """
    yield Ended(
        name="client secrets",
        model=ClientSecret,
        using=router.db_for_write(ClientSecret),
        condition=(Q(retired__lt=moment) | Q(expires__lt=moment)) & Q(is_from_dot=False),
    )
