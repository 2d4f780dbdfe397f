"""Workers write what they counted at the same moment, and no count is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.traffic import writing
from django_oauthflows.traffic.models import RequestCount, RequestShape
from django_oauthflows.traffic.writing import Kind, Like, Seen
from tests.races.together import THREADS, sixteen

pytestmark = pytest.mark.django_db(transaction=True)


def writing_all(client: object, hours: int) -> Callable[[], None]:
    """A worker that writes the same kinds and shapes as all others."""
    now = timezone.now()
    kinds = {
        Kind(hour=now + timedelta(hours=n), endpoint="token", flow="f", code="", rule=""): 2
        for n in range(hours)
    }
    shapes = {
        Like(
            day=now.date(), application_key=client, endpoint="token", flow="f", shape=f'{{"n":{n}}}'
        ): Seen(count=3, last=now)
        for n in range(hours)
    }
    return lambda: writing.write(kinds, shapes, using=writing.database())


def test_no_count_is_lost_between_workers_that_write_at_once(rounds: range) -> None:
    for _ in rounds:
        sixteen(writing_all(ClientFactory().application.pk, hours=8))
    kinds = RequestCount.objects.values_list("count", flat=True)
    shapes = RequestShape.objects.values_list("count", flat=True)
    assert set(kinds) == {2 * THREADS}
    assert len(kinds) == len(shapes) == 8 * len(rounds)
    assert set(shapes) == {3 * THREADS}
