"""Connected apps shows each sign-in of an app, and a person ends one without the others."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.tokens.models import Authorization
from tests.consent.test_connected_apps import PAGE, names_on
from tests.consent.test_consent_page import text_of
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db


def end(story: Story, key: object) -> object:
    return story.browser.post(f"{PAGE}sign-ins/{key}/end/")


def ends_on(story: Story) -> list[str]:
    """The sign-ins of the page that can be ended, as it lists them."""
    page = story.browser.get(PAGE).content.decode()
    return re.findall(r'href="/o/connected-apps/sign-ins/([0-9a-f-]+)/end/"', page)


@spec("B-15", "B-21")
def test_one_sign_in_is_ended_and_the_other_goes_on(django_capture_on_commit_callbacks) -> None:
    story = begin(name="Paper & Pen")
    first, second = story.tokens(), story.tokens()
    newest, oldest = ends_on(story)
    with django_capture_on_commit_callbacks(execute=True):
        assert end(story, oldest)["Location"] == PAGE
    assert "One sign-in of Paper &amp; Pen was ended." in text_of(story.browser.get(PAGE))
    assert ends_on(story) == [newest]
    assert story.call(first["access_token"]).status_code == 401
    assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert story.refresh(second["refresh_token"]).status_code == 200
    event = AuditEvent.objects.filter(event="authorization.revoked").earliest("pk")
    assert event.detail["reason"] == "ended_by_person"


@spec("B-15")
def test_the_yes_outlives_the_sign_in() -> None:
    story = begin()
    story.tokens()
    end(story, ends_on(story)[0])
    assert ends_on(story) == []
    assert names_on(story) == [story.registered.application.name]
    assert story.ask().status_code == 302


@spec("B-15")
def test_nobody_ends_another_persons_sign_in() -> None:
    story = begin()
    tokens = story.tokens()
    stranger = begin(registered=story.registered)
    assert end(stranger, Authorization.objects.get().pk).status_code == 404
    assert end(stranger, uuid4()).status_code == 404
    for key in (Authorization.objects.get().pk, uuid4()):
        assert stranger.browser.get(f"{PAGE}sign-ins/{key}/end/").status_code == 404
    assert story.call(tokens["access_token"]).status_code == 200


@spec("B-16")
def test_ending_takes_a_form_of_this_site_and_somebody_signed_in() -> None:
    story = begin()
    tokens = story.tokens()
    key = Authorization.objects.get().pk
    asked = story.browser.get(f"{PAGE}sign-ins/{key}/end/")
    assert asked.status_code == 200
    assert "End this sign-in of" in asked.content.decode()
    assert story.call(tokens["access_token"]).status_code == 200
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    assert end(story, key).status_code == 403
    story.browser = Client()
    assert end(story, key)["Location"].startswith("/accounts/login/")
    assert story.call(tokens["access_token"]).status_code == 200


@spec("B-18")
def test_a_sign_in_says_when_it_ends() -> None:
    story = begin()
    story.tokens()
    idle = timezone.now() + timedelta(days=30)
    assert f"Ends on {idle:%b}" in re.sub(
        r"Ends on (\w{3})\w*", r"Ends on \1", text_of(story.browser.get(PAGE))
    )
    assert "if it is not used." in text_of(story.browser.get(PAGE))
    Authorization.objects.update(expires=timezone.now() + timedelta(days=1))
    assert "if it is not used." not in text_of(story.browser.get(PAGE))
    assert len(ends_on(story)) == 1


@spec("B-18")
def test_a_sign_in_that_idled_out_is_not_open() -> None:
    story = begin()
    story.tokens()
    get_refresh_token_model().objects.update(created=timezone.now() - timedelta(days=31))
    assert ends_on(story) == []


@spec("B-18")
def test_a_sign_in_without_a_refresh_token_is_open_while_its_access_token_is() -> None:
    story = begin()
    story.registered.policy.flows = ["authorization-code-pkce"]
    story.registered.policy.save()
    story.tokens()
    assert len(ends_on(story)) == 1
    get_access_token_model().objects.update(expires=timezone.now())
    assert ends_on(story) == []


@spec("B-15")
def test_what_an_app_may_do_is_known_after_its_access_token_is_gone() -> None:
    story = begin(skips_consent=True)
    story.redeem(story.ask()["Location"].split("code=")[1].split("&")[0])
    get_refresh_token_model().objects.update(access_token=None)
    get_access_token_model().objects.all().delete()
    assert "Read your notes" in text_of(story.browser.get(PAGE))


@spec("B-15")
def test_many_sign_ins_take_as_many_statements_as_one() -> None:
    story = begin()
    story.tokens()
    with CaptureQueriesContext(connection) as for_one:
        assert len(ends_on(story)) == 1
    for _ in range(6):
        story.tokens()
    with CaptureQueriesContext(connection) as for_many:
        assert len(ends_on(story)) == 7
    assert len(for_many) == len(for_one)
