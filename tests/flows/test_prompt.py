"""`prompt`: what a client may ask about asking, and what it may not."""

import pytest

from django_oauthflows.testing.client import answered
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


@spec("OpenID Connect Core §3.1.2.6", "B-28")
def test_prompt_none_is_refused_where_nobody_is_signed_in() -> None:
    story = begin()
    story.browser.logout()
    answer = answered(story.ask(prompt="none"))
    assert answer["error"] == "login_required"
    assert answer["state"] == "a-state"
    assert answer["iss"] == "http://testserver/o"


@spec("OpenID Connect Core §3.1.2.6", "B-28")
def test_prompt_none_is_refused_where_nobody_agreed_yet() -> None:
    assert answered(begin().ask(prompt="none"))["error"] == "consent_required"


@spec("OpenID Connect Core §3.1.2.6", "B-28", "B-15")
def test_prompt_none_is_refused_for_more_than_was_agreed_to() -> None:
    story = begin()
    story.decide(scope="notes:read")
    assert (
        answered(story.ask(scope="notes:read profile", prompt="none"))["error"]
        == "consent_required"
    )


@spec("OpenID Connect Core §3.1.2.1", "B-28", "B-15")
def test_prompt_none_is_answered_for_what_was_agreed_to() -> None:
    story = begin()
    story.decide()
    assert story.redeem(answered(story.ask(prompt="none"))["code"]).status_code == 200


@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_prompt_none_is_answered_for_a_first_party_client() -> None:
    assert "code" in answered(begin(skips_consent=True).ask(prompt="none"))


@pytest.mark.parametrize(
    ("preset", "redirect_uri"),
    [
        ("native-app", "com.example.app:/callback"),
        ("native-app", "http://127.0.0.1/callback"),
        ("web-app", "http://localhost:3000/callback"),
        ("web-app", "https://localhost:3000/callback"),
    ],
)
@spec("RFC 8252 §8.6", "OpenID Connect Core §3.1.2.6", "B-28")
def test_prompt_none_is_refused_on_a_persons_device_which_has_to_ask_each_time(
    preset: str, redirect_uri: str
) -> None:
    story = begin(preset=preset, redirect_uris=(redirect_uri,))
    for _ in range(2):  # before the first yes, and after it
        answer = answered(story.ask(prompt="none"))
        assert answer["error"] == "consent_required"
        assert "has to ask each time" in answer["error_description"]
        story.decide()


@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_prompt_none_with_another_is_a_malformed_request() -> None:
    assert answered(begin().ask(prompt="none consent"))["error"] == "invalid_request"


@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_prompt_none_cannot_be_used_to_press_the_button() -> None:
    assert answered(begin().decide(prompt="none"))["error"] == "consent_required"


@pytest.mark.parametrize("client", [{}, {"skips_consent": True}])
@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_prompt_consent_asks_again(client: dict[str, bool]) -> None:
    story = begin(**client)
    story.decide()
    assert story.ask().status_code == 302
    assert story.ask(prompt="consent").status_code == 200
    assert "code" in answered(story.decide(prompt="consent"))
