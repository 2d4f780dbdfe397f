"""Lists: page after page, each row once, by a bounded number of statements, and nothing misunderstood."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import client_of
from django_oauthflows.testing.factories import ClientFactory
from tests.management_api.calling import URLS, Caller, person, service, url
from tests.management_api.world import made
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

LISTS = ("clients", "consents", "authorizations", "audit", "keys")


def events(count: int) -> list[str]:
    """So many events, each two of the same moment; their references, the newest first."""
    moment = timezone.now()
    rows = [
        AuditEvent(
            event="secret.added",
            reference=f"{number:012}",
            created=moment - timedelta(seconds=number // 2),
        )
        for number in range(count)
    ]
    AuditEvent.objects.bulk_create(rows)
    ordered = AuditEvent.objects.order_by("-created", "-pk")
    return list(ordered.values_list("reference", flat=True))


def walk(caller: Caller, name: str, **query: Any) -> list[dict[str, Any]]:
    """Every row, page by page, by following `next`."""
    told, answer = [], caller.get(name, **query)
    while True:
        assert answer.status_code == 200, answer.content
        told += answer.json()["results"]
        following = answer.json()["next"]
        if following is None:
            return told
        answer = caller.send("get", following)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 11, 200])
def test_each_row_is_told_once_however_long_the_pages(size: int) -> None:
    expected = events(10)
    caller = service()
    told = [row["reference"] for row in walk(caller, "audit", page_size=size)]
    assert told == expected
    backwards = walk(caller, "audit", page_size=size, ordering="created")
    assert [row["reference"] for row in backwards] == expected[::-1]


def test_what_is_added_meanwhile_moves_nothing() -> None:
    expected, caller = events(6), service()
    first = caller.get("audit", page_size=3).json()
    AuditEvent.objects.create(event="secret.added", reference="f" * 12)
    second = caller.send("get", first["next"]).json()
    told = [row["reference"] for row in (*first["results"], *second["results"])]
    assert told == expected


def test_a_page_keeps_what_was_asked_for() -> None:
    events(4)
    AuditEvent.objects.create(event="secret.retired", reference="f" * 12)
    told = walk(service(), "audit", page_size=1, event="secret.added")
    assert {row["event"] for row in told} == {"secret.added"}
    assert len(told) == 4


def test_clients_are_paged_by_their_names_too() -> None:
    for name in ("b", "a", "c", "a"):
        ClientFactory(name=name)
    caller = service()
    told = [row["name"] for row in walk(caller, "clients", page_size=1, ordering="name")]
    assert [name for name in told if len(name) == 1] == ["a", "a", "b", "c"]


def test_a_page_has_fifty_rows_unless_told_otherwise() -> None:
    events(51)
    answer = service().get("audit").json()
    assert (len(answer["results"]), answer["next"] is None) == (50, False)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"page_size": "0"},
        {"page_size": "201"},
        {"page_size": "many"},
        {"page_size": ""},
        {"ordering": "password"},
        {"ordering": "-user__password"},
        {"cursor": "nonsense"},
        {"cursor": ""},
        {"cursor": "é"},
        {"search": "x"},
        {"format": "xml"},
        # Look-ups of the database: an answer to one tells part of a column that no page shows.
        {"client_secret__startswith": "a"},
        {"application__client_secret__startswith": "a"},
        {"user__password__startswith": "a"},
        {"name__regex": "."},
        {"pk__gt": "1"},
        {"ordering": "client_secret"},
    ],
    ids=str,
)
def test_what_a_list_does_not_know_is_refused_by_name(name: str, query: dict[str, str]) -> None:
    answer = service().get(name, **query)
    assert (answer.status_code, list(answer.json())) == (400, list(query))


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("clients", {"profile": "wild"}),
        ("clients", {"preset": "wild"}),
        ("clients", {"is_enabled": "perhaps"}),
        ("clients", {"is_enabled": ""}),
        ("clients", {"client_id": "a\x00b"}),
        ("consents", {"person": "nobody"}),
        ("authorizations", {"person": "9" * 60}),
        ("consents", {"live": "perhaps"}),
        ("consents", {"created_after": "yesterday"}),
        ("authorizations", {"flow": "wild"}),
        ("authorizations", {"person": "\x00"}),
        ("audit", {"event": "secret.eaten"}),
        ("audit", {"created_before": "0"}),
        ("audit", {"reference": "x" * 17}),
        ("audit-export", {"event": "secret.eaten"}),
        ("audit-export", {"page_size": "5"}),
        ("keys", {"state": "lost"}),
        ("keys", {"algorithm": "none"}),
    ],
    ids=str,
)
def test_a_value_that_is_none_is_refused_by_name(name: str, query: dict[str, str]) -> None:
    answer = service().get(name, **query)
    assert (answer.status_code, list(answer.json())) == (400, list(query))


def test_a_parameter_is_said_once() -> None:
    answer = service().send("get", url("audit") + "?event=secret.added&event=secret.retired")
    assert (answer.status_code, list(answer.json())) == (400, ["event"])


@pytest.mark.parametrize(
    "said",
    [
        ["created", "2026-01-01", "1"],
        ["-created", "yesterday", "1"],
        ["-created", "2026-01-01", "one"],
        ["-created", "2026-01-01", "9" * 60],
        ["-created", "\x00", "1"],
        ["-created", 5, "1"],
        ["-created"],
        {"created": 1},
        None,
    ],
    ids=str,
)
def test_a_cursor_of_another_list_is_refused(said: Any) -> None:
    cursor = urlsafe_b64encode(json.dumps(said).encode()).decode()
    answer = service().get("audit", cursor=cursor)
    assert (answer.status_code, list(answer.json())) == (400, ["cursor"])


# Statements ---------------------------------------------------------------------------------------------


def fill() -> None:
    for _ in range(5):
        story = begin()
        story.tokens()
        AuditEvent.objects.create(
            event="secret.added", reference="0" * 12, application=story.registered.application
        )


def statements(caller: Caller, address: str) -> int:
    # What the worker knows of the calling client is none of the list's own.
    client_of(caller.story.registered.client_id)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = caller.send("get", address)
        assert answer.status_code == 200
        if answer.streaming:
            b"".join(answer.streaming_content)
    return len(captured)


@pytest.mark.parametrize("name", [*LISTS, "audit-export"])
def test_a_list_takes_as_many_statements_for_many_rows_as_for_few(name: str) -> None:
    """One for the token and one for the rows; a person's permissions take two more."""
    made()
    by_service, by_person = service(), person()
    by_person.story.person.is_superuser = True
    by_person.story.person.save()
    # Who takes the log away is written down, with how much of it.
    most = 3 if name == "audit-export" else 2
    for caller in (by_service, by_person):
        few = statements(caller, url(name))
        fill()
        assert statements(caller, url(name)) == few
        assert few <= most
    owner = person("manage_own_clients")
    if name != "keys":
        assert statements(owner, url(name)) <= 5


@pytest.mark.parametrize("name", ["own-apps", "own-sign-ins", "own-browsers"])
def test_ones_own_lists_take_a_bounded_number(name: str) -> None:
    caller = person()
    few = statements(caller, url(name))
    for _ in range(3):
        begin(person=caller.story.person).tokens()
    # Django's own session is looked at for each browser, of which fifty are shown at most.
    more = 3 if name == "own-browsers" else 0
    assert statements(caller, url(name)) == few + more
    assert few <= 8


@pytest.mark.parametrize("name", ["client", "secrets", "review", "client-keys"])
def test_a_client_takes_a_handful(name: str) -> None:
    world, caller = made(), service()
    assert statements(caller, url(name, world.application.pk)) <= 8
