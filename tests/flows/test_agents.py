"""An AI agent or MCP client: each token is for the one server it names, and PKCE has no exception."""

from typing import Any

import pytest
from django.urls import path

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.profiles import PROFILES
from django_oauthflows.resource_server import OAuth2TokenAuthentication
from django_oauthflows.testing.client import answered
from tests import api, urls
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, error_of

pytestmark = pytest.mark.django_db

SERVER, ELSEWHERE = "http://testserver/api/notes/", "https://elsewhere.example/mcp"
OWN = "http://testserver/api/own/"


def agent(**client: Any) -> Story:
    """An agent that was registered by its preset, at the loopback address of RFC 8252 §7.3."""
    story = begin(
        **{"preset": "ai-agent", "redirect_uris": ("http://127.0.0.1/callback",), **client}
    )
    story.resource = SERVER
    return story


@spec("RFC 8707 §2", "RFC 8707 §2.2", "B-27")
def test_its_token_opens_the_server_it_named_and_no_other() -> None:
    story = agent()
    tokens = story.tokens()
    assert story.call(tokens["access_token"], "/api/notes/").status_code == 200
    assert story.call(tokens["access_token"], "/api/own/").status_code == 401
    refreshed = story.refresh(tokens["refresh_token"]).json()
    assert story.call(refreshed["access_token"], "/api/notes/").status_code == 200
    assert story.call(refreshed["access_token"], "/api/own/").status_code == 401


@spec("RFC 8707 §2", "B-8")
def test_a_request_for_a_code_that_names_no_server_is_sent_back() -> None:
    answer = answered(agent().ask(resource=None))
    assert (answer["error"], answer["state"]) == ("invalid_target", "a-state")


@spec("RFC 8707 §2.2", "B-27")
def test_a_token_request_that_names_none_keeps_the_server_that_was_granted() -> None:
    story = agent()
    tokens = story.redeem(story.code(), resource=None).json()
    for _ in range(2):
        assert story.call(tokens["access_token"], "/api/notes/").status_code == 200
        assert story.call(tokens["access_token"], "/api/own/").status_code == 401
        tokens = story.refresh(tokens["refresh_token"], resource=None).json()


@spec("RFC 8707 §2.2", "B-3")
def test_a_grant_for_no_server_is_refused_until_one_is_named() -> None:
    """As one from before the client was given this profile."""
    story = agent(profile="standard")
    tokens = story.redeem(story.code(resource=None), resource=None).json()
    story.registered.policy.profile = "mcp"
    story.registered.policy.save()
    refused = story.refresh(tokens["refresh_token"], resource=None)
    assert error_of(refused) == (400, "invalid_target")
    refused = story.refresh(tokens["refresh_token"], resource=ELSEWHERE)
    assert error_of(refused) == (400, "invalid_target")
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 8707 §2.2", "B-27")
def test_a_grant_for_several_servers_gives_a_token_for_one_at_a_time() -> None:
    story = agent()
    granted = [SERVER, OWN]
    refused = story.redeem(story.code(resource=granted), resource=None)
    assert error_of(refused) == (400, "invalid_target")
    assert error_of(story.redeem(story.code(resource=granted), resource=granted))[0] == 400
    tokens = story.redeem(story.code(resource=granted), resource=SERVER).json()
    assert story.call(tokens["access_token"], "/api/notes/").status_code == 200
    assert story.call(tokens["access_token"], "/api/own/").status_code == 401
    for several in (None, granted):
        refused = story.refresh(tokens["refresh_token"], resource=several)
        assert error_of(refused) == (400, "invalid_target")
    tokens = story.refresh(tokens["refresh_token"], resource=OWN).json()
    assert story.call(tokens["access_token"], "/api/own/").status_code == 200
    assert story.call(tokens["access_token"], "/api/notes/").status_code == 401


class Files(OAuth2TokenAuthentication):
    resource = "http://testserver/mcp/files/"


class FileServer(api.Notes):
    authentication_classes = (Files,)


urlpatterns = [*urls.urlpatterns, path("mcp/files/", FileServer.as_view())]


@pytest.mark.urls(__name__)
@spec("RFC 8707 §2", "B-27")
def test_a_request_that_names_none_means_the_only_server_that_is_declared(settings: Any) -> None:
    story = agent()
    tokens = story.redeem(story.code(resource=None), resource=None).json()
    assert story.call(tokens["access_token"], "/mcp/files/").status_code == 200
    assert story.call(tokens["access_token"], "/api/notes/").status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"], resource=SERVER))[0] == 400
    # With a second one nobody knows which is meant.
    settings.OAUTHFLOWS = {"RESOURCE": "https://api.example.com/"}
    assert answered(story.ask(resource=None))["error"] == "invalid_target"


@spec("RFC 8707 §2", "B-27")
def test_the_sites_own_identifier_counts_once_it_is_written(settings: Any) -> None:
    story = agent()
    assert answered(story.ask(resource=None))["error"] == "invalid_target"
    settings.OAUTHFLOWS = {"RESOURCE": "https://api.example.com/"}
    token = story.redeem(story.code(resource=None), resource=None).json()["access_token"]
    assert story.call(token, "/api/notes/").status_code == 200


@pytest.mark.urls(__name__)
@spec("RFC 8707 §2")
def test_other_profiles_go_on_asking_for_the_whole_site() -> None:
    story = agent(profile="standard")
    tokens = story.redeem(story.code(resource=None), resource=None).json()
    assert story.call(tokens["access_token"], "/api/notes/").status_code == 200
    held = agent(allowed_resources=(SERVER,))
    assert answered(held.ask(resource=None))["error"] == "invalid_target", (
        "it may not have that one"
    )


@spec("RFC 8707 §2")
def test_one_that_is_held_to_a_server_has_to_name_it_all_the_same() -> None:
    story = agent(allowed_resources=(SERVER,))
    assert answered(story.ask(resource=None))["error"] == "invalid_target"
    assert answered(story.ask(resource=ELSEWHERE))["error"] == "invalid_target"
    assert story.tokens()["access_token"]


@spec("OAuth 2.1 §7.5.2", "B-13")
@pytest.mark.parametrize("preset", ["ai-agent", "web-app"])
def test_no_nonce_takes_the_place_of_pkce(preset: str, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story = agent(preset=preset, profile="mcp")
    unproven = {"code_challenge": None, "code_challenge_method": None}
    asked = {"scope": "openid notes:read", "nonce": "a-nonce", **unproven}
    assert answered(story.ask(**asked))["error"] == "invalid_request"


@spec("OAuth 2.1 §4.1.1", "B-13")
def test_a_plain_challenge_is_refused() -> None:
    answer = answered(agent().ask(code_challenge_method="plain"))
    assert answer["error"] == "invalid_request"


@spec("RFC 8252 §7.3", "B-8")
def test_it_comes_back_by_any_port_of_the_device_and_by_no_scheme_of_its_own() -> None:
    story = agent()
    assert story.code(redirect_uri="http://127.0.0.1:49152/callback")
    with pytest.raises(Exception, match="must begin with https://"):
        agent(redirect_uris=("com.example.agent:/callback",))


@spec("RFC 8707 §2")
def test_the_log_says_what_was_missing() -> None:
    agent().ask(resource=None)
    row = AuditEvent.objects.get(event="request.refused")
    assert (row.rule, row.specification) == ("resource_must_be_sent", "RFC 8707 §2")


def test_the_profile_asks_for_all_that_the_standard_one_asks() -> None:
    """Whoever obeys it is within the standard too: changing to it never gives a client more."""
    by_slug = {profile.slug: profile for profile in PROFILES}
    names = {rule.name for rule in by_slug["mcp"].authorization_rules}
    stricter = {"code_challenge_must_be_sent": "code_challenge_must_be_sent_with_every_request"}
    for rule in by_slug["standard"].authorization_rules:
        assert stricter.get(rule.name, rule.name) in names
