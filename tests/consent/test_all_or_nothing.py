"""Clients that need all they ask for: one tick for all of it, or Deny."""

from typing import Any

import pytest
from django.core.management import call_command
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

ASKED = "notes:read profile"
BOX = 'name="everything"'


def all_or_nothing(**client: Any) -> Story:
    return begin(needs_all_scopes=True, **client)


def on_device() -> tuple[Story, dict[str, Any]]:
    story = begin(preset="device", redirect_uris=(), needs_all_scopes=True, scopes=ASKED.split())
    return story, story.device_codes(scope=ASKED).json()


@spec("RFC 6749 §3.3", "B-14")
def test_the_page_has_one_box_that_the_browser_asks_for_and_none_to_untick() -> None:
    page = all_or_nothing().ask(scope=ASKED).content.decode()
    assert f'<input type="checkbox" {BOX} id="allow-everything" required>' in page
    assert page.count('type="checkbox" name="scopes"') == page.count("checked disabled") == 2
    # Deny needs no tick.
    assert 'value="deny" formnovalidate' in page
    assert "<script" not in page


@pytest.mark.parametrize("ticked", [[], ["profile"], ["notes:read", "profile"]])
@spec("RFC 6749 §3.3", "B-14", "B-3")
def test_allow_without_the_tick_shows_the_page_again_and_grants_nothing(ticked: list[str]) -> None:
    story = all_or_nothing()
    again = story.decide(scope=ASKED, scopes=ticked)
    assert again.status_code == 400
    assert "This app needs all of it" in again.content.decode()
    assert "checked" not in again.content.decode().partition(BOX)[2].partition(">")[0]
    assert not Consent.objects.exists()
    assert not Authorization.objects.exists()


@pytest.mark.parametrize("ticked", [[], ["profile"]])
@spec("RFC 6749 §3.3", "RFC 6749 §5.1", "B-14")
def test_the_tick_allows_all_whatever_the_browser_says_of_the_rest(ticked: list[str]) -> None:
    story = all_or_nothing()
    url = story.authorization_url(scope=ASKED)
    story.ask(scope=ASKED)
    answer = answered(story.press(url, decision="allow", scopes=ticked, everything="on"))
    assert story.redeem(answer["code"]).json()["scope"] == ASKED


@spec("RFC 6749 §4.1.2.1", "B-16")
def test_deny_is_as_everywhere() -> None:
    answer = answered(all_or_nothing().decide("deny", scope=ASKED, scopes=[]))
    assert answer["error"] == "access_denied"


@spec("B-15")
def test_what_was_shown_is_remembered_as_usual() -> None:
    story = all_or_nothing()
    story.tokens(scope=ASKED)
    assert "code" in answered(story.ask(scope=ASKED))
    assert "code" in answered(story.ask(scope="profile"))
    assert BOX in story.ask(scope=f"{ASKED} notes:write").content.decode()


@spec("B-14")
def test_a_part_that_was_agreed_to_before_does_not_count_for_all() -> None:
    story = begin()
    story.decide(scope=ASKED, scopes=["profile"])
    ClientPolicy.objects.update(needs_all_scopes=True)
    story.registered.policy.refresh_from_db()
    story.registered.policy.save()
    assert BOX in story.ask(scope=ASKED).content.decode()


@spec("B-14")
def test_where_nothing_could_be_left_out_nothing_is_to_tick() -> None:
    story = all_or_nothing(required_scopes=("profile",))
    assert BOX not in story.ask(scope="profile").content.decode()
    assert "code" in answered(story.decide(scope="profile", scopes=[]))


@spec("B-14")
def test_other_clients_have_boxes_to_untick_and_need_no_tick() -> None:
    story = begin()
    assert BOX not in story.ask(scope=ASKED).content.decode()
    code = answered(story.decide(scope=ASKED, scopes=["profile"]))["code"]
    assert story.redeem(code).json()["scope"] == "profile"


@spec("B-14")
def test_a_page_that_was_open_while_the_client_changed_is_shown_again() -> None:
    story = begin()
    story.ask(scope=ASKED)
    story.registered.policy.needs_all_scopes = True
    story.registered.policy.save()
    again = story.decide(scope=ASKED)
    assert again.status_code == 200
    assert BOX in again.content.decode()
    assert not Consent.objects.exists()


@spec("RFC 8628 §3.3", "B-14", "B-3")
def test_a_device_page_needs_the_tick_too() -> None:
    story, codes = on_device()
    again = story.decide_on_device(codes["user_code"], scopes=["profile"])
    assert again.status_code == 400
    assert BOX in again.content.decode()
    assert story.poll(codes["device_code"]).json()["error"] == "authorization_pending"


@spec("RFC 8628 §3.3", "B-14")
def test_with_the_tick_a_device_gets_all() -> None:
    story, codes = on_device()
    assert story.decide_on_device(codes["user_code"]).status_code == 303
    assert story.poll(codes["device_code"]).json()["scope"] == ASKED


def test_the_command_makes_such_a_client(capsys: Any) -> None:
    options = ["--preset", "web-app", "--name", "Flask", "--redirect-uri", "https://a.example/"]
    call_command("oauthflows_register_client", *options)
    call_command("oauthflows_register_client", *options, "--all-or-nothing")
    rows = get_application_model().objects.order_by("pk")
    assert [row.oauthflows_policy.needs_all_scopes for row in rows] == [False, True]
