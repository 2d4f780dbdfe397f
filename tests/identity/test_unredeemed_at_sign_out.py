"""A sign-out ends the codes and device codes that nobody has redeemed, and the kept requests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.flows.test_posted_requests import FORM, post
from tests.identity.logouts import press
from tests.identity.stories import change, of_every_type, relying_party
from tests.marks import spec
from tests.signing_in import sign_in
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

BACK_CHANNEL = "OpenID Connect Back-Channel Logout 1.0 §2.5"
HEARS = {"backchannel_logout_uri": "https://client.example/backchannel"}


@pytest.fixture(autouse=True)
def nothing_is_delivered(settings: Any) -> None:
    settings.OAUTHFLOWS = {"BACKCHANNEL_DELIVERY": "command"}


def another_browser(person: Any) -> Client:
    browser = Client()
    form = {"username": person.username, "password": PASSWORD, "next": "/"}
    assert browser.post("/accounts/login/", form).status_code == 302
    return browser


# Every way in which a sign-in ends.


def at_the_endpoint(story: Story) -> None:
    assert press(story, "sign-out").status_code == 200


def by_djangos_logout(story: Story) -> None:
    story.browser.logout()


def from_another_browser(story: Story) -> None:
    row = ProviderSession.objects.get(user=story.person)
    url = reverse("oauthflows:session-end", args=[row.pk])
    assert another_browser(story.person).post(url).status_code == 302


def by_an_administrator(story: Story) -> None:
    row = ProviderSession.objects.get(user=story.person)
    admin = Client()
    admin.force_login(PersonFactory(is_staff=True, is_superuser=True))
    chosen = {"action": "end_selected", "_selected_action": [row.pk], "post": "yes"}
    url = reverse("admin:oauthflows_providersession_changelist")
    assert admin.post(url, chosen).status_code == 302


def everywhere(story: Story) -> None:
    assert story.browser.post(reverse("oauthflows:sessions-end-all")).status_code == 200


WAYS = pytest.mark.parametrize(
    "end",
    [at_the_endpoint, by_djangos_logout, from_another_browser, by_an_administrator, everywhere],
)
End = Callable[[Story], None]


@WAYS
@spec("RFC 6749 §4.1.2", "B-31")
def test_a_code_of_the_sign_in_is_redeemed_by_nobody(end: End) -> None:
    story = relying_party(**HEARS)
    code = story.code(scope="openid notes:read")
    end(story)
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert Authorization.objects.get().revoked_because == "signed_out"


@WAYS
@spec("RFC 8628 §3.5", "B-31")
def test_a_device_that_was_approved_and_has_not_polled_gets_nothing(end: End) -> None:
    story = begin(preset="device", redirect_uris=())
    codes = story.device_codes().json()
    assert story.decide_on_device(codes["user_code"]).status_code == 303
    end(story)
    assert error_of(story.poll(codes["device_code"])) == (400, "invalid_grant")


@WAYS
@spec("OpenID Connect Core §3.1.2.1", "B-31")
def test_a_kept_request_that_was_opened_in_the_sign_in_is_gone(end: End) -> None:
    story = begin()
    link = post(story)["Location"]
    assert story.browser.get(link).status_code == 200
    end(story)
    assert not KeptRequest.objects.exists()
    story.browser.force_login(story.person)
    assert story.browser.get(link).status_code == 400


@spec("B-31")
def test_a_kept_request_of_another_sign_in_goes_on() -> None:
    story, other = begin(), begin()
    link, unopened = post(story)["Location"], post(story)["Location"]
    assert story.browser.get(link).status_code == 200
    at_the_endpoint(other)
    assert story.browser.get(link).status_code == 200
    assert story.browser.get(unopened).status_code == 200


@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_a_kept_request_is_answered_with_another_account() -> None:
    story, other = begin(), PersonFactory()
    link = post(story, prompt="select_account")["Location"]
    assert story.browser.get(link).status_code == 200
    sent = story.browser.post(link, "account=another-account", content_type=FORM)
    page = sign_in(story, sent, person=other)
    assert page.status_code == 200
    assert f"{other.username}" in page.content.decode()


@spec("B-20")
def test_what_was_redeemed_before_goes_on() -> None:
    story = begin()
    tokens = story.tokens()
    at_the_endpoint(story)
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("B-31")
def test_a_code_of_another_browser_goes_on() -> None:
    story = begin()
    elsewhere = Story(registered=story.registered, person=story.person)
    elsewhere.browser = another_browser(story.person)
    code = elsewhere.code()
    at_the_endpoint(story)
    assert story.redeem(code).status_code == 200


@spec(BACK_CHANNEL, "B-31")
def test_a_client_that_redeemed_its_code_is_told_of_the_end_and_one_that_did_not_is_not() -> None:
    told, untold = relying_party(**HEARS), relying_party(**HEARS)
    untold.browser = told.browser
    untold.person = told.person
    told.redeem(told.code(scope="openid"))
    untold.code(scope="openid")
    at_the_endpoint(told)
    assert LogoutDelivery.objects.get().application_id == told.registered.application.pk


@spec(BACK_CHANNEL, "OpenID Connect Core §3.3.2.5", "B-31")
def test_a_client_that_was_told_in_front_hears_of_the_end_before_its_code_is_redeemed() -> None:
    story = of_every_type()
    change(story, **HEARS)
    answer = answered(
        story.decide(response_type="code id_token", scope="openid", nonce="n"), mode="fragment"
    )
    assert answer["id_token"]
    at_the_endpoint(story)
    assert LogoutDelivery.objects.count() == 1
    assert error_of(story.redeem(answer["code"])) == (400, "invalid_grant")


@spec("B-20")
def test_a_new_password_ends_the_codes_even_of_a_client_that_is_spared() -> None:
    story = begin()
    change(story, revokes_on_password_change=False)
    tokens, code = story.tokens(), story.code()
    story.person.set_password("a new one")
    story.person.save()
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("B-31")
def test_an_account_that_is_deleted_before_the_sign_out_is_no_fault() -> None:
    story = begin()
    story.code()
    key = story.person.pk
    story.person.delete()
    story.browser.logout()
    assert not Authorization.objects.filter(user_id=key).exists()
