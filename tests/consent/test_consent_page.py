"""The consent page: what it shows, what a person may choose, and that nobody else can choose for them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings
from oauth2_provider.models import get_grant_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin

pytestmark = pytest.mark.django_db


def text_of(response: object) -> str:
    """What is on a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows_of(response: object) -> dict[str, str]:
    """Each line of the page's form: the scope and the tag and words it is shown with."""
    page = response.content.decode()
    rows = re.findall(r'<label class="of-scope.*?</label>', page, re.DOTALL)
    return {re.search(r'value="([^"]+)"', row)[1]: row for row in rows}


# What it shows ------------------------------------------------------------------------------------------


@spec("B-14")
def test_the_page_says_who_asks_for_what_and_where_it_leads() -> None:
    story = begin(name="Paper & Pen")
    response = story.ask(scope="notes:read profile")
    page = text_of(response)
    assert response.status_code == 200
    assert "Paper &amp; Pen asks to use your account" in page
    assert "Not verified" in page
    assert "Read your notes" in page
    assert "See your name" in page
    assert "Write and change your notes" not in page
    assert "client.example" in page
    assert story.person.username in page


@spec("B-14")
def test_the_page_says_whose_identity_was_checked() -> None:
    page = text_of(begin(is_verified=True).ask())
    assert "Not verified" not in page
    assert "the people who run this site know who it belongs to" in page


@spec("B-14")
def test_the_page_warns_of_an_app_that_registered_itself() -> None:
    story = begin()
    story.registered.application.registration_source = "dcr"
    story.registered.application.save()
    assert "This app registered itself." in text_of(story.ask())


@spec("B-14")
def test_the_page_shows_what_a_client_says_of_itself_as_text() -> None:
    page = begin(name="<script>alert(1)</script>").ask().content.decode()
    assert "<script>" not in page


@spec("B-14")
def test_the_page_shows_the_clients_links_and_logo_and_lets_the_logo_load() -> None:
    story = begin()
    policy = story.registered.policy
    policy.client_uri = "https://client.example/about"
    policy.logo_uri = "https://images.example/logo.png"
    policy.policy_uri = "https://client.example/privacy"
    policy.tos_uri = "https://client.example/terms"
    policy.save()
    response = story.ask()
    page = response.content.decode()
    for uri in (policy.client_uri, policy.logo_uri, policy.policy_uri, policy.tos_uri):
        assert uri in page
    (images,) = re.findall(r"img-src ([^;]+)", response["Content-Security-Policy"])
    assert "https://images.example" in images.split()


@pytest.mark.parametrize(
    ("preset", "uri", "shown"),
    [
        ("native-app", "com.example.app:/callback", "the app on this device (com.example.app)"),
        ("native-app", "http://127.0.0.1/callback", "a program on this device (127.0.0.1)"),
        ("web-app", "https://client.example:8443/callback", "client.example:8443"),
    ],
)
@spec("B-14")
def test_the_page_says_where_the_person_goes_next(preset: str, uri: str, shown: str) -> None:
    assert shown in text_of(begin(preset=preset, redirect_uris=(uri,)).ask())


@spec("B-14")
def test_a_required_scope_cannot_be_unticked_and_the_others_can() -> None:
    story = begin(required_scopes=("profile",))
    rows = rows_of(story.ask(scope="notes:read profile"))
    assert "disabled" in rows["profile"]
    assert "disabled" not in rows["notes:read"]
    assert "checked" in rows["notes:read"]


@spec("B-2")
def test_the_page_is_kept_and_framed_by_nobody_and_runs_nothing() -> None:
    response = begin().ask()
    policy = response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<style| style=| on\w+=", response.content.decode())


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://client.example/callback", "https:"),
        ("com.example.app:/callback", "com.example.app:"),
        ("http://127.0.0.1:8123/callback", "http://127.0.0.1:8123"),
        ("http://[::1]:8123/callback", "http://[::1]:8123"),
    ],
)
@spec("B-2")
def test_the_browser_may_follow_the_form_to_the_client(uri: str, source: str) -> None:
    response = begin(preset="native-app", redirect_uris=(uri,)).ask()
    (targets,) = re.findall(r"form-action ([^;]+)", response["Content-Security-Policy"])
    assert {"'self'", source} <= set(targets.split())


# What a person may choose -------------------------------------------------------------------------------


@spec("B-14", "RFC 6749 §3.3")
def test_the_token_holds_what_was_ticked_and_says_so() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:read notes:write", scopes=["notes:read"])
    assert tokens["scope"] == "notes:read"
    assert story.call(tokens["access_token"]).status_code == 200
    assert story.call(tokens["access_token"], method="post").status_code == 403


@spec("B-14")
def test_a_required_scope_is_granted_whatever_the_form_says() -> None:
    story = begin(required_scopes=("profile",))
    tokens = story.tokens(scope="notes:read profile", scopes=["notes:read"])
    assert tokens["scope"] == "notes:read profile"


@spec("B-14")
def test_a_required_scope_that_was_not_asked_for_is_not_granted() -> None:
    story = begin(required_scopes=("profile",))
    assert story.tokens(scope="notes:read")["scope"] == "notes:read"


@spec("B-14")
def test_openid_cannot_be_unticked() -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        story = begin()
        tokens = story.tokens(scope="openid notes:read", scopes=[])
    assert tokens["scope"] == "openid"


@spec("B-14")
def test_to_allow_nothing_is_asked_about_again() -> None:
    story = begin()
    response = story.decide(scopes=[])
    assert response.status_code == 400
    assert "Choose at least one thing to allow, or press Deny." in text_of(response)
    assert "checked" not in "".join(rows_of(response).values())
    assert not get_grant_model().objects.exists()
    assert story.ask().status_code == 200


@spec("RFC 6749 §4.1.2.1", "B-16")
def test_deny_is_access_denied_with_the_state() -> None:
    story = begin()
    response = story.decide("deny")
    answer = answered(response)
    assert response.status_code == 303
    assert response["Location"].startswith("https://client.example/callback?")
    assert answer["error"] == "access_denied"
    assert answer["state"] == "a-state"
    assert answer["iss"] == "http://testserver/o"
    assert "code" not in answer
    assert not get_grant_model().objects.exists()


@spec("B-16")
def test_deny_is_remembered_as_nothing(django_capture_on_commit_callbacks) -> None:
    story = begin()
    with django_capture_on_commit_callbacks(execute=True):
        story.decide("deny")
    assert AuditEvent.objects.get(event="consent.denied").user == story.person
    assert story.ask().status_code == 200


@spec("B-16")
def test_deny_is_denied_although_another_tab_allowed_it_meanwhile() -> None:
    story = begin()
    assert story.ask().status_code == 200
    story.decide("allow")
    assert answered(story.decide("deny"))["error"] == "access_denied"


@spec("B-14", "B-16")
def test_what_was_unticked_stays_out_although_another_tab_allowed_it_meanwhile() -> None:
    story = begin()
    assert story.ask().status_code == 200
    story.decide(scope="notes:read notes:write")
    tokens = story.tokens(scope="notes:read notes:write", scopes=["notes:read"])
    assert tokens["scope"] == "notes:read"


@pytest.mark.parametrize("decision", ["", "perhaps", "ALLOW"])
@spec("B-16")
def test_no_other_button_allows_anything(decision: str) -> None:
    assert begin().decide(decision).status_code == 200
    assert not get_grant_model().objects.exists()


@spec("B-14")
def test_a_decision_in_the_address_is_no_decision() -> None:
    response = begin().ask(decision="allow", scopes="notes:read")
    assert response.status_code == 200
    assert not get_grant_model().objects.exists()


@spec("RFC 9700 §4.12")
def test_the_form_is_answered_so_that_no_browser_posts_it_on() -> None:
    assert begin().decide().status_code == 303


# Who may choose -----------------------------------------------------------------------------------------


@spec("B-16")
def test_nobody_agrees_before_they_sign_in() -> None:
    story = begin()
    story.browser.logout()
    for response in (story.ask(), story.decide()):
        assert response.status_code == 302
        assert urlsplit(response["Location"]).path == "/accounts/login/"
    assert not get_grant_model().objects.exists()


@spec("B-16")
def test_after_signing_in_the_request_goes_on_where_it_was() -> None:
    story = begin()
    story.browser.logout()
    url = story.authorization_url(state="a&b=c")
    sign_in = story.browser.get(url)["Location"]
    assert parse_qs(urlsplit(sign_in).query)["next"] == [url]
    response = story.browser.post(
        sign_in, {"username": story.person.username, "password": "correct horse battery staple"}
    )
    assert response["Location"] == url
    assert story.browser.get(url).status_code == 200


@spec("B-16")
def test_another_sites_form_agrees_to_nothing() -> None:
    story = begin()
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    for decision in ("allow", "deny"):
        assert story.decide(decision).status_code == 403
    assert not get_grant_model().objects.exists()


@spec("B-16")
def test_the_pages_own_form_does() -> None:
    story = begin()
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    page = story.ask().content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    response = story.press(
        story.authorization_url(),
        csrfmiddlewaretoken=token,
        decision="allow",
        scopes="notes:read",
    )
    assert "code" in answered(response)


@spec("B-15")
def test_one_persons_yes_is_not_anothers() -> None:
    story = begin()
    story.decide()
    other: Story = begin(registered=story.registered, person=PersonFactory())
    assert other.ask().status_code == 200


@spec("B-16")
def test_a_sign_in_page_on_another_host_knows_the_way_back() -> None:
    story = begin()
    story.browser = Client()
    with override_settings(LOGIN_URL="https://accounts.example/login"):
        location = urlsplit(story.ask()["Location"])
    assert location.netloc == "accounts.example"
    assert parse_qs(location.query)["next"][0].startswith("http://testserver/o/authorize/?")
