"""Requests are counted in memory, and written down in bounded number and without losing one."""

import os
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.traffic import counting, reading, writing
from django_oauthflows.traffic.models import RequestCount, RequestShape
from tests.servers import run
from tests.stories import begin

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def counted() -> list[tuple[Any, ...]]:
    counting.flush()
    columns = ("endpoint", "flow", "rule", "count")
    return sorted(RequestCount.objects.values_list(*columns))


def this_hour() -> Any:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def test_every_request_is_counted_by_its_flow_or_by_the_rule_that_refused_it() -> None:
    story = begin()
    tokens = story.tokens()
    story.refresh(tokens["refresh_token"])
    story.introspect(tokens["access_token"])
    story.token(grant_type="client_credentials")
    assert counted() == [
        ("authorize", "authorization-code-pkce", "", 1),
        ("introspect", "", "", 1),
        ("token", "", "client_must_be_allowed_the_flow", 1),
        ("token", "authorization-code-pkce", "", 1),
        ("token", "refresh-token", "", 1),
    ]


def test_counting_asks_the_database_nothing() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        counting.accepted("token", flow="refresh-token", application_key=1, shape={"a": True})
        counting.refused("token", code="invalid_grant", rule="code_must_be_unspent")
    assert len(asked) == 0


def test_what_is_written_again_is_added() -> None:
    client = ClientFactory().application
    for _ in range(3):
        counting.accepted("token", flow="refresh-token", application_key=client.pk, shape={"a": 1})
        counting.flush()
    assert RequestCount.objects.get().count == 3
    row = RequestShape.objects.get()
    assert (row.application_id, row.count, row.shape) == (client.pk, 3, {"a": 1})


def test_nothing_is_counted_where_nothing_is_kept() -> None:
    with override_settings(OAUTHFLOWS={"RECORDED_REQUESTS_KEPT": 0}):
        begin().tokens()
        assert counted() == []


def test_a_client_that_asks_in_ever_other_ways_fills_no_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "SHAPES_PER_DAY", 150)
    client, other = ClientFactory().application, ClientFactory().application
    for batch in range(3):
        for number in range(120):
            counting.accepted("token", application_key=client.pk, shape={"n": (batch, number)})
        counting.accepted("token", application_key=other.pk, shape={"n": 1})
        counting.flush()
    shapes = RequestShape.objects.filter(application=client)
    assert shapes.count() <= 151
    assert sum(shapes.values_list("count", flat=True)) == 360
    assert shapes.get(shape={"other": True}).count > 200
    assert RequestShape.objects.get(application=other).count == 3


def test_the_memory_of_a_process_is_bounded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "ROOM", 5)
    for number in range(50):
        counting.refused("token", code="invalid_grant", rule=f"rule_{number}")
        counting.accepted("token", application_key=number, shape={})
    assert len(counting._counted.kinds) == len(counting._counted.shapes) == 5
    counting.flush()
    assert "no room for the shapes of 45 requests" in caplog.text


def test_the_requests_of_a_client_that_is_gone_hold_nothing_up() -> None:
    gone, kept = ClientFactory().application, ClientFactory().application
    for client in (gone, kept):
        counting.accepted("token", application_key=client.pk, shape={})
    gone.delete()
    counting.flush()
    assert RequestShape.objects.get().application == kept


def test_a_database_that_does_not_answer_costs_the_counts_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no answer")

    begin().tokens()
    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", broken)
        counting.flush()
    assert "counted requests could not be written and are lost" in caplog.text
    assert counted() == []


def test_counts_of_another_database_are_not_written_into_this_one() -> None:
    counting.accepted("token")
    counting._counted.database = "the project's own"
    assert counted() == []


def test_charts_read_the_numbers_in_one_statement_each() -> None:
    now = this_hour()
    for hours, count in ((0, 1), (1, 2), (25, 4), (72, 8)):
        common = {"hour": now - hours * HOUR, "endpoint": "token", "count": count}
        RequestCount.objects.create(flow="refresh-token", **common)
        RequestCount.objects.create(rule="scope_must_be_known", code="invalid_scope", **common)
    since = now - 47 * HOUR
    with CaptureQueriesContext(connection) as asked:
        flows = reading.by_flow(since, now + HOUR, 24 * HOUR)
        rules = reading.refusals_by_rule(since, now + HOUR, HOUR)
    assert len(asked) == 2
    assert [(one.start, one.name, one.count) for one in flows] == [
        (since, "refresh-token", 4),
        (since + 24 * HOUR, "refresh-token", 3),
    ]
    assert [one.count for one in rules] == [4, 2, 1]
    assert {one.name for one in rules} == {"scope_must_be_known"}


def test_old_counts_are_cleaned_up() -> None:
    client, now = ClientFactory().application, this_hour()
    for days in (1, 29, 31):
        past = now - timedelta(days=days)
        RequestCount.objects.create(hour=past, endpoint="token", count=1)
        RequestShape.objects.create(
            day=past.date(), application=client, endpoint="token", digest=str(days), last=past
        )
    call_command("oauthflows_cleanup", "--json")
    assert RequestCount.objects.count() == RequestShape.objects.count() == 2


#: A process that counts, forks, and says what parent and child hold.
FORKING = """
import os, django
django.setup()
from django_oauthflows.traffic import counting
counting.refused("token", code="invalid_grant", rule="code_must_exist")
child = os.fork()
if child:
    os.waitpid(child, 0)
print([kind.rule for kind in counting._counted.kinds], flush=True)
counting.forget()
os._exit(0)
"""


def test_a_forked_worker_writes_nothing_that_its_parent_counted() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings.base", "DATABASE_URL": ""}
    del env["DATABASE_URL"]
    assert run([sys.executable, "-c", FORKING], env) == "[]\n['code_must_exist']\n"


def test_counts_are_written_after_some_request_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None, client: Client
) -> None:
    counting.accepted("token")
    client.get("/nowhere/")
    assert not RequestCount.objects.exists()
    monkeypatch.setattr(counting, "_written", counting.monotonic() - counting.INTERVAL - 1)
    client.get("/nowhere/")
    assert RequestCount.objects.get().count == 1


def test_nothing_is_written_within_somebodys_transaction(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    counting.accepted("token")
    monkeypatch.setattr(counting, "_written", counting.monotonic() - counting.INTERVAL - 1)
    client.get("/nowhere/")
    assert not RequestCount.objects.exists()
