"""The security review in the admin: shown, sorted, and mended by one click that says first what it does."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from tests.admin.pages import CLIENTS, administrator, fields_on
from tests.admin.reach import staff
from tests.marks import spec
from tests.statements.test_statements import statements
from tests.stories import begin, dot_application

pytestmark = pytest.mark.django_db

PROFILE = "legacy_profile_should_be_needed"


def page_url(registered: Any) -> str:
    return f"{CLIENTS}{registered.application.pk}/change/"


def fix_url(registered: Any, name: str = PROFILE) -> str:
    return f"{CLIENTS}{registered.application.pk}/review/{name}/"


def text_of(browser: Client, url: str) -> str:
    return browser.get(url).content.decode()


def test_the_page_of_a_client_shows_what_was_found() -> None:
    browser = administrator()
    old = ClientFactory(profile="legacy")
    page = text_of(browser, page_url(old))
    assert "Its profile is legacy, and none of its flows needs it." in page
    assert "RFC 9700 §2.1.1" in page
    assert "85/100" in page
    assert fix_url(old) in page
    fine = text_of(browser, page_url(ClientFactory()))
    assert "100/100" in fine
    assert "Nothing was found." in fine


def test_the_page_to_add_a_client_reviews_none() -> None:
    assert "Security review" not in text_of(administrator(), f"{CLIENTS}add/?preset=web-app")


@spec("RFC 9700 §2.1.1")
def test_a_fix_is_shown_before_it_is_done_and_recorded_after_it(
    django_capture_on_commit_callbacks: Any,
) -> None:
    browser = administrator()
    old = ClientFactory(profile="legacy")
    preview = browser.get(fix_url(old))
    assert "<td>Legacy</td><td>Standard (OAuth 2.1)</td>" in preview.content.decode()
    assert ClientPolicy.objects.get().profile == "legacy"

    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(fix_url(old), fields_on(preview, with_field="seal"))
    assert done["Location"] == page_url(old)
    assert ClientPolicy.objects.get().profile == "standard"
    row = AuditEvent.objects.get(event="client.changed")
    assert row.detail == {"finding": PROFILE, "changed": {"profile": ["legacy", "standard"]}}
    assert row.actor.startswith("person:")
    assert "100/100" in text_of(browser, page_url(old))


@spec("RFC 9700 §2.4")
def test_a_flow_that_was_taken_away_works_no_more() -> None:
    person = PersonFactory()
    story = begin(person=person, preset="legacy-app")
    grant = {
        "grant_type": "password",
        "username": person.username,
        "password": "correct horse battery staple",
        "scope": "notes:read",
    }
    assert story.token(**grant).status_code == 200
    browser = administrator()
    url = fix_url(story.registered, "password_flow_should_be_closed")
    preview = browser.get(url)
    assert "Authorization code" in preview.content.decode()
    browser.post(url, fields_on(preview, with_field="seal"))
    assert story.token(**grant).json()["error"] == "unauthorized_client"


@spec("RFC 9700 §2.1.1")
def test_the_preview_names_the_requests_it_would_have_refused() -> None:
    story = begin(profile="legacy")
    browser = administrator()
    url = fix_url(story.registered)
    assert "No request of any client has been recorded yet." in text_of(browser, url)

    story.tokens()  # with PKCE, which the standard profile takes
    assert "All of its 2 requests of the last 30 days" in text_of(browser, url)
    story.code(code_challenge=None, code_challenge_method=None)
    page = text_of(browser, url)
    assert "1 of 3 requests of the last 30 days would have been refused." in page
    assert "code_challenge_must_be_sent" in page
    assert "OAuth 2.1 §4.1.1" in page


@spec("RFC 9700 §2.4")
def test_the_preview_counts_requests_by_the_flow_that_is_taken_away() -> None:
    story = begin(preset="legacy-app")
    url = fix_url(story.registered, "password_flow_should_be_closed")
    story.tokens()
    browser = administrator()
    assert "All of its 2 requests" in text_of(browser, url)
    for _ in range(2):
        story.token(
            grant_type="password",
            username=story.person.username,
            password=PASSWORD,
            scope="notes:read",
        )
    page = text_of(browser, url)
    assert "2 of 4 requests" in page
    assert "This client may not use this grant_type." in page


def test_a_change_that_refuses_no_request_says_nothing_of_grants() -> None:
    client = ClientFactory(skips_consent=True)
    page = text_of(
        administrator(), fix_url(client, "consent_should_be_skipped_by_known_clients_only")
    )
    assert "<td>yes</td><td>no</td>" in page
    assert "would have" not in page


def test_what_changed_since_it_was_shown_is_shown_again(
    django_capture_on_commit_callbacks: Any,
) -> None:
    browser = administrator()
    old = ClientFactory(preset="legacy-app")
    url = fix_url(old, "password_flow_should_be_closed")
    fields = fields_on(browser.get(url), with_field="seal")
    ClientPolicy.objects.update(flows=["password", "authorization-code"])
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(url, fields)["Location"] == url
        assert browser.post(url)["Location"] == url
    assert ClientPolicy.objects.get().flows == ["password", "authorization-code"]
    assert not AuditEvent.objects.filter(event="client.changed").exists()


@pytest.mark.parametrize("name", [PROFILE, "redirect_uris_should_be_https", "no_such_finding"])
def test_what_is_in_order_or_takes_a_hand_is_left_alone(name: str) -> None:
    browser = administrator()
    fine = ClientFactory()
    before = ClientPolicy.objects.values().get()
    for answer in (browser.get(fix_url(fine, name)), browser.post(fix_url(fine, name))):
        assert answer["Location"] == page_url(fine)
    assert ClientPolicy.objects.values().get() == before


def test_an_application_without_a_policy_is_reviewed_and_has_nothing_to_click() -> None:
    browser = administrator()
    older = dot_application(skip_authorization=True)
    page = text_of(browser, page_url(older))
    assert "It has no policy: it may ask for any scope." in page
    assert "Show the change" not in page
    name = "consent_should_be_skipped_by_known_clients_only"
    assert browser.post(fix_url(older, name))["Location"] == page_url(older)


@spec("B-4")
def test_whoever_may_look_fixes_nothing() -> None:
    old = ClientFactory(profile="legacy")
    looker = staff("view_application", "view_clientpolicy")
    page = text_of(looker, page_url(old))
    assert "85/100" in page
    assert fix_url(old) not in page
    assert looker.get(fix_url(old)).status_code == 403
    assert looker.post(fix_url(old)).status_code == 403
    assert Client().post(fix_url(old))["Location"].startswith("/admin/login/")
    assert staff().get(f"{CLIENTS}review/").status_code == 403
    assert ClientPolicy.objects.get().profile == "legacy"


def test_whoever_may_change_a_client_fixes_it_though_not_its_policy() -> None:
    old = ClientFactory(profile="legacy")
    browser = staff("change_application")
    assert fix_url(old) in text_of(browser, page_url(old))
    browser.post(fix_url(old), fields_on(browser.get(fix_url(old)), with_field="seal"))
    assert ClientPolicy.objects.get().profile == "standard"


@spec("B-16")
def test_another_sites_form_fixes_nothing() -> None:
    old = ClientFactory(profile="legacy")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(PersonFactory(is_staff=True, is_superuser=True))
    assert browser.post(fix_url(old)).status_code == 403
    assert ClientPolicy.objects.get().profile == "legacy"


def test_all_clients_are_listed_the_riskiest_first(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        fine, older, old = (
            ClientFactory(name="Fine"),
            ClientFactory(name="Older", preset="legacy-app"),
            ClientFactory(name="Old", profile="legacy"),
        )
    page = text_of(administrator(), f"{CLIENTS}review/")
    places = [page.index(page_url(one)) for one in (older, old, fine)]
    assert places == sorted(places)
    assert "It may use the password flow." in page
    assert f"{CLIENTS}review/" in text_of(administrator(), CLIENTS)


@pytest.mark.parametrize("url", [CLIENTS, f"{CLIENTS}review/"])
def test_no_list_takes_more_statements_for_more_clients(url: str) -> None:
    browser = administrator()
    counts = []
    for _ in range(2):
        for _ in range(3):
            ClientFactory()
        dot_application(client_id=f"older-{timezone.now().timestamp()}")
        with statements() as counted:
            assert "/100" in text_of(browser, url)
        counts.append(len(counted))
    assert counts[0] == counts[1] < 10
