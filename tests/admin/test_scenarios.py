"""Adding a client by scenario, how to connect it, and its page in plain words."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import html
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.presets import PRESETS, Preset
from django_oauthflows.clients.profiles import BY_SLUG as PROFILES
from django_oauthflows.flows.catalogue import BY_SLUG as FLOWS
from django_oauthflows.testing.assertions import client_key, key_set_of
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.admin.pages import CLIENTS, administrator, browser_of, change, fields_on
from tests.admin.test_clients import add, secret_on
from tests.consent.test_consent_page import text_of
from tests.marks import spec
from tests.stories import dot_application

pytestmark = pytest.mark.django_db

#: Words nobody has to know before they can say what they build.
JARGON = re.compile(
    r"PKCE|\bgrant|\bscope|confidential|\bURI|\bbearer\b|\bflow|JWKS|loopback|scheme", re.IGNORECASE
)
SERVER = "https://mcp.example.com/mcp"
#: The kinds that get tokens; an API is called with those of others.
BEGINNING = [preset for preset in PRESETS if not preset.is_resource_server]


def escape(text: object) -> str:
    return html.escape(str(text))


def of(preset: Preset) -> Any:
    """A client of a kind, as the service makes it."""
    keys = {"jwks": key_set_of(client_key())} if preset.has_own_key else {}
    return ClientFactory(preset=preset.slug, **keys)


def plain_part(page: str) -> str:
    """What stands on a client's page before All settings."""
    body = page[page.index('id="oauthflows-overview"') :]
    return body[: body.index('<details class="oauthflows-all"')]


# The question, and what follows from the answer -----------------------------------------------------------


def test_the_question_is_asked_in_plain_words() -> None:
    page = administrator().get(f"{CLIENTS}add/").content.decode()
    cards = page[page.index('class="oauthflows-cards"') :]
    for preset in PRESETS:
        for text in (preset.title, preset.summary, preset.example):
            assert escape(text) in cards
            assert not JARGON.search(str(text)), text


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_each_answer_shows_what_follows_and_why(preset: Preset) -> None:
    page = administrator().get(f"{CLIENTS}add/?preset={preset.slug}").content.decode()
    for slug in preset.flows:
        assert escape(FLOWS[slug].name) in page
        assert escape(FLOWS[slug].why) in page
    profile = PROFILES[preset.profile]
    for text in (profile.title, profile.summary, profile.why):
        assert escape(text) in page


def test_each_kind_is_asked_what_it_needs_and_no_more() -> None:
    browser = administrator()
    asked = {
        preset.slug: set(
            fields_on(browser.get(f"{CLIENTS}add/?preset={preset.slug}"), with_field="name")
        )
        - {"csrfmiddlewaretoken"}
        for preset in PRESETS
    }
    person = {"name", "redirect_uris", "post_logout_redirect_uris"}
    assert asked["web-app"] == asked["single-page-app"] == asked["native-app"] == person
    assert asked["legacy-app"] == person
    assert asked["ai-agent"] == {"name", "redirect_uris", "allowed_resources"}
    assert asked["service"] == asked["device"] == {"name"}
    assert asked["api"] == {"name", "resources"}
    assert asked["service-account"] == {"name", "jwks", "jwks-file", "jwks_uri"}


@spec("RFC 8707 §2")
def test_an_agent_is_held_to_the_servers_it_was_registered_for() -> None:
    browser = administrator()
    wrong = browser.post(
        f"{CLIENTS}add/?preset=ai-agent",
        {
            "name": "Helper",
            "redirect_uris": "http://127.0.0.1/cb",
            "scopes": ["notes:read"],
            "allowed_resources": "mcp.example.com",
        },
    )
    assert "mcp.example.com must be a whole URI" in wrong.content.decode()
    browser.post(
        f"{CLIENTS}add/?preset=ai-agent",
        {
            "name": "Helper",
            "redirect_uris": "http://127.0.0.1/cb",
            "scopes": ["notes:read"],
            "allowed_resources": SERVER,
        },
    )
    policy = get_application_model().objects.get().oauthflows_policy
    assert (policy.allowed_resources, policy.profile) == ([SERVER], "mcp")


@spec("RFC 7662 §2.1")
def test_an_api_is_added_by_what_it_serves_and_told_where_to_ask() -> None:
    browser = administrator()
    said = {"name": "Prices"}
    wrong = browser.post(f"{CLIENTS}add/?preset=api", said)
    assert "This field is required." in wrong.content.decode()
    added = browser.post(
        f"{CLIENTS}add/?preset=api", said | {"resources": "http://testserver"}, follow=True
    )
    application = get_application_model().objects.get()
    policy = application.oauthflows_policy
    assert (policy.flows, policy.scopes, policy.resources) == ([], [], ["http://testserver"])
    assert "http://testserver/o/introspect/" in added.content.decode()
    page = browser.get(f"{CLIENTS}{application.pk}/change/").content.decode()
    assert "asks this site about them" in plain_part(page)
    assert change(browser, application.pk, policy__is_verified="on").status_code == 302
    policy.refresh_from_db()
    assert (policy.is_verified, policy.flows, policy.scopes) == (True, [], [])


def test_no_other_kind_is_saved_without_flows_and_scopes() -> None:
    made, browser = ClientFactory(), administrator()
    answer = change(browser, made.application.pk, policy__flows=[], policy__scopes=[])
    page = answer.content.decode()
    assert page.count("This field is required.") >= 2
    made.policy.refresh_from_db()
    assert made.policy.flows


def test_whoever_may_only_add_clients_adds_no_api() -> None:
    person = PersonFactory(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="add_application"))
    browser = browser_of(person)
    assert "?preset=service" in browser.get(f"{CLIENTS}add/").content.decode()
    assert "?preset=api" not in browser.get(f"{CLIENTS}add/").content.decode()
    said = {"name": "Prices", "resources": "http://testserver"}
    browser.post(f"{CLIENTS}add/?preset=api", said)
    assert not get_application_model().objects.exists()


# How to connect ------------------------------------------------------------------------------------------


@spec("B-4", "B-7")
def test_the_page_after_adding_says_once_how_the_shell_learns_the_secret() -> None:
    browser = administrator()
    response = add(browser)
    line = f"export CLIENT_SECRET={secret_on(response)}"
    assert response.content.decode().count(line) == 1
    pk = get_application_model().objects.get().pk
    later = browser.get(f"{CLIENTS}{pk}/connect/").content.decode()
    assert "export CLIENT_SECRET=" not in later
    assert "read -rs CLIENT_SECRET" in later


@pytest.mark.parametrize("preset", BEGINNING, ids=lambda preset: preset.slug)
def test_how_to_connect_can_be_read_at_any_time(preset: Preset) -> None:
    made = of(preset)
    response = administrator().get(f"{CLIENTS}{made.application.pk}/connect/")
    page = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    for language in ("curl", "authlib", "openid-client"):
        assert f'data-oauthflows-language="{language}"' in page
    assert page.count(made.client_id) > 3
    assert not made.client_secret or made.client_secret not in page
    assert "http://testserver/o/token/" in page


def test_what_cannot_be_begun_is_said_in_words() -> None:
    made = ClientFactory(preset="service", flows=["token-exchange"])
    page = administrator().get(f"{CLIENTS}{made.application.pk}/connect/").content.decode()
    assert "There is no program to copy" in page
    assert "oauthflows-snippet" not in page


def test_an_application_of_django_oauth_toolkit_is_connected_too() -> None:
    made = dot_application()
    page = administrator().get(f"{CLIENTS}{made.application.pk}/connect/").content.decode()
    assert "connect.py" in page
    assert made.client_id in page


def test_whoever_may_see_a_client_may_read_how_to_connect_it() -> None:
    made = ClientFactory()
    url = f"{CLIENTS}{made.application.pk}/connect/"
    assert browser_of(PersonFactory()).get(url).status_code == 302
    assert browser_of(PersonFactory(is_staff=True)).get(url).status_code == 403
    looking = PersonFactory(is_staff=True)
    looking.user_permissions.add(Permission.objects.get(codename="view_application"))
    browser = browser_of(looking)
    assert browser.get(url).status_code == 200
    assert browser.post(url).status_code == 405
    assert browser.get(f"{CLIENTS}999999/connect/").status_code == 404


def test_a_client_that_calls_itself_a_script_is_text() -> None:
    made = ClientFactory(
        name="<script>alert(1)</script>", client_id="</pre><script>alert(2)</script>"
    )
    for part in ("connect", "change"):
        page = administrator().get(f"{CLIENTS}{made.application.pk}/{part}/").content.decode()
        assert "<script>alert" not in page


# The page of a client ------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", BEGINNING, ids=lambda preset: preset.slug)
def test_a_clients_page_begins_with_what_it_is(preset: Preset) -> None:
    made = of(preset)
    page = administrator().get(f"{CLIENTS}{made.application.pk}/change/").content.decode()
    plain = plain_part(page)
    assert escape(preset.title) in plain
    assert escape(preset.summary) in plain
    assert "Read your notes" in plain or "Read notes" in plain
    assert f"{CLIENTS}{made.application.pk}/connect/" in plain
    assert plain.index(escape(preset.title)) < plain.index('name="name"')


def test_no_word_of_the_protocol_comes_before_all_settings() -> None:
    made = ClientFactory(name="Paper")
    page = administrator().get(f"{CLIENTS}{made.application.pk}/change/").content.decode()
    overview = plain_part(page)
    labels = re.findall(r"<(?:dt|label|h2)[^>]*>\s*([^<]+)<", overview)
    said = re.findall(r"<dd>([^<]*)", overview)
    assert any(label.startswith("Addresses it comes back to") for label in labels)
    assert [text for text in (*labels, *said) if JARGON.search(text)] == []


@pytest.mark.parametrize(
    ("client", "sentence"),
    [
        ({"preset": "web-app"}, "For people who sign in and agree to it."),
        ({"preset": "web-app", "skips_consent": True}, "They are not asked"),
        ({"preset": "service"}, "For itself. Nobody signs in."),
        (
            {"preset": "web-app", "flows": ["authorization-code-pkce", "client-credentials"]},
            "For people who sign in and agree to it. And for itself.",
        ),
        ({"preset": "single-page-app"}, "Nothing it could lose"),
        ({"preset": "web-app"}, "Its secret."),
        ({"preset": "web-app", "redirect_uris": ["https://shop.example/cb"]}, "shop.example"),
    ],
)
def test_the_overview_says_whom_it_acts_for(client: dict[str, Any], sentence: str) -> None:
    made = ClientFactory(**client)
    response = administrator().get(f"{CLIENTS}{made.application.pk}/change/")
    assert sentence in text_of(response)


def test_a_disabled_client_is_told_apart_at_a_glance() -> None:
    made = ClientFactory()
    made.policy.is_enabled = False
    made.policy.save()
    response = administrator().get(f"{CLIENTS}{made.application.pk}/change/")
    assert "It is disabled: it gets no tokens" in text_of(response)


def test_a_client_without_any_secret_is_said_to_be_shut_out() -> None:
    made = ClientFactory()
    made.application.oauthflows_secrets.all().delete()
    response = administrator().get(f"{CLIENTS}{made.application.pk}/change/")
    assert "it has no secret, so it cannot get in" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "is_open"),
    [
        ({"name": "x" * 300}, False),
        ({"redirect_uris": "http://client.example/"}, False),
        ({"policy__client_uri": "not an address"}, False),
        ({"policy__scopes": []}, True),
        ({"policy__flows": ["implicit"], "policy__profile": "standard"}, True),
    ],
)
def test_an_error_in_all_settings_opens_them(changes: dict[str, Any], is_open: bool) -> None:
    made = ClientFactory()
    response = change(administrator(), made.application.pk, **changes)
    assert response.status_code == 200
    page = response.content.decode()
    assert "errornote" in page
    assert ('<details class="oauthflows-all" open>' in page) == is_open


def test_what_has_no_policy_shows_all_settings_at_once() -> None:
    made = dot_application()
    page = administrator().get(f"{CLIENTS}{made.application.pk}/change/").content.decode()
    assert '<details class="oauthflows-all" open>' in page
    assert page.count('name="oauthflows_policy-0-client_uri"') == 1


def test_every_field_stands_on_the_page_once() -> None:
    made = ClientFactory()
    page = administrator().get(f"{CLIENTS}{made.application.pk}/change/").content.decode()
    for name in ("name", "redirect_uris", "user", "oauthflows_policy-0-client_uri"):
        assert page.count(f' name="{name}"') == 1, name
    assert page.count('name="oauthflows_policy-TOTAL_FORMS"') == 1
    saved = change(
        administrator(), made.application.pk, policy__client_uri="https://paper.example/"
    )
    assert saved.status_code == 302
    made.policy.refresh_from_db()
    assert made.policy.client_uri == "https://paper.example/"
