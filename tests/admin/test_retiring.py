"""Before something ends in the admin, a page asks: it says what will end, and ends nothing."""

from typing import Any

import pytest
from oauth2_provider.models import get_access_token_model

from django_oauthflows.clients import secrets
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import CLIENTS, administrator, fields_on
from tests.marks import spec
from tests.stories import Story, begin, dot_application

pytestmark = pytest.mark.django_db

LAST = "It is the last secret of this client: it stops."


def url_of(story: Story, secret: ClientSecret | None = None) -> str:
    where = secret.pk if secret else "dot"
    return f"{CLIENTS}{story.registered.application.pk}/secrets/{where}/retire/"


def secret_of(story: Story) -> ClientSecret:
    found: ClientSecret = story.registered.application.oauthflows_secrets.earliest("pk")
    return found


def live(story: Story) -> int:
    count: int = story.registered.application.oauthflows_secrets.live().count()
    return count


# Secrets ----------------------------------------------------------------------------------------------------


@spec("B-7")
def test_the_page_of_a_client_leads_to_the_question() -> None:
    story, browser = begin(), administrator()
    page = browser.get(f"{CLIENTS}{story.registered.application.pk}/change/").content.decode()
    assert f'href="{url_of(story, secret_of(story))}"' in page
    assert f'action="{url_of(story, secret_of(story))}"' not in page


@spec("B-7")
def test_the_last_secret_of_an_enabled_client_is_retired_by_whoever_knows_that_it_stops() -> None:
    story, browser = begin(name="Paper"), administrator()
    story.tokens()
    url = url_of(story, secret_of(story))
    page = browser.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert LAST in text
    assert "1 grant that people gave it cannot be refreshed any more." in text
    assert browser.head(url).status_code == 200
    # A page that did not say so, or was not seen, retires nothing.
    assert LAST in browser.post(url).content.decode()
    assert live(story) == 1
    assert browser.post(url, fields_on(page, with_field="stops")).status_code == 302
    assert live(story) == 0


@spec("B-7")
def test_one_of_several_is_retired_without_a_warning() -> None:
    story, browser = begin(), administrator()
    secrets.add(story.registered.application, label="second")
    url = url_of(story, secret_of(story))
    page = browser.get(url).content.decode()
    assert LAST not in page
    assert "other secrets go on working" in page
    assert browser.post(url).status_code == 302
    assert live(story) == 1


@spec("B-7")
def test_it_may_have_become_the_last_one_since_the_page_was_seen() -> None:
    story, browser = begin(), administrator()
    secrets.add(story.registered.application, label="second")
    url = url_of(story, secret_of(story))
    fields = fields_on(browser.get(url), with_field="csrfmiddlewaretoken")
    secrets.retire(ClientSecret.objects.get(label="second"))
    assert LAST in browser.post(url, fields).content.decode()
    assert live(story) == 1


@spec("B-7")
def test_a_client_that_is_disabled_already_stops_no_more() -> None:
    story, browser = begin(), administrator()
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    url = url_of(story, secret_of(story))
    assert LAST not in browser.get(url).content.decode()
    assert browser.post(url).status_code == 302


@spec("B-7")
def test_the_secret_of_django_oauth_toolkit_is_asked_about_too() -> None:
    story, browser = begin(registered=dot_application()), administrator()
    url = url_of(story)
    assert LAST in browser.get(url).content.decode()
    assert LAST in browser.post(url).content.decode()
    secrets.add(story.registered.application, label="second")
    assert LAST not in browser.get(url).content.decode()
    assert LAST not in browser.get(url_of(story, secret_of(story))).content.decode()


# Actions of the lists -------------------------------------------------------------------------------------


def rows_of(action: str) -> tuple[str, str, Any]:
    """The list, and what makes and finds a row of it."""
    lists = {
        "withdraw": ("oauthflows/consent/", "withdraw_selected", Consent),
        "revoke": ("oauthflows/authorization/", "revoke_selected", Authorization),
        "token": ("oauth2_provider/accesstoken/", "revoke_selected", get_access_token_model()),
        "sign out": ("oauthflows/providersession/", "end_selected", ProviderSession),
    }
    return lists[action]


@spec("B-15", "B-21")
@pytest.mark.parametrize("action", ["withdraw", "revoke", "token", "sign out"])
def test_an_action_asks_first_and_ends_nothing(action: str) -> None:
    story = begin(person=PersonFactory(username="the-reader"))
    tokens = story.tokens()
    path, name, model = rows_of(action)
    row = model.objects.order_by("pk").first()
    browser, url = administrator(), f"/admin/{path}"
    asked = browser.post(url, {"action": name, "_selected_action": [str(row.pk)]})
    text = asked.content.decode()
    assert asked.status_code == 200
    assert "1 row is chosen." in text
    assert "the-reader" in text
    assert story.call(tokens["access_token"]).status_code == 200
    fields = fields_on(asked, with_field="_selected_action")
    assert browser.post(url, fields).status_code == 302
    row = model.objects.filter(pk=row.pk).first()
    ends = [getattr(row, member, None) for member in ("revoked", "ended")]
    assert row is None or any(ends)


@pytest.mark.parametrize("pressed", ["0", "1"])
def test_of_two_menus_of_actions_the_one_that_was_pressed_counts(pressed: str) -> None:
    """A project's own list may have one above and one below (Django's `actions_on_bottom`)."""
    story = begin()
    story.tokens()
    path, name, model = rows_of("withdraw")
    chosen = ["delete_selected", "delete_selected"]
    chosen[int(pressed)] = name
    key = str(model.objects.get().pk)
    browser, url = administrator(), f"/admin/{path}"
    asked = browser.post(url, {"action": chosen, "index": pressed, "_selected_action": [key]})
    assert fields_on(asked, with_field="_selected_action")["action"] == [name]


@spec("RFC 7591 §1.2")
def test_revoking_an_initial_access_token_asks_first() -> None:
    row, _ = initial_tokens.issue(label="For a friend")
    url, browser = "/admin/oauthflows/initialaccesstoken/", administrator()
    asked = browser.post(url, {"action": "revoke_selected", "_selected_action": [str(row.pk)]})
    assert "For a friend" in asked.content.decode()
    row.refresh_from_db()
    assert row.revoked is None
    browser.post(url, fields_on(asked, with_field="_selected_action"))
    row.refresh_from_db()
    assert row.revoked is not None


def test_all_rows_of_a_list_are_asked_about_together() -> None:
    people = [PersonFactory(username=f"reader-{number:02}") for number in range(12)]
    for person in people:
        begin(person=person).tokens()
    url, browser = "/admin/oauthflows/consent/", administrator()
    chosen = {"action": "withdraw_selected", "select_across": "1"}
    some = [str(Consent.objects.earliest("pk").pk)]
    asked = browser.post(url, {**chosen, "_selected_action": some})
    text = asked.content.decode()
    assert "12 rows are chosen." in text
    assert "and others" in text
    browser.post(url, fields_on(asked, with_field="_selected_action"))
    assert not Consent.objects.exists()
