"""`offline_access` (OpenID Connect Core §11): understood everywhere, a condition where the site says so."""

from typing import Any

import pytest
from django.test import Client
from oauth2_provider.models import get_refresh_token_model

from django_oauthflows.clients import facts
from django_oauthflows.clients.profiles import PROFILES
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD
from tests.flows.exchanges import api, app_token
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

SENTENCE = "Keep its access while you are not using it"
BOTH = "notes:read offline_access"


@pytest.fixture
def is_needed(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REFRESH_TOKENS_NEED_OFFLINE_ACCESS": True}
    facts.forget_clients()


def app(**client: Any) -> Story:
    """A client that nobody gave `offline_access` to, at a site whose SCOPES do not name it."""
    return begin(**{"scopes": ("notes:read",), **client})


# Understood -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [profile.slug for profile in PROFILES])
@spec("OpenID Connect Core §11", "B-14")
def test_it_is_understood_without_configuration_under_every_profile(profile: str) -> None:
    story = app(profile=profile)
    resource = "https://api.example" if profile == "mcp" else None
    page = story.ask(scope=BOTH, resource=resource).content.decode()
    assert SENTENCE in page
    assert "Required" in page
    code = story.code(scope=BOTH, resource=resource)
    tokens = story.redeem(code, resource=resource).json()
    assert tokens["scope"] == BOTH
    refreshed = story.refresh(tokens["refresh_token"], resource=resource).json()
    assert refreshed["scope"] == BOTH


@spec("OpenID Connect Core §11")
def test_a_client_of_django_oauth_toolkit_and_a_device_understand_it_too() -> None:
    stock = begin(registered=dot_application())
    assert stock.tokens(scope=BOTH)["scope"] == BOTH
    device = app(preset="device", redirect_uris=())
    codes = device.device_codes(scope=BOTH).json()
    device.decide_on_device(codes["user_code"], scopes=BOTH.split())
    assert device.poll(codes["device_code"]).json()["scope"] == BOTH


@spec("OpenID Connect Core §11", "B-14")
def test_nobody_unticks_what_decides_nothing() -> None:
    story = app()
    tokens = story.redeem(story.code(scope=BOTH, scopes=["notes:read"])).json()
    assert (tokens["scope"], "refresh_token" in tokens) == (BOTH, True)
    without = app()
    assert "refresh_token" in without.tokens(scope="notes:read")


@spec("OpenID Connect Core §11", "B-15")
def test_it_is_remembered_as_any_other_scope() -> None:
    story = app()
    story.code(scope="notes:read")
    assert story.ask(scope=BOTH).status_code == 200
    story.code(scope=BOTH)
    assert "code" in answered(story.ask(scope=BOTH))


@spec("OpenID Connect Core §11", "RFC 8414 §2", "RFC 9728 §2")
def test_the_provider_offers_it_and_no_resource_does(settings: Any) -> None:
    for scopes in ({}, {"offline_access": "Stay signed in"}):
        provider = {**WITH_OPENID, "SCOPES": {**WITH_OPENID["SCOPES"], **scopes}}
        settings.OAUTH2_PROVIDER = provider
        for document in ("oauth-authorization-server", "openid-configuration"):
            offered = Client().get(f"/o/.well-known/{document}").json()["scopes_supported"]
            assert offered.count("offline_access") == 1
        for path in ("", "/api/notes"):
            resource = Client().get(f"/.well-known/oauth-protected-resource{path}").json()
            assert "notes:read" in resource["scopes_supported"]
            assert "offline_access" not in resource["scopes_supported"]


@spec("OpenID Connect Core §11", "B-14")
def test_the_projects_own_description_is_shown(settings: Any) -> None:
    scopes = {**settings.OAUTH2_PROVIDER["SCOPES"], "offline_access": "Stay signed in"}
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "SCOPES": scopes}
    page = app().ask(scope=BOTH).content.decode()
    assert "Stay signed in" in page
    assert SENTENCE not in page


# Ignored --------------------------------------------------------------------------------------------------


@spec("OpenID Connect Core §11")
def test_it_is_ignored_where_no_code_comes_back() -> None:
    legacy = app(profile="legacy", flows=["implicit", "refresh-token"])
    unproven = {"code_challenge": None, "code_challenge_method": None}
    sent = {"scope": BOTH, "response_type": "token", **unproven}
    assert SENTENCE not in legacy.ask(**sent).content.decode()
    front = answered(legacy.decide(scopes=["notes:read"], **sent), mode="fragment")
    assert front["scope"] == "notes:read"
    service = app(preset="service", redirect_uris=(), flows=["client-credentials"])
    own = service.token(grant_type="client_credentials", scope=BOTH)
    assert own.json()["scope"] == "notes:read"
    password = app(preset="legacy-app", redirect_uris=())
    who = {"username": password.person.username, "password": PASSWORD}
    told = password.token(grant_type="password", scope=BOTH, **who).json()
    assert (told["scope"], "refresh_token" in told) == ("notes:read", True)


@spec("OpenID Connect Core §11", "RFC 8693 §2.1")
def test_an_exchanged_token_is_not_for_later() -> None:
    subject = app_token(begin(), scope=BOTH)
    service = api(scopes=["notes:read"])
    for asked in (None, BOTH):
        assert service.exchange(subject, scope=asked).json()["scope"] == "notes:read"


@spec("OpenID Connect Core §11")
def test_it_is_ignored_for_a_client_without_the_refresh_flow() -> None:
    for scopes in (("notes:read",), ("notes:read", "offline_access")):
        story = app(flows=["authorization-code-pkce"], scopes=scopes)
        assert SENTENCE not in story.ask(scope=BOTH).content.decode()
        tokens = story.redeem(story.code(scope=BOTH, scopes=["notes:read"])).json()
        assert (tokens["scope"], "refresh_token" in tokens) == ("notes:read", False)


@spec("OpenID Connect Core §11", "RFC 6749 §3.3")
def test_a_request_for_nothing_else_is_refused_where_it_is_ignored() -> None:
    service = app(preset="service", redirect_uris=())
    refused = service.token(grant_type="client_credentials", scope="offline_access")
    assert error_of(refused) == (400, "invalid_scope")


@spec("OpenID Connect Core §11", "B-19")
def test_a_refresh_does_not_widen_to_it() -> None:
    story = app()
    tokens = story.tokens(scope="notes:read")
    refused = story.refresh(tokens["refresh_token"], scope=BOTH)
    assert error_of(refused) == (400, "invalid_scope")


# Needed ---------------------------------------------------------------------------------------------------


@spec("OpenID Connect Core §11", "B-14")
def test_where_it_is_needed_a_grant_has_a_refresh_token_only_with_it(is_needed: None) -> None:
    story = app()
    assert "refresh_token" not in story.tokens(scope="notes:read")
    page = story.ask(scope=BOTH).content.decode()
    assert SENTENCE in page
    assert "Required" not in page
    unticked = story.redeem(story.code(scope=BOTH, scopes=["notes:read"])).json()
    assert (unticked["scope"], "refresh_token" in unticked) == ("notes:read", False)
    assert not get_refresh_token_model().objects.exists()
    tokens = story.tokens(scope=BOTH)
    assert tokens["scope"] == BOTH
    narrowed = story.refresh(tokens["refresh_token"], scope="notes:read").json()
    assert narrowed["scope"] == "notes:read"
    assert story.refresh(narrowed["refresh_token"]).json()["scope"] == BOTH


@spec("OpenID Connect Core §11", "B-15")
def test_where_it_is_needed_people_of_first_party_clients_agree_on_a_page(is_needed: None) -> None:
    story = app(skips_consent=True)
    assert "code" in answered(story.ask(scope="notes:read"))
    silent = answered(story.ask(scope=BOTH, prompt="none"))
    assert silent["error"] == "consent_required"
    assert SENTENCE in story.ask(scope=BOTH).content.decode()
    assert "refresh_token" in story.redeem(story.code(scope=BOTH)).json()
    # What they agreed to on a page is remembered, until they withdraw it.
    assert "code" in answered(story.ask(scope=BOTH, prompt="none"))
    Consent.objects.all().delete()
    assert story.ask(scope=BOTH).status_code == 200


@spec("OpenID Connect Core §11", "B-15")
def test_where_it_is_not_needed_first_party_clients_go_on_without_a_page() -> None:
    story = app(skips_consent=True)
    answer = answered(story.ask(scope=BOTH, prompt="none"))
    assert "refresh_token" in story.redeem(answer["code"]).json()


@spec("OpenID Connect Core §11")
def test_where_it_is_needed_devices_ask_for_it_and_the_password_grant_has_none(
    is_needed: None,
) -> None:
    device = app(preset="device", redirect_uris=())
    for scope, has_one in ((BOTH, True), ("notes:read", False)):
        codes = device.device_codes(scope=scope).json()
        device.decide_on_device(codes["user_code"], scopes=scope.split())
        assert ("refresh_token" in device.poll(codes["device_code"]).json()) == has_one
    password = app(preset="legacy-app", redirect_uris=())
    who = {"username": password.person.username, "password": PASSWORD}
    told = password.token(grant_type="password", scope=BOTH, **who).json()
    assert "refresh_token" not in told


@spec("OpenID Connect Core §11", "B-18")
def test_a_grant_from_before_it_was_needed_keeps_its_refresh_tokens(settings: Any) -> None:
    story = app()
    tokens = story.tokens(scope="notes:read")
    settings.OAUTHFLOWS = {"REFRESH_TOKENS_NEED_OFFLINE_ACCESS": True}
    facts.forget_clients()
    assert "refresh_token" in story.refresh(tokens["refresh_token"]).json()
