"""Stories of somebody who looks after their own things: their apps, their apps' sign-ins, their browsers."""

from typing import Any

import pytest

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.tokens.models import Authorization
from tests.management_api.calling import URLS, somebody, through_an_app
from tests.marks import spec
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

SELF = ("oauthflows:self:read", "oauthflows:self:write")


@spec("B-15")
def test_an_app_is_disconnected_and_the_others_go_on(
    django_capture_on_commit_callbacks: Any,
) -> None:
    who = somebody()
    notes = begin(person=who, name="Notes", scopes=["notes:read"])
    token = notes.tokens()["access_token"]
    caller = through_an_app(who, SELF)
    told = {app["name"]: app for app in caller.get("own-apps").json()}
    assert told["Notes"]["scopes"] == [{"name": "notes:read", "description": "Read your notes"}]
    with django_capture_on_commit_callbacks(execute=True):
        assert caller.delete("own-app", told["Notes"]["id"]).status_code == 204
    assert notes.call(token).status_code == 401
    left = [app["name"] for app in caller.get("own-apps").json()]
    assert "Notes" not in left
    assert len(left) == 1
    assert AuditEvent.objects.get(event="consent.withdrawn").user == who
    assert caller.delete("own-app", told["Notes"]["id"]).status_code == 404


@spec("B-21")
def test_one_sign_in_of_an_app_is_ended_and_its_others_go_on() -> None:
    who = somebody()
    notes = begin(person=who, name="Notes", scopes=["notes:read"])
    first, second = notes.tokens()["access_token"], notes.tokens()["access_token"]
    caller = through_an_app(who, SELF)
    pk = notes.registered.application.pk
    told = [row for row in caller.get("own-sign-ins").json() if row["app"] == str(pk)]
    assert len(told) == 2
    newest = Authorization.objects.filter(application_id=pk).order_by("-created").first()
    assert newest is not None
    assert caller.delete("own-sign-in", newest.pk).status_code == 204
    assert notes.call(second).status_code == 401
    assert notes.call(first).status_code == 200


def test_a_browser_is_signed_out() -> None:
    who = somebody()
    caller = through_an_app(who, SELF)
    (here,) = caller.get("own-browsers").json()
    browser = caller.story.browser
    assert browser.get("/o/connected-apps/").status_code == 200
    assert caller.delete("own-browser", here["id"]).status_code == 204
    assert browser.get("/o/connected-apps/").status_code == 302
    assert caller.get("own-browsers").json() == []


def test_a_browser_whose_session_nobody_can_end_is_told_of(settings: Any) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    caller = through_an_app(somebody(), SELF)
    (here,) = caller.get("own-browsers").json()
    assert caller.delete("own-browser", here["id"]).status_code == 409


def test_nobody_sees_what_is_another_persons() -> None:
    theirs = begin(name="A stranger's app")
    theirs.tokens()
    caller = through_an_app(somebody(is_superuser=True), SELF)
    for name in ("own-apps", "own-sign-ins", "own-browsers"):
        told = caller.get(name).content.decode()
        assert "A stranger's app" not in told
        assert theirs.registered.client_id not in told
