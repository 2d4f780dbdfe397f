"""Rows of clients that may be deleted: ended secrets, marks of used assertions, and what was not shown."""

from collections.abc import Iterator
from datetime import datetime

from django.db import router
from django.db.models import Q

from django_oauthflows.batches import Ended
from django_oauthflows.clients.jwt_ids import UsedJwtId
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.one_time_models import OneTimeDisplay


def used_ids_ended_before(moment: datetime) -> Iterator[Ended]:
    """Yield the marks of assertions that nobody would accept any more."""
    yield Ended(
        name="used JWT ids",
        model=UsedJwtId,
        using=router.db_for_write(UsedJwtId),
        condition=Q(expires__lt=moment),
    )


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


def not_shown_before(moment: datetime) -> Iterator[Ended]:
    """Values that waited for their page until `moment`, and were never shown."""
    yield Ended(
        name="one-time displays",
        model=OneTimeDisplay,
        using=router.db_for_write(OneTimeDisplay),
        condition=Q(expires__lt=moment),
    )
