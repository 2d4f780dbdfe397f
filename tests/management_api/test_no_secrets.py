"""No answer of the API holds what opens anything, but those that make a secret, once."""

from typing import Any

import pytest
from django.db import connection

from django_oauthflows.api.urls import urlpatterns
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.sessions.models import ProviderSession
from tests.management_api.calling import ALL, URLS, Caller, person, service, url
from tests.management_api.table import MANAGING, OWN
from tests.management_api.world import World, made
from tests.marks import spec

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

#: What answers with a secret it has just made.
MAKES_ONE = {("clients", "post"), ("secrets", "post"), ("rotate-secret", "post")}


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{body.decode()} {dict(answer.headers)}"


def secrets_of(world: World, *callers: Caller) -> list[str]:
    """Everything that opens something, or stands for it in a table."""
    tokens = world.story.tokens()
    world.grant.refresh_from_db()
    return [
        world.story.registered.client_secret,
        tokens["access_token"],
        tokens["refresh_token"],
        *(caller.token for caller in callers),
        *(caller.story.registered.client_secret for caller in callers),
        *ClientSecret.objects.values_list("digest", flat=True),
        *SigningKey.objects.values_list("sealed", flat=True),
        *ProviderSession.objects.values_list("sealed_key", flat=True),
        *ProviderSession.objects.values_list("sid", flat=True),
        str(world.grant.code_checksum),
        world.grant.first_access_checksum,
        world.grant.session,
    ]


def test_every_answer_is_looked_at() -> None:
    assert {str(pattern.name) for pattern in urlpatterns} == {name for name, _ in (*MANAGING, *OWN)}


@pytest.mark.parametrize("operation", MANAGING, ids=" ".join)
@spec("B-4")
def test_an_answer_opens_nothing(operation: tuple[str, str]) -> None:
    (name, method), row, world = operation, MANAGING[operation], made()
    caller = service()
    hidden = secrets_of(world, caller)
    answer = caller.send(method, url(name, *row.args(world)), row.body(world))
    assert answer.status_code == row.ok
    told = text_of(answer)
    assert [secret for secret in hidden if secret and secret in told] == []
    assert ("client_secret" in told) == (operation in MAKES_ONE)


@pytest.mark.parametrize("name", [name for name, method in OWN if method == "get"])
@spec("B-4")
def test_ones_own_things_open_nothing_for_whoever_reads_them(name: str) -> None:
    caller, world = person(scopes=ALL), made()
    hidden = secrets_of(world, caller)
    told = text_of(caller.get(name))
    assert [secret for secret in hidden if secret and secret in told] == []


@spec("B-4")
def test_a_secret_that_was_made_is_in_no_table_and_in_no_log(
    caplog: Any, django_capture_on_commit_callbacks: Any
) -> None:
    world, caller = made(), service()
    pk = world.application.pk
    with caplog.at_level("DEBUG"), django_capture_on_commit_callbacks(execute=True):
        added = caller.post("clients", preset="service", name="New", scopes=["notes:read"])
        answers = [
            added,
            caller.post("secrets", pk, label="second", keep_readable=True),
            caller.post("rotate-secret", pk, world.secret.pk),
        ]
    secrets = [answer.json()["client_secret"] for answer in answers]
    assert all(answer["Cache-Control"] == "no-store" for answer in answers)
    assert len(set(secrets)) == 3
    # What Django's own logger of statements writes at DEBUG is the project's to keep.
    lines = [line.getMessage() for line in caplog.records if line.name != "django.db.backends"]
    everything = "\n".join(lines) + _tables()
    assert [secret for secret in secrets if secret in everything] == []


def _tables() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found.append(repr(cursor.fetchall()))
    return "\n".join(found)
