"""What a client that registered itself gets where it asks for no scope (RFC 7591 §2, RFC 6749 §3.3)."""

from typing import Any

import pytest
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.client import answered
from tests.clients.dynamic.registering import Registrar, story_of
from tests.marks import spec


def default_scopes(told: dict[str, Any]) -> list[str]:
    application = get_application_model().objects.get(client_id=told["client_id"])
    found: list[str] = application.oauthflows_policy.default_scopes
    return found


@spec("RFC 7591 §2", "RFC 6749 §3.3", "B-9")
def test_it_gets_the_registered_scope_within_what_strangers_are_given(
    open_registration: Registrar, settings: Any
) -> None:
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION_SCOPES": ["openid", "notes:read"]}
    named = open_registration.registered(scope="notes:read notes:write claudeai")
    assert default_scopes(named) == ["notes:read"]
    story = story_of(named)
    answer = answered(story.decide(scope=None, scopes=["notes:read"]))
    assert story.redeem(answer["code"]).json()["scope"] == "notes:read"
    silent = open_registration.registered()
    assert default_scopes(silent) == ["notes:read", "openid"] == silent["scope"].split()


@spec("RFC 7592 §2.2", "B-9")
def test_an_update_changes_them_with_the_scope(open_registration: Registrar, settings: Any) -> None:
    settings.OAUTHFLOWS = {
        **settings.OAUTHFLOWS,
        "REGISTRATION_SCOPES": ["openid", "notes:read", "notes:write"],
    }
    told = open_registration.registered(scope="openid notes:read")
    told |= open_registration.update(told, scope="notes:read notes:write").json()
    assert default_scopes(told) == ["notes:read", "notes:write"]
    # What an administrator took does not come back.
    policy = ClientPolicy.objects.get()
    policy.default_scopes = ["notes:read"]
    policy.save()
    told |= open_registration.update(told, scope="openid notes:read notes:write").json()
    assert default_scopes(told) == ["notes:read", "openid"]


@spec("RFC 7592 §2.2", "B-9")
@pytest.mark.parametrize("taken", ["scopes", "default_scopes"])
def test_an_update_to_what_was_taken_alone_is_not_given_the_servers_default(
    open_registration: Registrar, settings: Any, taken: str
) -> None:
    settings.OAUTHFLOWS = {
        **settings.OAUTHFLOWS,
        "REGISTRATION_SCOPES": ["openid", "notes:read", "notes:write"],
    }
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["__all__"]}
    told = open_registration.registered(scope="notes:read notes:write")
    policy = ClientPolicy.objects.get()
    setattr(policy, taken, [name for name in getattr(policy, taken) if name != "notes:read"])
    policy.save()
    told |= open_registration.update(told, scope="notes:read").json()
    client = client_of(told["client_id"])
    assert client is not None
    assert client.default_scopes == {"notes:write"}  # what was left


@spec("RFC 7592 §2.2", "B-9")
def test_one_from_before_the_upgrade_keeps_the_servers_default(
    open_registration: Registrar,
) -> None:
    told = open_registration.registered(scope="openid")
    ClientPolicy.objects.update(default_scopes=[])
    told |= open_registration.update(told, scope="openid email").json()
    assert default_scopes(told) == []
    assert answered(story_of(told).ask(scope=None, nonce="n"))["error"] == "invalid_scope"


@spec("RFC 7591 §3", "B-9")
def test_an_initial_access_token_that_names_scopes_says_what_is_given(
    open_registration: Registrar,
) -> None:
    _, token = initial_tokens.issue(label="Partner", scopes=["notes:read"])
    told = open_registration.registered(token)
    assert default_scopes(told) == ["notes:read"]
