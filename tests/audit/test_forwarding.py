"""Events for those who forward them: a structured log record and a signal for each."""

import json
from typing import Any

import pytest

from django_oauthflows import signals
from django_oauthflows.audit.models import AuditEvent
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Any:
    """What the signal told."""
    told: list[dict[str, Any]] = []

    def listen(**given: Any) -> None:
        told.append({name: value for name, value in given.items() if name not in _DJANGOS})

    signals.audit_recorded.connect(listen)
    yield told
    signals.audit_recorded.disconnect(listen)


_DJANGOS = ("signal", "sender")


def test_each_event_is_one_signal_and_one_log_record(
    heard: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    caplog.set_level("INFO", "django_oauthflows.audit")
    story = begin()
    with django_capture_on_commit_callbacks(execute=True):
        story.tokens()
        story.token(grant_type="unheard-of")
    rows = {row.reference: row for row in AuditEvent.objects.all()}
    said = [record for record in caplog.records if record.name == "django_oauthflows.audit"]
    assert {row.event for row in rows.values()} == {"consent.given", "request.refused"}
    assert sorted(event["reference"] for event in heard) == sorted(rows)
    assert sorted(record.reference for record in said) == sorted(rows)
    for event in heard:
        row = rows[event["reference"]]
        assert event == {name: getattr(row, name) for name in event}
        assert set(event) >= {"event", "client_id", "user_id", "network", "rule", "detail"}
        assert json.dumps(event, default=str)
    for record in said:
        assert record.event == rows[record.reference].event
        assert record.client_id == story.registered.client_id


def test_refusals_that_are_only_counted_are_told_too(heard: list[dict[str, Any]]) -> None:
    story = begin()
    for _ in range(13):
        story.token(grant_type="unheard-of")
    assert len(heard) == 13
    assert [event["occurrences"] for event in heard] == list(range(1, 14))
    assert AuditEvent.objects.count() == 10


@spec("B-3")
def test_a_listener_that_fails_changes_no_answer() -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    signals.audit_recorded.connect(fail)
    try:
        assert begin().token(grant_type="unheard-of").status_code == 400
    finally:
        signals.audit_recorded.disconnect(fail)
