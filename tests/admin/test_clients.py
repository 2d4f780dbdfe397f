"""Clients in the admin: added by scenario, changed field by field, their secrets shown once."""

import html
import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from oauth2_provider.models import get_application_model

from django_oauthflows import dot
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.presets import PRESETS
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.clients.review.gathering import review_of
from django_oauthflows.rules.pkce_switches import SWITCHES
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import CLIENTS, administrator, browser_of, change
from tests.marks import spec
from tests.stories import begin, dot_application, error_of

pytestmark = pytest.mark.django_db

FILLED_IN = {
    "web-app": {"redirect_uris": "https://client.example/callback", "required_scopes": ["profile"]},
    "single-page-app": {"redirect_uris": "https://client.example/\nhttps://client.example/two"},
    "native-app": {"redirect_uris": "com.example.app:/callback"},
    "service": {},
}


def add(browser: Client, preset: str = "web-app", **fields: object) -> object:
    """The page after adding, or the form once more."""
    return browser.post(
        f"{CLIENTS}add/?preset={preset}",
        {"name": "Paper", "scopes": ["notes:read", "profile"], **FILLED_IN[preset], **fields},
        follow=True,
    )


def secret_on(response: object) -> str:
    found = re.findall(
        r'<code class="oauthflows-secret"[^>]*>([^<]+)</code>', response.content.decode()
    )
    return found[0] if found else ""


def as_added(preset: str, secret: str) -> RegisteredClient:
    """The one client there is, with the secret the page showed."""
    application = get_application_model().objects.get()
    return RegisteredClient(
        application=application,
        policy=application.oauthflows_policy,
        client_id=application.client_id,
        client_secret=secret,
        redirect_uris=tuple(application.redirect_uris.split()),
        scopes=tuple(application.oauthflows_policy.scopes),
        preset=preset,
        profile=application.oauthflows_policy.profile,
    )


# Adding -------------------------------------------------------------------------------------------------


def test_the_first_question_is_what_kind_of_client_it_is() -> None:
    page = administrator().get(f"{CLIENTS}add/").content.decode()
    for preset in PRESETS:
        assert f'href="?preset={preset.slug}"' in page
        assert str(preset.title) in page


@pytest.mark.parametrize("preset", FILLED_IN)
def test_a_client_of_each_kind_is_added_and_works(preset: str) -> None:
    browser = administrator()
    assert browser.get(f"{CLIENTS}add/?preset={preset}").status_code == 200
    response = add(browser, preset)
    secret = secret_on(response)
    assert bool(secret) == (preset in ("web-app", "service"))
    story = begin(registered=as_added(preset, secret))
    if preset == "service":
        answer = story.token(grant_type="client_credentials", scope="notes:read")
        assert answer.status_code == 200
    else:
        assert story.tokens()["scope"] == "notes:read profile"


@spec("RFC 9700 §2.1.1", "B-13")
@pytest.mark.parametrize("preset", FILLED_IN)
def test_the_page_after_adding_says_what_to_switch_on_at_the_clients_side(preset: str) -> None:
    page = html.unescape(add(administrator(), preset).content.decode())
    for program, setting in SWITCHES:
        assert (f"{program}: <code>{setting}</code>" in page) == (preset != "service")


@spec("B-14")
def test_what_was_filled_in_is_what_the_client_gets() -> None:
    add(administrator(), is_verified="on", post_logout_redirect_uris="https://client.example/bye")
    application = get_application_model().objects.get()
    policy = application.oauthflows_policy
    assert application.name == "Paper"
    assert application.redirect_uris == "https://client.example/callback"
    assert application.post_logout_redirect_uris == "https://client.example/bye"
    assert policy.scopes == ["notes:read", "profile"]
    assert policy.required_scopes == ["profile"]
    assert policy.is_verified
    assert policy.profile == "standard"


@spec("B-4", "B-7")
def test_the_secret_is_shown_once_and_written_down_nowhere(
    django_capture_on_commit_callbacks,
) -> None:
    browser = administrator()
    with django_capture_on_commit_callbacks(execute=True):
        response = add(browser)
    secret = secret_on(response)
    assert len(secret) == 43
    # By itself, and in the line that tells the shell.
    page = response.content.decode()
    assert (
        page.count(secret) == page.count(f">{secret}<") + page.count(f"CLIENT_SECRET={secret}") == 2
    )
    assert "no-store" in response["Cache-Control"]
    pk = get_application_model().objects.get().pk
    pages = [
        browser.get(path).content.decode()
        for path in (
            CLIENTS,
            f"{CLIENTS}{pk}/change/",
            f"{CLIENTS}{pk}/history/",
            f"{CLIENTS}{pk}/delete/",
            "/admin/",
            "/admin/oauthflows/auditevent/",
        )
    ]
    rows = [
        *ClientSecret.objects.values(),
        *ClientPolicy.objects.values(),
        *LogEntry.objects.values(),
        *AuditEvent.objects.values(),
        *get_application_model().objects.values(),
        *(session.get_decoded() for session in Session.objects.all()),
    ]
    cookies = "".join(morsel.value for morsel in browser.cookies.values())
    assert "Paper" in "".join(pages)
    assert LogEntry.objects.exists()
    assert AuditEvent.objects.exists()
    assert secret not in "".join(pages) + repr(rows) + cookies


def test_the_record_names_whoever_added_it(django_capture_on_commit_callbacks) -> None:
    person = PersonFactory(is_staff=True, is_superuser=True)
    with django_capture_on_commit_callbacks(execute=True):
        add(browser_of(person))
    event = AuditEvent.objects.get(event="client.registered")
    assert (event.actor, event.network) == (f"person:{person.pk}", "127.0.0.1")
    assert event.client_id == get_application_model().objects.get().client_id


@spec("B-4")
def test_sending_the_form_again_shows_no_old_secret() -> None:
    browser = administrator()
    first, second = secret_on(add(browser)), secret_on(add(browser))
    assert first != second
    assert get_application_model().objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"redirect_uris": ""}, "This field is required."),
        ({"scopes": []}, "This field is required."),
        ({"redirect_uris": "http://client.example/"}, "must begin with https://"),
        ({"redirect_uris": "https://client.example/#top"}, "must not have a fragment"),
        ({"redirect_uris": "https://*.client.example/"}, "must be one exact address, without *"),
        ({"redirect_uris": "https://me:pw@client.example/"}, "must not hold a user name"),
        ({"redirect_uris": "com.example.app:/callback"}, "Only installed apps come back"),
        ({"redirect_uris": "javascript:alert(1)"}, "does not lead to an app"),
        ({"redirect_uris": "client.example"}, "must begin with https://"),
        ({"redirect_uris": "https:///callback"}, "names no host"),
        ({"post_logout_redirect_uris": "http://client.example/"}, "must begin with https://"),
        ({"required_scopes": ["notes:write"]}, "Not among the client&#x27;s scopes: notes:write."),
    ],
)
@spec("B-8")
def test_a_mistake_is_named_where_it_was_made(fields: dict[str, object], message: str) -> None:
    response = add(administrator(), **fields)
    assert response.status_code == 200
    (name,) = fields
    page = response.content.decode()
    field = re.search(rf'<(div|fieldset) class="[^"]*field-{name} errors.*?</\1>', page, re.DOTALL)
    assert field is not None
    assert message in field[0]
    assert not get_application_model().objects.exists()


def test_each_wrong_address_has_its_own_message() -> None:
    response = add(
        administrator(),
        redirect_uris="http://one.example/\nhttps://two.example/#x\nhttps://ok.example/",
    )
    page = response.content.decode()
    assert "http://one.example/ must begin with https://" in page
    assert "https://two.example/#x must not have a fragment" in page
    assert "https://ok.example/ must" not in page


def test_an_unknown_kind_is_asked_about_again() -> None:
    page = administrator().get(f"{CLIENTS}add/?preset=toaster").content.decode()
    assert 'href="?preset=web-app"' in page


# Changing -----------------------------------------------------------------------------------------------


def test_the_page_of_a_client_saves_as_it_came(django_capture_on_commit_callbacks) -> None:
    story = begin(required_scopes=("profile",))
    pk = story.registered.application.pk
    before = [*get_application_model().objects.values(), *ClientPolicy.objects.values()]
    with django_capture_on_commit_callbacks(execute=True):
        response = change(administrator(), pk)
    assert response.status_code == 302
    after = [*get_application_model().objects.values(), *ClientPolicy.objects.values()]
    for row in (*before, *after):
        row.pop("updated")
    assert after == before
    assert json.loads(LogEntry.objects.get().change_message) == []


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("name", "Pen", "Pen"),
        ("redirect_uris", "https://a.example/ https://b.example/", "https://a.example/ https://b.example/"),
        ("allowed_origins", "https://a.example", "https://a.example"),
        ("policy__profile", "legacy", "legacy"),
        ("policy__flows", ["refresh-token"], ["refresh-token"]),
        ("policy__scopes", ["profile"], ["profile"]),
        ("policy__default_scopes", ["profile"], ["profile"]),
        ("policy__access_token_lifetime", "60", 60),
        ("policy__skips_consent", "on", True),
        ("policy__may_omit_pkce_and_nonce", "on", True),
        ("policy__is_enabled", [], False),
        ("policy__revokes_on_logout", "true", True),
        ("policy__revokes_on_password_change", "false", False),
        ("policy__frontchannel_logout_session_required", "false", False),
        ("policy__frontchannel_logout_session_required", "unknown", None),
        ("policy__resources", "https://a.example/\nhttps://b.example/", ["https://a.example/", "https://b.example/"]),
        ("policy__allowed_resources", "https://a.example/", ["https://a.example/"]),
        ("policy__exchange_targets", "https://a.example/\nbilling", ["https://a.example/", "billing"]),
        ("policy__may_impersonate", "on", True),
        ("policy__logo_uri", "https://a.example/logo.png", "https://a.example/logo.png"),
    ],
)  # fmt: skip
def test_every_setting_can_be_changed(field: str, sent: object, kept: object) -> None:
    application = begin().registered.application
    assert change(administrator(), application.pk, **{field: sent}).status_code == 302
    row = get_application_model().objects.get(pk=application.pk)
    if field.startswith("policy__"):
        row = row.oauthflows_policy
    assert getattr(row, field.removeprefix("policy__")) == kept


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"redirect_uris": "http://a.example/"}, "must begin with https://"),
        ({"redirect_uris": "com.example.app:/"}, "Only installed apps come back"),
        ({"post_logout_redirect_uris": "https://a.example/#x"}, "must not have a fragment"),
        ({"policy__required_scopes": ["notes:read"], "policy__scopes": ["profile"]}, "Not among the client"),
        ({"policy__default_scopes": ["notes:read"], "policy__scopes": ["profile"]}, "Not among the client"),
        ({"policy__default_scopes": ["oauthflows:clients:read"]}, "Select a valid choice."),
        ({"policy__scopes": []}, "This field is required."),
        ({"policy__flows": []}, "This field is required."),
        ({"policy__profile": "lax"}, "Select a valid choice."),
        ({"policy__logo_uri": "javascript:alert(1)"}, "must begin with https://"),
        ({"policy__access_token_lifetime": "-1"}, "greater than or equal to 0"),
    ],
)  # fmt: skip
@spec("B-8")
def test_a_mistake_in_a_change_is_named_and_nothing_is_saved(
    changes: dict[str, object], message: str
) -> None:
    story = begin()
    response = change(administrator(), story.registered.application.pk, name="Pen", **changes)
    assert response.status_code == 200
    assert message in response.content.decode()
    story.registered.application.refresh_from_db()
    assert story.registered.application.name != "Pen"


@spec("RFC 6749 §3.3", "B-9")
def test_a_scope_that_is_taken_leaves_the_default_ones_and_the_record_says_so(
    django_capture_on_commit_callbacks,
) -> None:
    application = begin(scopes=("notes:read", "profile")).registered.application
    with django_capture_on_commit_callbacks(execute=True):
        changed = change(administrator(), application.pk, policy__scopes=["profile"])
    assert changed.status_code == 302
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.default_scopes) == (["profile"], ["profile"])
    assert "Default scopes" in LogEntry.objects.get().change_message


def test_a_wrong_address_says_nothing_of_the_one_that_is_stored() -> None:
    key = begin().registered.application.pk
    page = change(administrator(), key, redirect_uris="client.example").content.decode()
    errors = re.findall(r'<ul class="errorlist".*?</ul>', page, re.DOTALL)
    assert [error.count("<li>") for error in errors] == [1]
    assert "client.example must begin with https://" in errors[0]


@spec("B-20")
def test_a_client_disabled_in_the_admin_stops_at_once() -> None:
    story = begin()
    tokens = story.tokens()
    change(administrator(), story.registered.application.pk, policy__is_enabled=[])
    assert story.call(tokens["access_token"]).status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"])) == (401, "invalid_client")


@spec("B-8")
def test_an_address_taken_away_in_the_admin_is_gone_at_once() -> None:
    story = begin()
    assert story.ask().status_code == 200
    change(administrator(), story.registered.application.pk, redirect_uris="https://other.example/")
    assert story.ask().status_code == 400


def test_a_change_is_audited(django_capture_on_commit_callbacks) -> None:
    story = begin()
    with django_capture_on_commit_callbacks(execute=True):
        change(administrator(), story.registered.application.pk, name="Pen")
    event = AuditEvent.objects.get(event="client.changed")
    assert event.client_id == story.registered.client_id
    assert event.detail["changed"] == [{"changed": {"fields": ["Name"]}}]


def test_the_list_shows_kind_profile_and_state() -> None:
    begin(name="Ours")
    dot_application(name="An older app")
    page = administrator().get(CLIENTS).content.decode()
    assert "A web app with a back end" in page
    assert "standard" in page
    assert "none yet" in page


def test_the_list_can_be_searched_and_filtered() -> None:
    ours = begin(name="Ours").registered
    browser = administrator()
    assert "Ours" in browser.get(CLIENTS, {"q": ours.client_id}).content.decode()
    query = {"oauthflows_policy__preset": "service"}
    assert ">Ours<" not in browser.get(CLIENTS, query).content.decode()


@pytest.mark.parametrize("pk", ["abc", "999999", "_5F"])
def test_the_page_of_no_client_leads_back(pk: str) -> None:
    assert administrator().get(f"{CLIENTS}{pk}/change/").status_code == 302


# Applications of django-oauth-toolkit's -----------------------------------------------------------------


def test_an_application_without_a_policy_can_be_changed_and_stays_without() -> None:
    application = dot_application().application
    response = change(administrator(), application.pk, name="Renamed")
    assert response.status_code == 302
    application.refresh_from_db()
    assert application.name == "Renamed"
    assert not ClientPolicy.objects.exists()


def test_an_application_gets_a_policy_when_one_is_filled_in() -> None:
    registered = dot_application()
    response = change(
        administrator(),
        registered.application.pk,
        policy__preset="web-app",
        policy__flows=["authorization-code", "refresh-token"],
        policy__scopes=["notes:read"],
        policy__profile="legacy",
    )
    assert response.status_code == 302
    assert ClientPolicy.objects.get().profile == "legacy"
    story = begin(registered=registered)
    no_pkce = {"code_challenge": None, "code_challenge_method": None}
    assert story.redeem(story.code(**no_pkce), code_verifier=None).status_code == 200


@spec("RFC 7662 §2.1")
def test_an_application_that_introspects_goes_on_when_it_gets_its_policy() -> None:
    api = begin(registered=dot_application())
    token = begin().tokens(scope="notes:read")["access_token"]
    assert api.introspect(token)["active"] is True
    browser, pk = administrator(), api.registered.application.pk
    page = browser.get(f"{CLIENTS}{pk}/change/").content.decode()
    box = page.split('name="oauthflows_policy-0-may_introspect_all"')[1].split(">")[0]

    response = change(
        browser,
        pk,
        policy__preset="web-app",
        policy__flows=["authorization-code", "refresh-token"],
        policy__scopes=["notes:read"],
    )

    assert response.status_code == 302
    assert "checked" in box
    assert ClientPolicy.objects.get(application=pk).may_introspect_all
    assert api.introspect(token)["active"] is True
    found = {one.name for one in review_of(dot.applications().get(pk=pk)).findings}
    assert "introspection_should_be_of_its_own" in found


@spec("B-4")
def test_the_secret_of_an_application_is_on_no_page() -> None:
    application = dot_application().application
    page = administrator().get(f"{CLIENTS}{application.pk}/change/").content.decode()
    assert "a secret its owner chose" not in page


# Secrets ------------------------------------------------------------------------------------------------


@spec("B-4", "B-7")
def test_a_second_secret_is_shown_once_and_both_work() -> None:
    story, browser = begin(), administrator()
    pk = story.registered.application.pk
    response = browser.post(f"{CLIENTS}{pk}/secrets/add/", {"label": "next year"}, follow=True)
    secret = secret_on(response)
    assert "no-store" in response["Cache-Control"]
    page = browser.get(f"{CLIENTS}{pk}/change/").content.decode()
    assert "next year" in page
    assert secret not in page + repr([*LogEntry.objects.values()])
    second = begin(registered=as_added("web-app", secret), person=story.person)
    assert story.tokens()["access_token"]
    assert "code" in answered(second.ask())
    assert second.tokens()["access_token"]


@spec("B-7")
def test_a_retired_secret_stops_and_the_others_go_on(django_capture_on_commit_callbacks) -> None:
    story, browser = begin(), administrator()
    pk = story.registered.application.pk
    old = ClientSecret.objects.get()
    new = secret_on(browser.post(f"{CLIENTS}{pk}/secrets/add/", follow=True))
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(f"{CLIENTS}{pk}/secrets/{old.pk}/retire/")
    assert response.status_code == 302
    assert error_of(story.token(grant_type="refresh_token", refresh_token="x")) == (
        401,
        "invalid_client",
    )
    assert begin(registered=as_added("web-app", new)).tokens()["access_token"]
    assert "retired" in browser.get(f"{CLIENTS}{pk}/change/").content.decode()
    assert AuditEvent.objects.get(event="secret.retired").detail == {"label": old.label}


@spec("B-7")
def test_a_secret_is_retired_by_its_own_client_and_once() -> None:
    story, other, browser = begin(), begin(), administrator()
    pk, secret = (
        other.registered.application.pk,
        ClientSecret.objects.get(application=story.registered.application),
    )
    assert browser.post(f"{CLIENTS}{pk}/secrets/{secret.pk}/retire/").status_code == 404
    own = f"{CLIENTS}{story.registered.application.pk}/secrets/{secret.pk}/retire/"
    assert browser.post(own, {"stops": "yes"}).status_code == 302
    assert browser.post(own, {"stops": "yes"}).status_code == 404


@spec("B-6")
def test_a_public_client_gets_no_secret() -> None:
    story, browser = begin(preset="single-page-app"), administrator()
    pk = story.registered.application.pk
    assert browser.post(f"{CLIENTS}{pk}/secrets/add/").status_code == 404
    assert "Add a secret" not in browser.get(f"{CLIENTS}{pk}/change/").content.decode()


def test_a_link_adds_and_retires_nothing() -> None:
    """Retiring is asked about first: see `test_retiring`."""
    story, browser = begin(), administrator()
    pk, secret = story.registered.application.pk, ClientSecret.objects.get()
    assert browser.get(f"{CLIENTS}{pk}/secrets/add/").status_code == 405
    assert browser.get(f"{CLIENTS}{pk}/secrets/{secret.pk}/retire/").status_code == 200
    assert story.tokens()["access_token"]


@spec("B-7")
def test_the_secret_django_oauth_toolkit_stored_can_be_retired() -> None:
    stock = begin(registered=dot_application(client_secret="a secret of old"))
    browser = administrator()
    page = browser.get(f"{CLIENTS}{stock.registered.application.pk}/change/").content.decode()
    retire = f"{CLIENTS}{stock.registered.application.pk}/secrets/dot/retire/"
    assert retire in page
    assert browser.post(retire, {"stops": "yes"}).status_code == 302
    assert stock.post("introspect", token="any").status_code == 401
    assert browser.post(retire, {"stops": "yes"}).status_code == 404


@spec("RFC 7591 §2", "B-5")
def test_a_confidential_client_cannot_be_told_to_authenticate_with_nothing() -> None:
    story = begin()
    response = change(
        administrator(),
        story.registered.application.pk,
        **{"oauthflows_policy-0-authentication_method": "none"},
    )
    assert "a confidential one must" in response.content.decode()


@pytest.mark.parametrize("field", ["resources", "allowed_resources"])
@spec("RFC 8707 §2")
def test_a_resource_is_a_whole_address(field: str) -> None:
    story = begin()
    response = change(
        administrator(),
        story.registered.application.pk,
        **{f"oauthflows_policy-0-{field}": "api"},
    )
    assert "must be a whole URI" in response.content.decode()


@pytest.mark.parametrize("target", ["https://a.example/#x", "https://"])
@spec("RFC 8693 §2.1")
def test_an_exchange_target_is_a_whole_address_or_a_name(target: str) -> None:
    story = begin()
    response = change(
        administrator(), story.registered.application.pk, policy__exchange_targets=target
    )
    assert "must be" in response.content.decode()
    story.registered.policy.refresh_from_db()
    assert story.registered.policy.exchange_targets == []


@spec("OpenID Connect Back-Channel Logout 1.0 §2.2", "OpenID Connect Front-Channel Logout 1.0 §2")
def test_a_client_is_told_of_sign_outs_at_a_web_address() -> None:
    browser, story = administrator(), begin()
    key = story.registered.application.pk
    wrong = change(
        browser,
        key,
        policy__backchannel_logout_uri="https://client.example/#x",
        policy__frontchannel_logout_uri="http://client.example/",
    )
    assert wrong.status_code == 200
    text = wrong.content.decode()
    assert "must not have a fragment" in text
    assert "must begin with https://" in text
    right = change(
        browser,
        key,
        policy__backchannel_logout_uri="https://client.example/back",
        policy__frontchannel_logout_uri="https://client.example/front",
        policy__frontchannel_logout_session_required="true",
    )
    assert right.status_code == 302
    policy = ClientPolicy.objects.get()
    assert policy.backchannel_logout_uri == "https://client.example/back"
    assert policy.frontchannel_logout_session_required


@spec("B-23")
def test_an_administrator_chooses_among_the_algorithms_of_access_tokens() -> None:
    story, browser = begin(), administrator()
    pk = story.registered.application.pk
    change(browser, pk, policy__access_token_signing_alg="HS256")
    story.registered.policy.refresh_from_db()
    assert story.registered.policy.access_token_signing_alg == ""
    assert change(browser, pk, policy__access_token_signing_alg="RS256").status_code == 302
    story.registered.policy.refresh_from_db()
    assert story.registered.policy.access_token_signing_alg == "RS256"
