"""Stories of the audit log: found, explained in one look, taken away, and held by nobody who may not."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from tests.management_api.calling import URLS, Caller, person, service
from tests.management_api.world import REFERENCE, made
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]


def references(caller: Caller, **query: Any) -> list[str]:
    answer = caller.get("audit", **query)
    assert answer.status_code == 200, answer.content
    return [row["reference"] for row in answer.json()["results"]]


def lines(answer: Any) -> list[dict[str, Any]]:
    text = b"".join(answer.streaming_content).decode()
    return [json.loads(line) for line in text.splitlines()]


def test_a_refusal_is_explained_by_its_reference() -> None:
    story, caller = begin(), service()
    refused = story.token(grant_type="authorization_code", code="unknown")
    told = caller.get("audit-event", refused["X-OAuth-Reference"]).json()
    assert told["event"] == "request.refused"
    assert told["client_id"] == story.registered.client_id
    assert told["explanation"]["fix"]
    assert told["explanation"]["paragraphs"][0]["address"].startswith("https://")
    by_name = {one["name"]: one for one in told["compared"]}
    assert by_name["grant_type"]["expected"] == ["authorization_code", "refresh_token"]
    assert caller.get("audit-event", refused["X-OAuth-Reference"].upper()).json() == told


def test_events_are_found_by_each_of_their_sides() -> None:
    world, caller = made(), service()
    later = AuditEvent.objects.create(event="secret.added", reference="0" * 12, client_id="other")
    AuditEvent.objects.filter(pk=later.pk).update(created=timezone.now() + timedelta(days=1))
    between = (timezone.now() + timedelta(hours=1)).isoformat()
    assert references(caller) == ["0" * 12, REFERENCE]
    assert references(caller, ordering="created") == [REFERENCE, "0" * 12]
    for query in (
        {"event": "request.refused"},
        {"client_id": world.application.client_id},
        {"person": world.story.person.pk},
        {"rule": "scopes_must_be_allowed_for_client"},
        {"reference": REFERENCE},
        {"created_before": between},
    ):
        assert references(caller, **query) == [REFERENCE], query
        export = caller.get("audit-export", **query)
        assert [row["reference"] for row in lines(export)] == [REFERENCE], query
    assert references(caller, created_after=between) == ["0" * 12]
    assert references(caller, reference="none") == []


def test_the_log_is_taken_away_as_json_lines_the_oldest_first() -> None:
    made()
    for number in range(3):
        AuditEvent.objects.create(event="secret.added", reference=f"{number:012}")
    answer = service().get("audit-export")
    assert answer["Content-Type"] == "application/jsonl"
    assert answer["Content-Disposition"] == 'attachment; filename="audit.jsonl"'
    assert answer["Cache-Control"] == "no-store"
    told = lines(answer)
    assert [row["reference"] for row in told] == [REFERENCE, *(f"{n:012}" for n in range(3))]
    shown = service().get("audit").json()["results"][-1]
    del shown["url"]
    assert shown == {**told[0], "person": str(told[0]["person"])}


@pytest.mark.parametrize(
    "query",
    [
        {"nosuch": "1"},
        {"event": "martian"},
        {"rule__regex": "."},
        {"application__client_secret__startswith": "a"},
        {"created_after": "yesterday"},
        {"page_size": "1"},
    ],
    ids=str,
)
def test_an_export_by_an_unknown_filter_is_refused(query: dict[str, str]) -> None:
    answer = service().get("audit-export", **query)
    assert (answer.status_code, list(answer.json())) == (400, list(query))
    assert not AuditEvent.objects.filter(event="audit.exported").exists()


def test_an_owner_takes_their_own_clients_events_away_and_no_others() -> None:
    world, caller = made(), person("manage_own_clients")
    AuditEvent.objects.create(event="secret.added", reference="0" * 12, client_id="other")
    world.application.user = caller.story.person
    world.application.save()
    assert [row["reference"] for row in lines(caller.get("audit-export"))] == [REFERENCE]
    assert caller.get("audit-event", "0" * 12).status_code == 404


@pytest.mark.parametrize("reference", ["unknown", "0" * 12, "x" * 300])
def test_an_event_that_is_not_there_is_not_found(reference: str) -> None:
    assert service().get("audit-event", reference).status_code == 404


def test_the_log_is_read_and_never_written() -> None:
    made()
    caller = service()
    for method in ("post", "put", "patch", "delete"):
        assert caller.send(method, f"/api/oauthflows/audit/{REFERENCE}/").status_code in (403, 405)
    assert AuditEvent.objects.filter(reference=REFERENCE).exists()
