"""Whatever changes something is told of once: by whom, about which client and person, and from where."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from django_oauthflows.audit.events import TITLES, Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import facts, secrets
from django_oauthflows.tokens import families
from tests.audit import deeds_of_keepers, deeds_of_people
from tests.audit.deeds import DEEDS, Deed
from tests.audit.deeds_of_keepers import newest
from tests.identity.relying import listening
from tests.identity.stories import AS_PROVIDER
from tests.identity.test_backchannel_logout import deliver, sign_out, told_at
from tests.stories import begin

pytestmark = pytest.mark.django_db

#: Where the table is filled.
_OF = (deeds_of_people, deeds_of_keepers)

#: Told by a test of its own below: another site has to answer.
ELSEWHERE = {"logout.delivered"}
#: What they tell of first is committed before the rest is done.
IN_SEVERAL_TRANSACTIONS = {"a_client_deletes_itself"}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    facts.forget_clients()
    secrets._noted.clear()
    yield
    facts.forget_clients()
    secrets._noted.clear()


def done(deed: Deed, run_after_commit: Any) -> list[AuditEvent]:
    """Do it, and return what the log tells of it, what the table names first before the others."""
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    with run_after_commit(execute=True):
        deed.do()
    rows = list(AuditEvent.objects.exclude(pk__in=before))
    first = deed.told[0][0] if deed.told else ""
    return sorted(rows, key=lambda row: row.event != first)


@pytest.mark.parametrize("name", [name for name in DEEDS if name not in IN_SEVERAL_TRANSACTIONS])
def test_every_deed_is_told_once_with_its_actor(
    name: str, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        deed = DEEDS[name](settings)
    cache.clear()
    assert_told(deed, done(deed, django_capture_on_commit_callbacks))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(IN_SEVERAL_TRANSACTIONS))
def test_a_deed_of_several_transactions_is_told_as_well(name: str, settings: Any) -> None:
    deed = DEEDS[name](settings)
    assert_told(deed, done(deed, lambda execute: nullcontext()))


def assert_told(deed: Deed, rows: list[AuditEvent]) -> None:
    """The log tells of the deed what the table says, and nothing else."""
    expected = [
        (event, actor.replace("(newest)", newest() if "(newest)" in actor else ""))
        for event, actor in deed.told
    ]
    assert sorted((row.event, row.actor) for row in rows) == sorted(expected)
    if not rows:
        return
    client = newest() if deed.client == "(newest)" else deed.client
    told = rows[0]
    assert getattr(told.application, "client_id", told.client_id) == client
    assert told.user == deed.person
    assert {row.network for row in rows} == {deed.network}
    assert len({row.reference for row in rows}) == len(rows)


def test_a_client_that_was_told_of_a_sign_out_is_told_of(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    with listening() as party:
        story, _ = told_at(party)
        sign_out(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
    row = AuditEvent.objects.get(event="logout.delivered")
    assert (row.actor, row.application, row.user) == (
        "server",
        story.registered.application,
        story.person,
    )


def test_every_event_of_the_closed_list_is_told_by_some_deed(settings: Any, db: None) -> None:
    """A new event needs a deed, and a deed can tell of no event that is not on the list."""
    names = set()
    for prepare in DEEDS.values():
        with transaction.atomic():
            names |= {event for event, _ in prepare(settings).told}
            transaction.set_rollback(True)
        facts.forget_clients()
    assert names | ELSEWHERE == {event.value for event in Event}
    assert set(TITLES) == set(Event)


@pytest.mark.django_db(transaction=True)
def test_what_is_told_of_a_client_survives_it() -> None:
    """Though it was deleted in the very transaction in which it happened, or long after."""
    story, other = begin(), begin()
    story.tokens()
    other.tokens()
    with transaction.atomic():
        families.revoke_client(story.registered.application.pk, reason="made_up")
        story.registered.application.delete()
    families.revoke_client(other.registered.application.pk, reason="made_up")
    other.registered.application.delete()
    rows = AuditEvent.objects.filter(event="authorization.revoked").order_by("pk")
    assert [row.application for row in rows] == [None, None]
    assert rows[1].client_id == other.registered.client_id
