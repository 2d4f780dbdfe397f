"""What is remembered of a yes: for whom, for what, for how long, and when it counts for nothing."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from tests.consent.test_consent_page import rows_of, text_of
from tests.marks import spec
from tests.stories import Story, begin, dot_application

pytestmark = pytest.mark.django_db

CALLBACK = "https://client.example/callback"


def asks(story: Story, **changes: object) -> bool:
    """Is the person shown the page?"""
    response = story.ask(**changes)
    assert response.status_code in (200, 302)
    assert response.status_code == 200 or "code" in answered(response)
    return response.status_code == 200


@spec("B-15")
def test_a_person_is_asked_once() -> None:
    story = begin()
    assert asks(story)
    story.decide()
    assert not asks(story)


@spec("B-15")
def test_less_than_was_agreed_to_needs_no_new_yes() -> None:
    story = begin()
    story.decide(scope="notes:read notes:write")
    response = story.ask(scope="notes:read")
    assert story.redeem(answered(response)["code"]).json()["scope"] == "notes:read"


@spec("B-15")
def test_another_client_is_asked_about_on_its_own() -> None:
    story = begin()
    story.decide()
    assert asks(begin(person=story.person))


@spec("B-14", "B-15")
def test_more_than_was_agreed_to_is_asked_about_and_marked_as_new() -> None:
    story = begin()
    story.decide(scope="notes:read")
    response = story.ask(scope="notes:read notes:write")
    rows = rows_of(response)
    assert "New" in rows["notes:write"]
    assert "New" not in rows["notes:read"]
    assert "before" in text_of(response)


@spec("B-14")
def test_nothing_is_new_the_first_time() -> None:
    assert "New" not in "".join(rows_of(begin().ask()).values())


@spec("B-15")
def test_a_later_yes_adds_to_an_earlier_one() -> None:
    story = begin()
    story.decide(scope="notes:read")
    story.decide(scope="profile")
    assert not asks(story, scope="notes:read profile")


@spec("B-15")
def test_what_was_unticked_is_asked_about_again() -> None:
    story = begin()
    story.decide(scope="notes:read notes:write", scopes=["notes:read"])
    assert asks(story, scope="notes:read notes:write")
    assert not asks(story, scope="notes:read")


@spec("B-15")
def test_what_is_unticked_later_is_forgotten() -> None:
    story = begin()
    story.decide(scope="notes:read notes:write")
    story.decide(scope="notes:read notes:write", scopes=["notes:read"], prompt="consent")
    assert asks(story, scope="notes:write")


@spec("B-15")
def test_a_yes_ends_after_a_year() -> None:
    story = begin()
    story.decide()
    consent = Consent.objects.get()
    assert consent.expires is not None
    left = consent.expires - timezone.now()
    assert timedelta(days=364) < left <= timedelta(days=365)
    Consent.objects.update(expires=timezone.now())
    response = story.ask()
    assert response.status_code == 200
    assert "New" not in "".join(rows_of(response).values())


@spec("B-15")
def test_a_new_yes_does_not_revive_what_had_ended() -> None:
    story = begin()
    story.decide(scope="notes:write")
    Consent.objects.update(expires=timezone.now())
    story.decide(scope="notes:read")
    assert asks(story, scope="notes:write")
    assert not asks(story, scope="notes:read")


@spec("B-15")
def test_a_site_may_choose_how_long_a_yes_counts() -> None:
    story = begin()
    with override_settings(OAUTHFLOWS={"CONSENT_LIFETIME": 60}):
        story.decide()
    expires = Consent.objects.get().expires
    assert expires is not None
    assert expires - timezone.now() <= timedelta(seconds=60)


@spec("B-15")
def test_a_site_may_let_a_yes_count_for_ever() -> None:
    story = begin()
    with override_settings(OAUTHFLOWS={"CONSENT_LIFETIME": None}):
        story.decide()
    assert Consent.objects.get().expires is None
    assert not asks(story)


@pytest.mark.parametrize("value", ["auto", "force", ""])
@spec("B-15")
def test_a_client_cannot_switch_the_page_off(value: str) -> None:
    story = begin()
    assert asks(story, approval_prompt=value)
    assert asks(story, approval_prompt=value, prompt="")


@spec("B-15")
def test_a_first_party_client_is_not_asked_about() -> None:
    story = begin(skips_consent=True)
    assert not asks(story)
    assert story.redeem(answered(story.ask(scope="notes:read"))["code"]).json()["scope"] == (
        "notes:read"
    )


@pytest.mark.parametrize(
    "redirect_uri", ["com.example.app:/callback", "http://127.0.0.1/callback", "http://[::1]/cb"]
)
@spec("RFC 8252 §8.6", "B-15")
def test_a_native_app_is_asked_about_every_time(redirect_uri: str) -> None:
    for skips in (False, True):
        story = begin(preset="native-app", redirect_uris=(redirect_uri,), skips_consent=skips)
        story.decide()
        assert asks(story)


@pytest.mark.parametrize(
    "redirect_uri", ["http://localhost:3000/cb", "http://127.0.0.1/cb", "https://localhost/cb"]
)
@pytest.mark.parametrize("preset", ["web-app", "single-page-app"])
@spec("RFC 8252 §8.6", "B-15")
def test_on_the_persons_device_nobody_is_let_in_in_silence(preset: str, redirect_uri: str) -> None:
    for skips in (False, True):
        story = begin(preset=preset, redirect_uris=(redirect_uri, CALLBACK), skips_consent=skips)
        for place in (CALLBACK, redirect_uri):
            story.decide(redirect_uri=place)
            assert asks(story, redirect_uri=place) is (place == redirect_uri)


@spec("RFC 8252 §8.6", "B-15")
def test_a_public_client_at_an_address_of_its_own_is_remembered() -> None:
    story = begin(preset="single-page-app")
    story.decide()
    assert not asks(story)


@spec("B-15")
def test_an_application_that_skips_authorization_keeps_doing_so() -> None:
    assert not asks(begin(registered=dot_application(skip_authorization=True)))
    assert asks(begin(registered=dot_application()))


@spec("B-15")
def test_there_is_one_row_per_person_and_client() -> None:
    story = begin()
    for scope in ("notes:read", "notes:write", "notes:read profile"):
        story.decide(scope=scope)
    assert Consent.objects.get().scope == "notes:read notes:write profile"
