"""Real threads on PostgreSQL, on MariaDB, or on the SQLite file of tests/settings/sqlite_file.py."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Threads cannot share a database that lives in memory."""
    if connection.vendor != "sqlite" or connection.settings_dict["TEST"]["NAME"]:
        return
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture
def rounds() -> range:
    """How often a race is run; RACE_ROUNDS for more."""
    return range(int(os.environ.get("RACE_ROUNDS", "20")))


@pytest.fixture
def flow(transactional_db: None) -> FlowClient:
    """A web app, and the browser of somebody who is signed in."""
    flow = FlowClient(registered=ClientFactory())
    flow.browser.force_login(PersonFactory())
    return flow


@pytest.fixture(autouse=True)
def nothing_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An audit row that could not be written is no 5xx, and a fault all the same."""
    yield
    faults = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in faults] == []
