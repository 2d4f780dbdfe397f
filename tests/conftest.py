"""What every test shares: which tests can run here, and a clean cache before each."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from django_oauthflows.clients import legacy
from django_oauthflows.keys import ring
from django_oauthflows.traffic import counting


def find_chromium() -> str | None:
    """The Chromium of `CHROMIUM`, or the first one on PATH."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def missing() -> dict[str, str]:
    """Marker → why its tests cannot run here."""
    reasons = {}
    if connection.vendor != "postgresql":
        reasons["postgres"] = "needs PostgreSQL: tox run -e postgres"
    if not settings.CACHES["default"]["BACKEND"].endswith(".RedisCache"):
        reasons["redis"] = "needs Redis: tox run -e postgres"
    if find_chromium() is None:
        reasons["browser"] = "needs Chromium on PATH or in CHROMIUM, then: tox run -e postgres"
    return reasons


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = missing()
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the Chromium that `browser` tests drive."""
    path = find_chromium()
    assert path is not None, "mark the test with pytest.mark.browser"
    return path


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """What one test cached (clients, counters, keys) is not there for the next."""
    cache.clear()
    legacy.forget()
    ring.forget()
    counting.forget()
    yield
    cache.clear()
