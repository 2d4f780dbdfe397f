"""A consent page that was open while what it shows changed: Allow agrees to what was shown alone."""

import re
from typing import Any

import pytest
from oauth2_provider.models import get_grant_model

from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
CHANGED = "Something here has changed since this page was opened"
NOTES, OTHERS = "https://notes.example/", "https://others.example/"


def rename(story: Story, name: str = "Evil") -> None:
    story.registered.application.name = name
    story.registered.application.save()


def narrow(story: Story, resource: str) -> None:
    story.registered.policy.allowed_resources = [resource]
    story.registered.policy.save()


def require(story: Story) -> None:
    story.registered.policy.required_scopes = ["notes:write"]
    story.registered.policy.save()


def doubt(story: Story) -> None:
    story.registered.policy.is_verified = False
    story.registered.policy.save()


def allowed_on(page: Any, *scopes: str) -> str:
    """The body of a page's form, as Allow sends it."""
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    fields = [("decision", "allow"), *(("scopes", name) for name in scopes)]
    return "&".join(f"{name}={value}" for name, value in [*fields, *hidden])


def assert_shown_again(answer: Any, *, says: str) -> None:
    page = answer.content.decode()
    assert answer.status_code == 200
    assert CHANGED in page
    assert 'role="alert"' in page
    assert says in page
    assert not Consent.objects.exists()
    assert not get_grant_model().objects.exists()
    assert not Authorization.objects.exists()


@spec("B-14", "B-15")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (rename, "<bdi>Evil</bdi> asks"),
        (lambda story: narrow(story, OTHERS), OTHERS),
        (require, "Required"),
        (doubt, "Not verified"),
    ],
    ids=["name", "resource", "required scope", "verified"],
)
def test_what_changed_under_an_open_page_is_asked_again(change: Any, says: str) -> None:
    story = begin(
        name="Bank",
        scopes=["notes:read", "notes:write"],
        allowed_resources=[NOTES],
        is_verified=True,
    )
    url = story.authorization_url()
    shown = story.browser.get(url)
    change(story)

    again = story.browser.post(url, allowed_on(shown, "notes:read"), content_type=FORM)

    assert_shown_again(again, says=says)
    decided = story.browser.post(url, allowed_on(again, "notes:read"), content_type=FORM)
    assert "code" in answered(decided)


@spec("B-14", "B-15")
def test_a_form_that_does_not_tell_what_it_showed_is_asked_again() -> None:
    story = begin(name="Bank")
    body = "decision=allow&scopes=notes:read"
    for sent in (body, f"{body}&shown=", f"{body}&shown=%C3%A4", f"{body}&shown={'0' * 64}"):
        answer = story.browser.post(story.authorization_url(), sent, content_type=FORM)
        assert_shown_again(answer, says="Bank")


@spec("B-14", "B-15")
def test_the_page_of_another_client_agrees_to_nothing() -> None:
    bank = begin(name="Bank")
    twin = begin(name="Bank", person=bank.person)
    shown = bank.ask()
    body = allowed_on(shown, "notes:read")
    answer = twin.browser.post(twin.authorization_url(), body, content_type=FORM)
    assert_shown_again(answer, says="Bank")


@spec("B-14")
def test_the_language_of_the_page_makes_no_difference() -> None:
    story = begin(name="Bank")
    story.registered.policy.translations = {"client_name": {"de": "Deine Bank"}}
    story.registered.policy.save()
    shown = story.ask(ui_locales="de")
    assert "Deine Bank" in shown.content.decode()
    url = story.authorization_url(ui_locales="en")
    answer = story.browser.post(url, allowed_on(shown, "notes:read"), content_type=FORM)
    assert "code" in answered(answer)


@spec("B-14")
def test_denying_needs_no_page_of_now() -> None:
    story = begin(name="Bank")
    story.ask()
    rename(story)
    assert answered(story.decide("deny"))["error"] == "access_denied"


def opened(tv: Story) -> Any:
    """The consent page of a device whose code was typed and confirmed."""
    tv.enter(tv.device_codes().json()["user_code"])
    tv.browser.post("/o/device/confirm/", {"decision": "continue"})
    return tv.browser.get("/o/device/consent/")


def press(tv: Story, page: Any) -> Any:
    body = allowed_on(page, "notes:read")
    return tv.browser.post("/o/device/consent/", body, content_type=FORM)


def assert_device_waits(answer: Any, *, says: str) -> None:
    assert answer.status_code == 200
    assert CHANGED in answer.text
    assert says in answer.text
    assert not Consent.objects.exists()
    assert not Authorization.objects.exists()


@spec("B-15", "B-25")
@pytest.mark.parametrize(
    ("change", "says"),
    [(rename, "<bdi>Evil</bdi> asks"), (lambda tv: narrow(tv, OTHERS), OTHERS)],
    ids=["name", "resource"],
)
def test_what_changed_under_the_page_of_a_device_is_asked_again(change: Any, says: str) -> None:
    tv = begin(name="Bank", preset="device", redirect_uris=(), allowed_resources=[NOTES])
    shown = opened(tv)
    change(tv)

    again = press(tv, shown)

    assert_device_waits(again, says=says)
    assert press(tv, again)["Location"] == "/o/device/done/"


@spec("B-25", "RFC 8628 §5.4")
def test_the_page_of_one_device_does_not_allow_another() -> None:
    tv = begin(name="Bank", preset="device", redirect_uris=())
    first = opened(tv)
    second = opened(tv)
    assert_device_waits(press(tv, first), says="Bank")
    assert press(tv, second)["Location"] == "/o/device/done/"
