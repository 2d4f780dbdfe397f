"""The project's own pages while the database is away, by one line in its `urls.py`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from django_oauthflows.core import clock
from django_oauthflows.testing.client import answered
from tests.marks import spec
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.faults.urls_with_a_handler")]

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@contextmanager
def failing(statement: str) -> Iterator[None]:
    """The database fails each statement that has these words in it."""

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if statement in sql:
            raise OperationalError("server closed the connection unexpectedly")
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


@pytest.mark.parametrize(
    ("path", "statement"), [("/", "SELECT"), ("/remembers/", "django_session")]
)
@spec("RFC 9110 §15.6.4")
def test_a_page_of_the_project_says_that_the_database_is_away(
    path: str, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client(raise_request_exception=False)
    assert browser.get(path).status_code == 200
    with failing(statement), caplog.at_level(logging.ERROR):
        for headers, expected in ((BROWSER, "text/html"), ({}, "application/json")):
            response = browser.get(path, headers=headers)
            assert response.status_code == 503
            assert response["Content-Type"].startswith(expected)
            assert response["Retry-After"]
            assert response["X-OAuth-Reference"]
    assert [record.name for record in caplog.records] == ["django_oauthflows.outage"]
    assert caplog.records[0].exc_info is None


@spec("RFC 6749 §4.1.2.1")
def test_a_session_that_cannot_be_saved_after_our_page_is_an_outage_too() -> None:
    story = begin()
    story.browser.raise_request_exception = False
    # A sign-in is noted in the session at most once an hour.
    with clock.ahead(timedelta(hours=2)), failing('UPDATE "django_session"'):
        response = story.browser.get(story.authorization_url(), headers=BROWSER)
    assert answered(response)["error"] == "temporarily_unavailable"


def test_a_mistake_of_the_project_stays_one() -> None:
    response = Client(raise_request_exception=False).get("/broken/", headers=BROWSER)
    assert response.status_code == 500
    assert "Retry-After" not in response


def test_a_session_that_somebody_deleted_meanwhile_stays_a_bad_request() -> None:
    browser = Client(raise_request_exception=False)
    browser.get("/remembers/")
    response = browser.get("/forgets/", headers=BROWSER)
    assert response.status_code == 400
    assert "Retry-After" not in response
