"""A cleanup waits for nobody, and what somebody holds is left for the next run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.tokens.models import Authorization
from tests.cleanup.test_cleanup import cleanup, later
from tests.stories import begin

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@contextmanager
def held(rows: Any) -> Iterator[None]:
    """Another connection has locked the rows, and keeps them."""
    locked, done = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(rows.select_for_update())
                locked.set()
                done.wait(60)
        finally:
            connections.close_all()

    thread = Thread(target=hold)
    thread.start()
    assert locked.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        done.set()
        thread.join(30)


def test_an_access_token_whose_refresh_token_is_being_rotated_is_passed_over() -> None:
    story = begin()
    tokens = story.tokens()
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(days=2))
    with held(get_refresh_token_model().objects.all()):
        assert cleanup() == {}
    assert cleanup() == {"access_tokens": 1}
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("model", ["access", "refresh", "grant"])
def test_what_somebody_holds_is_left_for_the_next_run(model: str) -> None:
    models = {
        "access": get_access_token_model(),
        "refresh": get_refresh_token_model(),
        "grant": Authorization,
    }
    begin().tokens()
    later(days=31)
    with held(models[model].objects.all()):
        cleanup()
    assert models[model].objects.exists()
    cleanup()
    assert [kind for kind in models.values() if kind.objects.exists()] == []
