"""What access is decided by is read from the database that is written to, however far a replica is behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.client import answered
from tests.flows.test_posted_requests import post
from tests.identity.logouts import press
from tests.marks import spec
from tests.replica.router import replicate
from tests.signing_in import page_of
from tests.stories import Story, begin, error_of

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "replica"]),
    pytest.mark.skipif("replica" not in connections, reason="runs in test_a_site_with_a_replica"),
]


@pytest.fixture
def story() -> Story:
    """An app whose person is signed in and has agreed; the replica knows no more than that."""
    story = begin()
    replicate()
    assert "code=" in story.decide()["Location"]
    replicate()
    return story


@spec("RFC 6749 §4.1", "RFC 6749 §6", "RFC 7009 §2.1")
def test_a_whole_story_goes_on_while_the_replica_is_behind(story: Story) -> None:
    tokens = story.redeem(answered(story.ask())["code"]).json()
    assert story.call(tokens["access_token"]).status_code == 200
    assert story.introspect(tokens["access_token"])["active"]
    assert story.introspect(tokens["refresh_token"])["active"]
    new = story.refresh(tokens["refresh_token"]).json()
    assert story.post("revoke", token=new["refresh_token"]).status_code == 200
    assert story.call(new["access_token"]).status_code == 401
    assert story.introspect(new["refresh_token"]) == {"active": False}


@spec("OpenID Connect Core §3.1.2.1")
def test_a_request_that_was_kept_is_found(story: Story) -> None:
    link = post(story)["Location"]
    assert "code" in answered(story.browser.get(link))


@spec("RFC 8628 §3.4")
def test_a_device_is_paired_and_gets_its_tokens() -> None:
    story = begin(preset="device", redirect_uris=())
    replicate()
    codes = story.device_codes().json()
    assert story.enter(codes["user_code"]).status_code == 303
    replicate()  # Django itself reads the session from it, where the first page has noted the device
    confirmed = story.browser.post(reverse("oauthflows:device-confirm"), {"decision": "continue"})
    assert confirmed.status_code == 303
    assert story.press_on_device(scopes=["notes:read"]).status_code == 303
    assert story.poll(codes["device_code"]).status_code == 200


def change_password(story: Story) -> None:
    story.person.set_password("a new one")
    story.person.save()


def close_account(story: Story) -> None:
    story.person.is_active = False
    story.person.save()


def withdraw(story: Story) -> None:
    url = reverse("oauthflows:connected-app-withdraw", args=[story.registered.application.pk])
    assert story.browser.post(url).status_code == 302


def disable(story: Story) -> None:
    story.registered.policy.is_enabled = False
    story.registered.policy.save()


def sign_out_elsewhere(story: Story) -> None:
    press(story, "sign-out")


CHANGES = [change_password, close_account, withdraw, disable, sign_out_elsewhere]
Change = Callable[[Story], None]


@pytest.mark.parametrize("change", CHANGES)
@spec("B-15", "B-20")
def test_nothing_is_answered_in_silence_after_a_change_the_replica_does_not_know(
    story: Story, change: Change
) -> None:
    cookies = story.browser.cookies.copy()
    change(story)
    forget_clients()  # as another worker knows nothing yet
    story.browser.cookies = cookies
    response = story.ask()
    assert response.status_code in (200, 302, 400)
    assert "code=" not in response.get("Location", "")


@pytest.mark.parametrize("change", [change_password, close_account, withdraw, disable])
@spec("B-15", "B-20")
def test_a_code_is_not_redeemed_after_such_a_change(story: Story, change: Change) -> None:
    code = answered(story.ask())["code"]
    change(story)
    forget_clients()
    assert story.redeem(code).status_code in (400, 401)


@spec("RFC 6749 §2.3.1")
def test_a_secret_that_was_retired_is_not_believed(story: Story) -> None:
    story.registered.application.oauthflows_secrets.all().using("default").delete()
    forget_clients()
    assert error_of(story.post("introspect", token="any")) == (401, "invalid_client")


@spec("RFC 6749 §4.1.2.1")
def test_a_redirect_uri_that_was_taken_away_is_led_to_no_more(story: Story) -> None:
    application: Any = story.registered.application
    application.redirect_uris = "https://elsewhere.example/"
    application.save()
    forget_clients()
    assert story.ask().status_code == 400


@spec("B-31")
def test_the_replica_is_really_behind(story: Story) -> None:
    press(story, "sign-out")
    assert ProviderSession.objects.using("replica").get().ended is None
    assert ProviderSession.objects.get().ended is not None
    assert page_of(story.ask()) == "/accounts/login/"
