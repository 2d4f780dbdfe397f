"""Workers write what they counted at the same moment, and no count is lost."""

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.traffic import writing
from django_oauthflows.traffic.models import RequestCount, RequestShape
from django_oauthflows.traffic.writing import Kind, Like, Seen
from tests.races.together import THREADS, sixteen
from tests.servers import free_port, serving

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


@pytest.mark.postgres
def test_workers_that_are_stopped_write_what_they_counted(
    transactional_db: None, tmp_path: Path
) -> None:
    """Two of gunicorn's, forked from a parent that had loaded everything before."""
    service = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--threads=4"]
    command += [f"--bind=127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
    body = {"grant_type": "client_credentials", "scope": "notes:read"}
    with serving(command, worker_environment(), port, log):
        for _ in range(20):
            url = f"http://127.0.0.1:{port}{reverse('oauthflows:token')}"
            answer = requests.post(url, body, headers=service.basic, timeout=60)
            assert answer.status_code == 200
        assert not RequestCount.objects.exists()
    assert "Traceback" not in log.read_text()
    assert RequestCount.objects.get().count == 20
    shape = RequestShape.objects.get()
    assert (shape.count, shape.application) == (20, service.registered.application)


def worker_environment() -> dict[str, str]:
    """That of a server on the very database of this test."""
    settings = connection.settings_dict
    user = quote(f"{settings['USER']}:{settings['PASSWORD']}", safe=":")
    host = f"{settings['HOST']}:{settings['PORT']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings.served",
        "DATABASE_URL": f"postgres://{user}@{host}/{settings['NAME']}",
    }
