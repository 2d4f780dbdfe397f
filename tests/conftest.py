"""What every test shares: which tests can run here, and a clean cache before each."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from django_oauthflows.clients import fetch_limits, legacy
from django_oauthflows.core import clock, guarded_cache, quiet_log, recent_failures
from django_oauthflows.keys import ring
from django_oauthflows.traffic import counting

#: As root in a container Chromium has no sandbox of its own; the rest keeps it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Names of programs that have to be no loopback ones.
    "--host-resolver-rules=MAP *.clients.test 127.0.0.1",
]

#: Folders whose files share a running server. Elsewhere a server belongs to one file.
ONE_SERVER = ("tests/clients_real", "tests/relying_parties", "tests/demo", "tests/programs")


def find_chromium() -> str | None:
    """The Chromium of `CHROMIUM`, else the first one on PATH."""
    chosen = os.environ.get("CHROMIUM")
    names = (chosen,) if chosen else ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def missing() -> dict[str, str]:
    """Marker → why its tests cannot run here."""
    reasons = {}
    if connection.vendor != "postgresql":
        reasons["postgres"] = "needs PostgreSQL: tox run -e postgres"
    if connection.vendor != "sqlite":
        reasons["sqlite"] = "has SQLite files of its own, whatever the suite runs on: tox run"
    if connection.vendor != "mysql":
        reasons["mariadb"] = "needs MariaDB: tox run -e mariadb"
    if not connection.features.has_select_for_update:
        reasons["row_locks"] = "needs a database that locks rows: tox run -e postgres"
    if not settings.CACHES["default"]["BACKEND"].endswith(".RedisCache"):
        reasons["redis"] = "needs Redis: tox run -e postgres"
    if not os.environ.get("PROGRAMS_OF_OTHERS"):
        reasons["programs"] = "needs the programs of others: tox run -e clients"
    if find_chromium() is None:
        reasons["browser"] = "needs Chromium on PATH or in CHROMIUM, then: tox run -e postgres"
    return reasons


def shares_a_worker_with(item: pytest.Item) -> str:
    """The group of tests that one worker runs, since they share a server that takes long to start."""
    folder, _, _ = item.nodeid.rpartition("/")
    return folder if folder in ONE_SERVER else item.nodeid.partition("::")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = missing()
    for item in items:
        item.add_marker(pytest.mark.xdist_group(shares_a_worker_with(item)))
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the Chromium that `browser` tests drive."""
    path = find_chromium()
    assert path is not None, "mark the test with pytest.mark.browser"
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium for the tests of a file; Playwright's event loop runs in this thread until it is closed.

    No longer than that: code that starts a loop of its own refuses to run beside another one.
    """
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        # That loop runs in this thread, and waits while a test asks the database.
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """What one test cached (clients, counters, keys) is not there for the next."""
    cache.clear()
    legacy.forget()
    ring.forget()
    counting.forget()
    recent_failures.forget_all()
    fetch_limits.forget()
    guarded_cache.cache.forget()
    guarded_cache.local_cache.forget()
    quiet_log.forget()
    clock.trust_own()
    yield
    cache.clear()
