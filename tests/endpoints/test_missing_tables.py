"""A server whose migrations were not applied: each request says so, and none is a 500."""

import pytest
from django.db import connection
from django.test import Client

pytestmark = [
    pytest.mark.django_db,
]


@pytest.fixture(autouse=True)
def without_tables() -> None:
    """Put the tables away; the end of the test's transaction brings them back."""
    for table in ("oauth2_provider_application", "oauth2_provider_accesstoken"):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")


@pytest.mark.parametrize("path", ["/o/authorize/?client_id=nobody&response_type=code"])
def test_a_page_says_that_tables_are_missing(path: str) -> None:
    page = Client().get(path)
    assert page.status_code == 503
    assert "python manage.py migrate" in page.content.decode()


def test_a_client_is_told_that_tables_are_missing() -> None:
    answer = Client().post(
        "/o/token/",
        "grant_type=client_credentials&client_id=nobody&client_secret=wrong",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 503
    assert answer.json()["error"] == "temporarily_unavailable"
    assert "python manage.py migrate" in answer.json()["error_description"]


def test_an_api_is_told_that_tables_are_missing() -> None:
    answer = Client().get("/api/notes/", headers={"Authorization": "Bearer a-token"})
    assert answer.status_code == 503
    assert "python manage.py migrate" in answer.json()["error_description"]
