"""The audit log from a shell: one refusal explained, and all of it exported."""

import json
import os
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from tests.audit.test_admin import refusal_of, wrong_address
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def exported(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("oauthflows_export_audit", *arguments).splitlines()]


def test_a_reference_is_explained() -> None:
    story = begin()
    row = wrong_address(story)
    said = run("oauthflows_explain", row.reference)
    for part in (
        "redirect_uri_must_be_registered",
        "RFC 9700 §2.1  https://datatracker.ietf.org/doc/html/rfc9700#section-2.1",
        "! redirect_uri: https://client.example/callback/",
        f"expected: {story.registered.redirect_uris[0]}",
        "Compare the two addresses",
        story.registered.client_id,
    ):
        assert part in said


@spec("B-4")
def test_a_script_gets_the_same_as_json() -> None:
    story = begin()
    row = refusal_of(story.redeem("marked-code", code_verifier="marked-verifier"))
    printed = run("oauthflows_explain", row.reference, "--json")
    said = json.loads(printed)
    assert said["rule"] == row.rule
    assert said["fix"]
    assert said["links"][0].startswith("https://datatracker.ietf.org/")
    assert said["expected"]["grant_type"]
    assert "marked" not in printed


def test_what_is_no_refusal_is_told_too(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        begin().tokens()
    row = AuditEvent.objects.get(event="consent.given")
    said = run("oauthflows_explain", row.reference)
    assert "consent.given" in said
    assert f"actor:    {row.user} ({row.actor})" in said
    assert "fix" not in json.loads(run("oauthflows_explain", row.reference, "--json"))


@pytest.mark.parametrize("reference", ["000000000000", "", "x", "\x00", "é" * 12])
def test_an_unknown_reference_fails(reference: str) -> None:
    with pytest.raises(CommandError) as failed:
        run("oauthflows_explain", reference)
    assert failed.value.returncode == 1


def test_the_export_is_narrowed_by_time_event_and_client() -> None:
    story, other = begin(), begin()
    old, new, others = wrong_address(story), wrong_address(story), wrong_address(other)
    now = timezone.now()
    AuditEvent.objects.filter(pk=old.pk).update(created=now - timedelta(days=3))
    yesterday = (now - timedelta(days=1)).isoformat()
    assert [each["reference"] for each in exported()] == [
        row.reference for row in (old, new, others)
    ]
    assert [each["reference"] for each in exported("--until", yesterday)] == [old.reference]
    mine = exported("--since", yesterday, "--client", story.registered.client_id)
    assert [each["reference"] for each in mine] == [new.reference]
    assert len(exported("--event", "request.refused")) == 3
    assert len(exported("--actor", f"person:{story.person.pk}")) == 2
    assert exported("--actor", "server") == []
    assert exported("--event", "consent.given") == []
    assert len(exported("--since", (now - timedelta(days=2)).date().isoformat())) == 2


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-01-01T25:00", ""])
def test_a_time_that_is_none_is_refused(moment: str) -> None:
    with pytest.raises(CommandError):
        run("oauthflows_export_audit", "--since", moment)


@pytest.mark.parametrize("actor", ["martian", "person:", "person", "Server", "clients:x", "\x00"])
def test_an_actor_of_no_known_kind_is_refused(actor: str) -> None:
    """Else the export is empty, and whoever reads it believes that nothing happened."""
    with pytest.raises(CommandError, match="actor"):
        run("oauthflows_export_audit", "--actor", actor)


def test_an_event_of_no_known_name_is_refused() -> None:
    with pytest.raises(CommandError, match="event"):
        run("oauthflows_export_audit", "--event", "martian.landed")
    with pytest.raises(CommandError, match="event"):
        call_command("oauthflows_export_audit", event=["martian.landed"], stdout=StringIO())
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("rows", [1, 300])
def test_an_export_whose_reader_has_left_ends_quietly_and_is_written_down(
    rows: int, django_capture_on_commit_callbacks: Any
) -> None:
    """As with `| head`: the reader closes the pipe before the last line."""
    AuditEvent.objects.bulk_create(AuditEvent(event="request.refused") for _ in range(rows))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out, django_capture_on_commit_callbacks(execute=True):
        call_command("oauthflows_export_audit", stdout=out)
    assert AuditEvent.objects.filter(event="audit.exported").count() == 1
