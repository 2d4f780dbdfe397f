"""A database that is away, cut off, locked or read-only: 503 for now, and nothing is spent twice or lost."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.keys import ring
from django_oauthflows.tokens.models import Authorization
from tests.management_api.calling import service
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def second_connection() -> Any:
    """A connection of another process's kind, on the same database."""
    other = connection.copy()
    other.ensure_connection()
    return other


@pytest.fixture
def other() -> Iterator[Any]:
    """Somebody else on the same database."""
    made = second_connection()
    yield made
    made.close()


def cut(other: Any) -> None:
    """End the connection of this thread from outside, as an administrator or a restart does."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def away() -> Iterator[None]:
    """Nothing listens where the database was."""
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        yield
    finally:
        connection.settings_dict["PORT"] = port


@contextmanager
def exhausted_pool() -> Iterator[None]:
    """A pool of one connection, which somebody else holds."""
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    options["pool"] = {"min_size": 1, "max_size": 1, "timeout": 0.2}
    pool = connection.pool
    pool.open(wait=True)
    held = pool.getconn()
    try:
        yield
    finally:
        pool.putconn(held)
        connection.close()
        connection.close_pool()
        del options["pool"]


@contextmanager
def set_to(name: str, value: str) -> Iterator[None]:
    """A setting of this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET {name} = '{value}'")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"RESET {name}")


def must_be_unavailable(response: Any) -> None:
    assert error_of(response) == (503, "temporarily_unavailable")
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert 0 < int(response["Retry-After"]) <= 5
    assert response["X-OAuth-Reference"]


#: Requests of clients, by what they need; each is made with tokens that are good.
REQUESTS: dict[str, Callable[[Story, dict[str, str]], Any]] = {
    "refresh": lambda story, pair: story.refresh(pair["refresh_token"]),
    "introspect": lambda story, pair: story.post("introspect", token=pair["access_token"]),
    "revoke": lambda story, pair: story.post("revoke", token=pair["refresh_token"]),
    "api": lambda story, pair: story.call(pair["access_token"]),
}


@pytest.mark.parametrize("name", REQUESTS)
@spec("RFC 9110 §15.6.4")
def test_a_pool_without_a_free_connection_is_no_fault_of_the_client(name: str) -> None:
    story = begin()
    pair = story.tokens()
    with exhausted_pool():
        must_be_unavailable(REQUESTS[name](story, pair))
    assert REQUESTS[name](story, pair).status_code == 200


@pytest.mark.parametrize("name", REQUESTS)
@spec("RFC 9110 §15.6.4")
def test_without_a_database_clients_are_told_to_come_back(name: str) -> None:
    story = begin()
    pair = story.tokens()
    with away():
        must_be_unavailable(REQUESTS[name](story, pair))
        forget_clients()
        must_be_unavailable(REQUESTS[name](story, pair))
    assert REQUESTS[name](story, pair).status_code == 200


@pytest.mark.parametrize("name", ["introspect", "api"])
def test_a_read_is_tried_again_on_a_new_connection(name: str, other: Any) -> None:
    story = begin()
    pair = story.tokens()
    cut(other)
    assert REQUESTS[name](story, pair).status_code == 200


@spec("B-3", "B-18")
def test_a_refresh_survives_a_cut_connection(other: Any) -> None:
    """Its first statement reads, so that it is tried again before anything was spent."""
    story = begin()
    pair = story.tokens()
    cut(other)
    assert story.refresh(pair["refresh_token"]).status_code == 200
    assert Authorization.objects.get().revoked is None


@spec("B-3")
def test_what_was_written_is_never_tried_again(other: Any) -> None:
    story = begin(preset="service", redirect_uris=())
    grant = {"grant_type": "client_credentials", "scope": "notes:read"}
    assert story.token(**grant).status_code == 200
    cut(other)  # the next request begins with its INSERT
    must_be_unavailable(story.token(**grant))
    assert story.token(**grant).status_code == 200


@spec("RFC 6749 §4.1.2.1")
def test_the_client_behind_a_browser_is_told(other: Any) -> None:
    story = begin()
    url = story.authorization_url()
    story.ask()  # the client is known to this process now
    with away():
        answer = story.browser.get(url)
    assert answer.status_code == 302
    members = dict(parse_qsl(urlsplit(answer["Location"]).query))
    assert answer["Location"].startswith(story.registered.redirect_uris[0])
    assert members["error"] == "temporarily_unavailable"
    assert (members["state"], bool(members["iss"])) == ("a-state", True)
    forget_clients()
    with away():
        page = story.browser.get(url)
    assert page.status_code == 503
    assert "Location" not in page
    assert page["Retry-After"] == "2"
    assert page["X-OAuth-Reference"] in page.content.decode()
    assert story.ask().status_code == 200


@spec("RFC 6749 §4.1.2.1")
def test_a_browser_is_shown_its_page_after_a_cut(other: Any) -> None:
    story = begin()
    story.ask()
    cut(other)
    assert story.ask().status_code == 200
    cut(other)
    assert story.browser.get("/o/connected-apps/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/o/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server/o",
        "/.well-known/oauth-protected-resource",
    ],
)
@spec("RFC 8414 §3.1", "RFC 7517 §5")
def test_public_documents_outlive_the_database(path: str, client: Client) -> None:
    known = client.get(path)
    assert known.status_code == 200
    with away():
        for _ in range(3):
            again = client.get(path)
            assert (again.status_code, again.content) == (200, known.content)
    assert client.get(path).content == known.content


def test_keys_that_no_process_has_read_cannot_be_told(client: Client) -> None:
    ring.forget()
    with away():
        must_be_unavailable(client.get("/o/.well-known/jwks.json"))


def test_a_lock_that_is_held_costs_its_time_out_and_no_more(other: Any) -> None:
    story = begin()
    pair = story.tokens()
    table = Authorization._meta.db_table
    with set_to("lock_timeout", "200ms"):
        with other.cursor() as cursor:
            cursor.execute(f'BEGIN; LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
            must_be_unavailable(story.refresh(pair["refresh_token"]))
            cursor.execute("ROLLBACK")
        assert story.refresh(pair["refresh_token"]).status_code == 200


def test_a_statement_that_takes_too_long_is_no_fault_of_the_client(other: Any) -> None:
    story = begin()
    pair = story.tokens()
    table = Authorization._meta.db_table
    with set_to("statement_timeout", "200ms"), other.cursor() as cursor:
        cursor.execute(f'BEGIN; LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        must_be_unavailable(story.refresh(pair["refresh_token"]))
        cursor.execute("ROLLBACK")


@spec("B-3")
def test_a_database_that_only_reads_serves_what_reads() -> None:
    story = begin()
    pair = story.tokens()
    with set_to("default_transaction_read_only", "on"):
        assert story.call(pair["access_token"]).status_code == 200
        assert story.introspect(pair["access_token"])["active"]
        must_be_unavailable(story.refresh(pair["refresh_token"]))
    assert story.refresh(pair["refresh_token"]).status_code == 200


def test_an_outage_writes_one_line(caplog: pytest.LogCaptureFixture) -> None:
    story = begin()
    pair = story.tokens()
    caplog.clear()
    with away():
        for _ in range(10):
            story.refresh(pair["refresh_token"])
            story.ask()
            story.call(pair["access_token"])
    lines = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.name for record in lines] == ["django_oauthflows.outage"]
    assert lines[0].exc_info is None


@pytest.mark.parametrize("path", ["/o/userinfo/", "/o/connected-apps/", "/o/token/"])
def test_requests_in_a_transaction_are_answered_too(
    path: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    story = begin()
    pair = story.tokens()
    with away():
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        answer = story.browser.get(path, headers=headers)
    assert answer.status_code == (405 if path == "/o/token/" else 503)


def test_a_mistake_in_a_statement_is_no_outage() -> None:
    story = begin()
    pair = story.tokens()
    table = Authorization._meta.db_table
    story.browser.raise_request_exception = story.back_channel.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" RENAME COLUMN "scope" TO "scope_gone"')
    try:
        assert story.refresh(pair["refresh_token"]).status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" RENAME COLUMN "scope_gone" TO "scope"')


@pytest.mark.urls("tests.management_api.urls")
def test_the_management_api_answers_in_the_same_way(other: Any) -> None:
    caller = service()
    assert caller.get("clients").status_code == 200
    with away():
        must_be_unavailable(caller.get("clients"))
    cut(other)
    assert caller.get("clients").status_code == 200
    # The token can be read; what the view itself reads cannot.
    table = AuditEvent._meta.db_table
    with set_to("lock_timeout", "200ms"), other.cursor() as cursor:
        cursor.execute(f'BEGIN; LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        must_be_unavailable(caller.get("audit"))
        cursor.execute("ROLLBACK")
