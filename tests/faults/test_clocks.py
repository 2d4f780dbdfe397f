"""Workers whose clocks differ by ten minutes: what one of them wrote is judged by all in the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.core import clock
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db(transaction=True)

MINUTES = [-10, 10]


@contextmanager
def worker(minutes: float) -> Iterator[None]:
    """Be a worker that has just started, on a machine whose clock is wrong by so much."""
    right = timezone.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: right() + timedelta(minutes=minutes))
        clock.forget()
        yield
    clock.trust_own()


@pytest.mark.postgres
@pytest.mark.parametrize("minutes", MINUTES)
def test_a_worker_decides_by_the_databases_clock(minutes: int) -> None:
    with worker(minutes):
        connection.ensure_connection()
        assert abs(clock.now() - timezone.now() + timedelta(minutes=minutes)) < timedelta(seconds=2)
        with CaptureQueriesContext(connection) as asked:
            for _ in range(5):
                clock.now()
        assert len(asked) == 0


@pytest.mark.postgres
def test_a_worker_measures_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.forget()
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as asked:
        clock.now()
        clock.now()
        assert len(asked) == 1
        passed = clock.monotonic() + clock.INTERVAL
        monkeypatch.setattr(clock, "monotonic", lambda: passed)
        clock.now()
        clock.now()
    assert len(asked) == 2


def test_a_worker_without_a_connection_opens_none_for_its_clock() -> None:
    clock.forget()
    connection.close()
    if connection.vendor == "sqlite":  # one in memory stays open
        clock.trust_own()
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=1)
    assert connection.vendor == "sqlite" or connection.connection is None


def test_tests_set_the_clock() -> None:
    with clock.ahead(timedelta(hours=1)):
        assert clock.now() - timezone.now() > timedelta(minutes=59)
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=1)


@pytest.mark.postgres
@pytest.mark.parametrize("minutes", MINUTES)
@spec("B-18")
def test_a_retry_at_a_worker_with_another_clock_revokes_nothing(minutes: int) -> None:
    story = begin()
    pair = story.tokens()
    first = story.refresh(pair["refresh_token"])
    with worker(minutes):
        retry = story.refresh(pair["refresh_token"])
    assert (first.status_code, retry.status_code) == (200, 200)
    assert retry.json()["refresh_token"] == first.json()["refresh_token"]
    assert Authorization.objects.get().revoked is None
    with worker(minutes):
        second = story.refresh(first.json()["refresh_token"])
    retry = story.refresh(first.json()["refresh_token"])
    assert retry.json()["refresh_token"] == second.json()["refresh_token"]


@pytest.mark.postgres
@pytest.mark.parametrize("minutes", MINUTES)
@spec("B-11", "B-24")
def test_codes_of_one_worker_are_good_at_another(minutes: int) -> None:
    story = begin()
    code = story.code()
    with worker(minutes):
        assert story.redeem(code).status_code == 200
        code = story.code()
    assert story.redeem(code).status_code == 200
    device = begin(preset="device", redirect_uris=())
    with worker(minutes):
        codes = device.device_codes().json()
    device.decide_on_device(codes["user_code"])
    assert device.poll(codes["device_code"]).status_code == 200


@pytest.mark.postgres
@pytest.mark.parametrize("minutes", MINUTES)
@spec("RFC 7519 §4.1.4")
def test_an_access_token_lives_as_long_at_every_worker(minutes: int) -> None:
    story = begin()
    with worker(minutes):
        pair = story.tokens()
        assert story.call(pair["access_token"]).status_code == 200
    assert story.call(pair["access_token"]).status_code == 200
    with clock.ahead(timedelta(seconds=890)):
        assert story.call(pair["access_token"]).status_code == 200
    with clock.ahead(timedelta(seconds=910)):
        assert story.call(pair["access_token"]).status_code == 401
