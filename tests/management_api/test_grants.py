"""Stories of consents and grants: found, and ended with every token that came of them."""

from typing import Any

import pytest

from django_oauthflows.audit.models import AuditEvent
from tests.management_api.calling import URLS, Caller, person, service
from tests.management_api.test_clients import doer_of
from tests.management_api.world import made
from tests.marks import spec
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]


def found(caller: Caller, name: str, **query: Any) -> list[Any]:
    answer = caller.get(name, **query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


@spec("B-15")
def test_a_withdrawn_consent_ends_its_tokens_and_is_asked_for_again(
    django_capture_on_commit_callbacks: Any,
) -> None:
    world, caller = made(), service()
    token = world.story.tokens()["access_token"]
    assert found(caller, "consents", client_id=world.application.client_id) == [world.consent.pk]
    with django_capture_on_commit_callbacks(execute=True):
        assert caller.delete("consent", world.consent.pk).status_code == 204
    assert world.story.call(token).status_code == 401
    assert world.story.ask().status_code == 200
    assert found(caller, "consents") == []
    row = AuditEvent.objects.get(event="consent.withdrawn")
    assert row.user == world.story.person
    assert doer_of(row) == f"client:{caller.story.registered.client_id}"


@spec("B-21")
def test_a_revoked_grant_opens_nothing_any_more(django_capture_on_commit_callbacks: Any) -> None:
    world = made()
    tokens = world.story.tokens()
    caller = person("view_authorization", "delete_authorization")
    (newest, *_) = found(caller, "authorizations", client_id=world.application.client_id)
    with django_capture_on_commit_callbacks(execute=True):
        told = caller.post("revoke-authorization", newest).json()
    assert (told["is_live"], told["revoked_because"]) == (False, "revoked_by_administrator")
    assert world.story.call(tokens["access_token"]).status_code == 401
    assert world.story.refresh(tokens["refresh_token"]).status_code == 400
    row = AuditEvent.objects.get(event="authorization.revoked")
    assert (row.user, row.network) == (world.story.person, "127.0.0.1")
    assert doer_of(row) == f"person:{caller.story.person.pk}"


def test_grants_are_found_by_client_person_flow_life_and_time() -> None:
    world, caller = made(), service()
    other = begin(preset="device", redirect_uris=())
    codes = other.device_codes().json()
    other.decide_on_device(codes["user_code"])
    assert other.poll(codes["device_code"]).status_code == 200
    mine, theirs = str(world.grant.pk), found(caller, "authorizations", flow="device-code")
    assert found(caller, "authorizations", client_id=world.application.client_id) == [mine]
    assert found(caller, "authorizations", person=world.story.person.pk) == [mine]
    assert found(caller, "authorizations", flow="device-code", person=other.person.pk) == theirs
    assert len(theirs) == 1
    caller.post("revoke-authorization", mine)
    assert found(caller, "authorizations", live="true") == theirs
    assert found(caller, "authorizations", live="false") == [mine]
    moment = caller.get("authorization", theirs[0]).json()["created"]
    assert found(caller, "authorizations", created_after=moment) == theirs
    assert found(caller, "authorizations", created_before=moment) == [mine]


def test_consents_are_found_by_person_life_and_time() -> None:
    world, caller = made(), service()
    begin().tokens()
    consent = world.consent
    assert found(caller, "consents", person=world.story.person.pk) == [consent.pk]
    consent.expires = consent.created
    consent.save()
    assert found(caller, "consents", live="false") == [consent.pk]
    assert consent.pk not in found(caller, "consents", live="true")
    before = consent.created.isoformat()
    assert consent.pk not in found(caller, "consents", created_before=before)
    assert consent.pk in found(caller, "consents", created_after=before)


@spec("B-4")
def test_a_grant_tells_nothing_that_opens_anything() -> None:
    world, caller = made(), service()
    world.grant.refresh_from_db()
    told = caller.get("authorization", world.grant.pk).content.decode()
    hidden = ("code_checksum", "first_access_checksum", "session", "sid", "nonce", "replay_answer")
    for column in hidden:
        value = getattr(world.grant, column)
        assert not value or str(value) not in told
        assert column not in told
