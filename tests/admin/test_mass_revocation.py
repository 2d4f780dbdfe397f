"""Revoking in bulk in the admin: counted, confirmed, and for whoever was given that permission."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens import mass_revocation_page
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import administrator, fields_on
from tests.admin.reach import staff
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

GRANTS = "/admin/oauthflows/authorization/"
PAGE = f"{GRANTS}revoke/"


def live() -> int:
    return Authorization.objects.live().count()


def count(browser: Client, **said: str) -> Any:
    fields = fields_on(browser.get(PAGE), with_field="leaked_token")
    return browser.post(PAGE, {**fields, **said})


def confirm(browser: Client, counted: Any) -> Any:
    return browser.post(PAGE, fields_on(counted, with_field="radius"))


def story_with(grants: int) -> Story:
    story = begin()
    for _ in range(grants):
        story.tokens()
    return story


@pytest.mark.parametrize("limit", ["person", "client", "scope", "since"])
@spec("B-21")
def test_it_is_counted_then_confirmed_then_ended(limit: str) -> None:
    story, browser = story_with(3), administrator()
    limits = {
        "person": story.person.get_username(),
        "client": story.registered.client_id,
        "scope": "notes:read",
        "since": "2001-01-01T00:00",
    }
    counted = count(browser, **{limit: limits[limit]})
    assert '<th scope="row">Grants</th><td>3</td>' in counted.content.decode()
    assert live() == 3
    done = confirm(browser, counted)
    assert "nothing of it works any more" in done.content.decode()
    assert live() == 0
    assert "no-store" in done["Cache-Control"]


@spec("B-21")
def test_a_window_keeps_its_end() -> None:
    story, browser = story_with(1), administrator()
    limits = {"client": story.registered.client_id, "until": "2001-01-01T00:00"}
    assert "Nothing fits" in count(browser, **limits).content.decode()
    counted = count(browser, **{**limits, "until": "2999-01-01T00:00"})
    confirm(browser, counted)
    assert live() == 0


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@spec("B-4", "B-21")
def test_a_leaked_token_is_found_and_kept_nowhere(
    kind: str, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    story, browser = begin(), administrator()
    leaked, other = story.tokens(), story.tokens()
    caplog.set_level("DEBUG")
    with django_capture_on_commit_callbacks(execute=True):
        counted = count(browser, leaked_token=leaked[kind])
        done = confirm(browser, counted)
    assert live() == 1
    assert story.call(leaked["access_token"]).status_code == 401
    assert story.call(other["access_token"]).status_code == 200
    event = AuditEvent.objects.get(event="tokens.mass_revoked")
    assert event.detail["leaked_token"] is True
    assert event.detail["ended"]["grants"] == 1
    assert event.user is not None
    written = [
        counted.content.decode(),
        done.content.decode(),
        caplog.text,
        *map(str, AuditEvent.objects.values_list("detail", flat=True)),
        *map(str, LogEntry.objects.values_list("change_message", flat=True)),
        *Session.objects.values_list("session_data", flat=True),
    ]
    for text in written:
        assert leaked[kind] not in text
        assert checksum(leaked[kind]) not in text


@spec("B-4")
def test_a_token_that_is_unknown_or_comes_with_more_is_not_shown_again() -> None:
    browser, token = administrator(), begin().tokens()["access_token"]
    for said in (
        {"leaked_token": token, "scope": "notes:read"},
        {"leaked_token": token + "x"},
        {"leaked_token": token, "person": "nobody"},
    ):
        page = count(browser, **said)
        assert page.status_code == 200
        assert "errorlist" in page.content.decode()
        assert token not in page.content.decode()
    # By POST alone: in an address it would be logged on its way.
    browser.get(PAGE, {"leaked_token": token})
    assert live() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "nothing was filled in"),
        ({"person": "nobody"}, "There is none by this name"),
        ({"client": "\x00"}, "Null characters"),
        ({"scope": "a b"}, "One scope alone"),
        ({"since": "yesterday"}, "Enter a valid date"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "has to come after"),
        ({"leaked_token": "x" * 20_000}, "at most"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_ends(said: dict[str, str], sentence: str) -> None:
    story_with(1)
    assert sentence in count(administrator(), **said).content.decode()
    assert live() == 1


@spec("B-21")
def test_a_long_revocation_tells_how_far_it_came_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story, browser = story_with(5), administrator()
    monkeypatch.setattr(mass_revocation_page, "_PATIENCE", -1)
    monkeypatch.setattr(
        mass_revocation_page.blast.revoke, "__kwdefaults__", {"by": None, "batch": 2}
    )
    page = count(browser, client=story.registered.client_id)
    page = confirm(browser, page)
    assert "2 grants have ended so far" in page.content.decode()
    assert live() == 3
    page = confirm(browser, page)
    assert "4 grants have ended so far" in page.content.decode()
    page = confirm(browser, page)
    assert live() == 0
    assert "nothing of it works any more" in page.content.decode()


@pytest.mark.parametrize("radius", ["", "made up", "{}", signing.dumps({"scope": "notes:read"})])
@spec("B-3")
def test_only_what_was_counted_can_be_confirmed(radius: str) -> None:
    story_with(1)
    answer = administrator().post(PAGE, {"radius": radius, "done": "x"}, follow=True)
    assert "Nothing was revoked" in answer.content.decode()
    assert live() == 1


@spec("B-3")
def test_it_takes_a_permission_of_its_own() -> None:
    story = story_with(1)
    reader = staff("view_authorization", "delete_authorization")
    assert reader.get(PAGE).status_code == 403
    assert reader.post(PAGE, {"person": story.person.get_username()}).status_code == 403
    assert PAGE not in reader.get(GRANTS).content.decode()
    responder = staff("view_authorization", "mass_revoke_authorization")
    assert PAGE in responder.get(GRANTS).content.decode()
    assert Client().get(PAGE).status_code == 302
    confirm(responder, count(responder, person=story.person.get_username()))
    assert live() == 0


@spec("B-16")
def test_another_site_cannot_press_the_button() -> None:
    story_with(1)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(PersonFactory(is_staff=True, is_superuser=True))
    counted = signing.dumps({}, salt="oauthflows.radius")
    assert browser.post(PAGE, {"radius": counted}).status_code == 403
    assert live() == 1
