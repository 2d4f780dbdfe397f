"""What the permission table cannot say: what a page offers to whom, and what comes of posting more."""

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from oauth2_provider.models import get_access_token_model, get_application_model

from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import CLIENTS, act, buttons_on, change, fields_on
from tests.admin.reach import staff
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return begin()


def page_url(story: Story) -> str:
    return f"{CLIENTS}{story.registered.application.pk}/change/"


def secret_urls(story: Story) -> list[str]:
    pk = story.registered.application.pk
    secret = ClientSecret.objects.get()
    return [f"{CLIENTS}{pk}/secrets/add/", f"{CLIENTS}{pk}/secrets/{secret.pk}/retire/"]


def secret_buttons(page: Any) -> list[str]:
    return [action for action in buttons_on(page) if "/secrets/" in action]


@spec("B-4")
def test_whoever_may_look_is_offered_nothing_to_change(story: Story) -> None:
    page = staff("view_application").get(page_url(story))
    assert not secret_buttons(page)
    assert 'name="_save"' not in page.content.decode()


@spec("B-7")
def test_secrets_have_a_permission_of_their_own(story: Story) -> None:
    changer = staff("change_application")
    assert not secret_buttons(changer.get(page_url(story)))
    assert {changer.post(url).status_code for url in secret_urls(story)} == {403}

    rotator = staff("view_application", "rotate_clientsecret")
    assert secret_buttons(rotator.get(page_url(story)))
    add, retire = secret_urls(story)
    assert rotator.post(add).status_code == 302
    assert rotator.post(retire).status_code == 302
    assert rotator.post(page_url(story), {"name": "Mine now"}).status_code == 403


@spec("B-9")
def test_whoever_may_not_change_policies_gives_no_client_more(story: Story) -> None:
    browser = staff("change_application")
    fields = fields_on(browser.get(page_url(story)), with_field="name")
    prefix = "oauthflows_policy-0-"
    offered = {name.removeprefix(prefix) for name in fields if name.startswith(prefix)}
    # The tick under a dry run gives nothing: it says that one has read it.
    assert offered - {"id", "application", "accepts_refusals"} == {
        "jwks",
        "jwks-file",
        "jwks_uri",
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "request_uris",
        "initiate_login_uri",
        "backchannel_logout_uri",
        "frontchannel_logout_uri",
    }
    before = ClientPolicy.objects.values().get()
    everything = {
        f"{prefix}{name}": "on" for name in before if name not in offered | {"application_id"}
    }
    more = {f"{prefix}scopes": ["notes:read"], f"{prefix}profile": "legacy", "user": "1"}
    saved = browser.post(page_url(story), {**everything, **fields, **more, "name": "Renamed"})
    assert saved.status_code == 302
    assert ClientPolicy.objects.values().get() == before
    application = get_application_model().objects.get()
    assert (application.name, application.user) == ("Renamed", None)


@spec("B-5")
def test_whoever_may_not_change_policies_changes_addresses_and_keys(story: Story) -> None:
    browser = staff("change_application")
    pk = story.registered.application.pk
    saved = change(
        browser,
        pk,
        redirect_uris="https://elsewhere.example/callback",
        policy__jwks_uri="https://elsewhere.example/keys",
        policy__logo_uri="https://elsewhere.example/logo.png",
    )
    assert saved.status_code == 302
    policy = ClientPolicy.objects.get()
    assert policy.jwks_uri == "https://elsewhere.example/keys"
    assert policy.logo_uri == "https://elsewhere.example/logo.png"
    assert policy.application.redirect_uris == "https://elsewhere.example/callback"


@spec("RFC 7523 §3")
def test_keys_a_client_cannot_do_without_are_not_taken_from_it() -> None:
    story = begin(preset="service-account", redirect_uris=())
    browser = staff("change_application")
    refused = change(browser, story.registered.application.pk, policy__jwks="")
    assert refused.status_code == 200
    assert "errorlist" in refused.content.decode()
    assert ClientPolicy.objects.get().jwks


@spec("B-9")
def test_whoever_may_change_policies_changes_all_of_them(story: Story) -> None:
    browser = staff("change_application", "change_clientpolicy")
    pk = story.registered.application.pk
    assert change(browser, pk, policy__scopes=["profile"]).status_code == 302
    assert ClientPolicy.objects.get().scopes == ["profile"]


@pytest.mark.parametrize(
    ("path", "action", "model"),
    [
        ("/admin/oauthflows/authorization/", "revoke_selected", Authorization),
        ("/admin/oauthflows/consent/", "withdraw_selected", Consent),
        ("/admin/oauth2_provider/accesstoken/", "revoke_selected", get_access_token_model()),
    ],
)
@spec("B-21")
def test_whoever_may_look_at_grants_ends_none(
    story: Story, path: str, action: str, model: type[Model]
) -> None:
    tokens = story.tokens()
    row = model._default_manager.get()
    view, end = f"view_{model._meta.model_name}", f"delete_{model._meta.model_name}"
    looker, ender = staff(view), staff(view, end)
    assert looker.get(path).status_code == 200
    act(looker, path, action, row)
    assert story.call(tokens["access_token"]).status_code == 200
    act(ender, path, action, row)
    assert story.call(tokens["access_token"]).status_code == 401


@spec("B-16")
def test_another_sites_form_adds_no_client_and_no_secret(story: Story) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(PersonFactory(is_staff=True, is_superuser=True))
    fields = {"name": "X", "scopes": ["profile"]}
    assert browser.post(f"{CLIENTS}add/?preset=service", fields).status_code == 403
    assert {browser.post(url).status_code for url in secret_urls(story)} == {403}
    assert get_application_model().objects.count() == 1
    assert ClientSecret.objects.count() == 1
