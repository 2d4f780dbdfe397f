"""An AI agent or MCP client: each token is for the one server it names, and PKCE has no exception."""

from typing import Any

import pytest

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.profiles import PROFILES
from django_oauthflows.testing.client import answered
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, error_of

pytestmark = pytest.mark.django_db

SERVER, ELSEWHERE = "http://testserver/api/notes/", "https://elsewhere.example/mcp"


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


@spec("RFC 8707 §2.2", "B-3")
def test_a_token_request_that_names_none_is_refused_and_the_code_stays_usable() -> None:
    story = agent()
    code = story.code()
    assert error_of(story.redeem(code, resource=None)) == (400, "invalid_target")
    tokens = story.redeem(code).json()
    refused = story.refresh(tokens["refresh_token"], resource=None)
    assert error_of(refused) == (400, "invalid_target")
    assert story.refresh(tokens["refresh_token"]).status_code == 200


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
