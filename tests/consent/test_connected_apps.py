"""The page of connected apps: everything that has access is on it, and can be ended there."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.tokens.models import Authorization
from tests.consent.test_consent_page import text_of
from tests.marks import spec
from tests.stories import Story, begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db

PAGE = "/o/connected-apps/"


def names_on(story: Story) -> list[str]:
    page = story.browser.get(PAGE).content.decode()
    return re.findall(r"<h2[^>]*><bdi>([^<]+)</bdi>", page)


def withdraw(story: Story) -> object:
    return story.browser.post(f"{PAGE}{story.registered.application.pk}/withdraw/")


@spec("B-15")
def test_a_person_sees_what_they_connected_and_what_it_may_do() -> None:
    story = begin(name="Paper & Pen", is_verified=True)
    story.tokens(scope="notes:read profile")
    response = story.browser.get(PAGE)
    page = text_of(response)
    assert "Paper &amp; Pen" in page
    assert "Verified" in page
    assert "Read your notes" in page
    assert "See your name" in page
    assert "Write and change your notes" not in page
    assert "1 sign-in is open." in page
    assert response["Cache-Control"] == "no-store"


@spec("B-15")
def test_an_empty_page_says_so() -> None:
    assert "No app is connected" in text_of(begin().browser.get(PAGE))


@spec("B-15")
def test_a_person_sees_only_their_own() -> None:
    begin(name="Somebody else's").tokens()
    assert names_on(begin()) == []


@spec("B-15", "B-21")
def test_withdrawing_ends_every_token_and_the_memory_of_the_yes() -> None:
    story = begin()
    one, other, code = story.tokens(), story.tokens(), story.code()
    assert names_on(story) == [story.registered.application.name]
    response = withdraw(story)
    assert response["Location"] == PAGE
    assert names_on(story) == []
    for tokens in (one, other):
        assert story.call(tokens["access_token"]).status_code == 401
        assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert story.ask().status_code == 200


@spec("B-15")
def test_withdrawing_one_leaves_the_others_alone() -> None:
    story = begin(name="One")
    other = begin(name="Other", person=story.person)
    tokens = other.tokens()
    story.tokens()
    withdraw(story)
    assert names_on(story) == ["Other"]
    assert other.call(tokens["access_token"]).status_code == 200


@spec("B-15")
def test_withdrawing_leaves_other_people_alone() -> None:
    story = begin()
    neighbour = begin(registered=story.registered)
    tokens = neighbour.tokens()
    story.tokens()
    withdraw(story)
    assert neighbour.call(tokens["access_token"]).status_code == 200
    assert "code" in answered(neighbour.ask())


@spec("B-15")
def test_withdrawing_is_confirmed_and_audited(django_capture_on_commit_callbacks) -> None:
    story = begin(name="Paper & Pen")
    story.tokens()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(story)
    assert "Paper &amp; Pen no longer has access." in text_of(story.browser.get(PAGE))
    event = AuditEvent.objects.get(event="consent.withdrawn")
    assert event.user == story.person
    assert event.client_id == story.registered.client_id


@spec("B-15")
def test_a_link_asks_and_withdraws_nothing() -> None:
    story = begin(name="Paper & Pen")
    tokens = story.tokens()
    link = f"{PAGE}{story.registered.application.pk}/withdraw/"
    assert f'href="{link}"' in story.browser.get(PAGE).content.decode()
    asked = story.browser.get(link)
    text = asked.content.decode()
    assert asked.status_code == 200
    assert "no-store" in asked["Cache-Control"]
    assert "Withdraw the access of Paper &amp; Pen?" in text
    assert "It is signed out at once: 1 sign-in ends." in text
    assert f'href="{PAGE}"' in text
    assert story.browser.head(link).status_code == 200
    assert story.call(tokens["access_token"]).status_code == 200


@spec("B-15")
def test_nobody_is_asked_about_an_app_they_did_not_connect() -> None:
    story, stranger = begin(), begin()
    story.tokens()
    link = f"{PAGE}{story.registered.application.pk}/withdraw/"
    assert stranger.browser.get(link).status_code == 404
    assert stranger.browser.get(f"{PAGE}999999/withdraw/").status_code == 404


@spec("B-15")
def test_there_is_nothing_to_withdraw_from_a_client_that_does_not_exist() -> None:
    assert begin().browser.post(f"{PAGE}999999/withdraw/").status_code == 404


@spec("B-16")
def test_nobody_sees_or_withdraws_anything_before_they_sign_in() -> None:
    story = begin()
    tokens = story.tokens()
    story.browser.logout()
    assert story.browser.get(PAGE)["Location"].startswith("/accounts/login/")
    assert withdraw(story)["Location"].startswith("/accounts/login/")
    assert story.call(tokens["access_token"]).status_code == 200


@spec("B-16")
def test_another_sites_form_withdraws_nothing() -> None:
    story = begin()
    tokens = story.tokens()
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    assert withdraw(story).status_code == 403
    assert story.call(tokens["access_token"]).status_code == 200


@spec("B-15")
def test_what_django_oauth_toolkit_connected_is_on_the_page_and_can_be_ended() -> None:
    story = begin(registered=dot_application(name="An older app"))
    access, refresh = dot_tokens(story)
    assert story.call(access).status_code == 200
    page = text_of(story.browser.get(PAGE))
    assert "An older app" in page
    assert "Read your notes" in page
    withdraw(story)
    assert names_on(story) == []
    assert story.call(access).status_code == 401
    assert error_of(story.refresh(refresh)) == (400, "invalid_grant")


@spec("B-15")
def test_a_first_party_client_is_on_the_page_while_it_has_tokens() -> None:
    story = begin(skips_consent=True)
    tokens = story.redeem(answered(story.ask())["code"]).json()
    assert not Consent.objects.exists()
    assert names_on(story) == [story.registered.application.name]
    story.post("revoke", token=tokens["refresh_token"])
    assert names_on(story) == []


@spec("B-15")
def test_a_grant_without_anything_alive_is_no_connection() -> None:
    story = begin(skips_consent=True)
    story.registered.policy.flows = ["authorization-code-pkce"]
    story.registered.policy.save()
    story.redeem(answered(story.ask())["code"])
    assert len(names_on(story)) == 1
    get_access_token_model().objects.update(expires=timezone.now())
    assert names_on(story) == []


@spec("B-15")
def test_an_expired_yes_with_nothing_alive_is_no_connection() -> None:
    story = begin()
    story.decide()
    assert len(names_on(story)) == 1
    Consent.objects.update(expires=timezone.now())
    assert names_on(story) == []


@spec("B-15")
def test_the_latest_used_comes_first() -> None:
    first = begin(name="First")
    second = begin(name="Second", person=first.person)
    first.tokens()
    second.tokens()
    Authorization.objects.filter(application=first.registered.application).update(
        last_used=timezone.now() - timedelta(days=2)
    )
    assert names_on(first) == ["Second", "First"]


@spec("B-15")
def test_the_page_takes_as_many_statements_for_many_clients_as_for_one() -> None:
    story = begin()
    story.tokens()
    with CaptureQueriesContext(connection) as for_one:
        assert len(names_on(story)) == 1
    for _ in range(4):
        begin(person=story.person, registered=ClientFactory()).tokens()
    dot_tokens(begin(person=story.person, registered=dot_application()))
    with CaptureQueriesContext(connection) as for_many:
        assert len(names_on(story)) == 6
    assert len(for_many) == len(for_one) <= 7
