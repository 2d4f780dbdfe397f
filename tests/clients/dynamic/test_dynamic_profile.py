"""What the Dynamic OP profile asks of clients that registered themselves, from registration to answer."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from joserfc import jwt

from django_oauthflows.testing.client import answered
from tests.clients.dynamic.registering import (
    CALLBACK,
    PRIVATE_KEY,
    PUBLIC_KEYS,
    Registrar,
    story_of,
)
from tests.marks import conformance, spec
from tests.stories import Story, error_of

REQUEST = "https://client.example/request"


@pytest.fixture
def suite(open_registration: Registrar, settings: Any) -> Registrar:
    """Registers clients as the conformance suite does: with keys, under the legacy profile."""
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION_PROFILE": "legacy"}
    return open_registration


def signing_in(suite: Registrar, **said: Any) -> Story:
    """A client of the suite, and somebody who signs in to it."""
    return story_of(suite.registered(jwks=PUBLIC_KEYS, **said))


def part(token: str, number: int) -> dict[str, Any]:
    segment = token.split(".")[number]
    members: dict[str, Any] = json.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return members


def segment(members: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def id_token(story: Story, **changes: Any) -> str:
    value: str = story.tokens(scope="openid", **changes)["id_token"]
    return value


@spec("OpenID Connect Core §2", "OpenID Connect Dynamic Client Registration §2")
@conformance("oidcc-idtoken-rs256", "oidcc-idtoken-unsigned")
def test_its_id_tokens_are_signed_as_it_registered(suite: Registrar) -> None:
    usual = id_token(signing_in(suite))
    assert part(usual, 0)["alg"] == "RS256"
    chosen = id_token(signing_in(suite, id_token_signed_response_alg="ES256"))
    assert part(chosen, 0)["alg"] == "ES256"
    unsigned = id_token(signing_in(suite, id_token_signed_response_alg="none"))
    assert (part(unsigned, 0)["alg"], unsigned.split(".")[2]) == ("none", "")


@spec("OpenID Connect Core §5.3.2")
@conformance("oidcc-userinfo-rs256")
def test_its_userinfo_is_signed_as_it_registered(suite: Registrar) -> None:
    story = signing_in(suite, userinfo_signed_response_alg="RS256")
    token = story.tokens(scope="openid")["access_token"]
    answer = story.call(token, reverse("oauthflows:userinfo"))
    assert answer["Content-Type"] == "application/jwt"
    signed = answer.content.decode()
    assert part(signed, 0)["alg"] == "RS256"
    assert part(signed, 1)["aud"] == story.registered.client_id


@spec("OpenID Connect Core §8.1")
def test_two_clients_do_not_know_a_person_by_one_subject(suite: Registrar) -> None:
    one = signing_in(suite, subject_type="pairwise")
    other = signing_in(
        suite, subject_type="pairwise", redirect_uris=["https://other.example/callback"]
    )
    other.browser.force_login(one.person)
    assert part(id_token(one), 1)["sub"] != part(id_token(other), 1)["sub"]


@spec("RFC 9700 §2.1", "OpenID Connect Core §3.1.2.1", "B-8")
@conformance(
    "oidcc-ensure-redirect-uri-in-authorization-request",
    "oidcc-redirect-uri-query-OK",
    "oidcc-redirect-uri-query-mismatch",
    "oidcc-redirect-uri-query-added",
)
def test_people_return_to_the_very_address_it_registered(suite: Registrar) -> None:
    with_query = f"{CALLBACK}?dummy1=lorem&dummy2=ipsum"
    story = signing_in(suite, redirect_uris=[with_query])
    back = story.decide(scope="openid")
    assert back["Location"].startswith(f"{with_query}&")
    assert story.redeem(answered(back)["code"]).status_code == 200
    for wrong in (CALLBACK, f"{CALLBACK}?dummy1=lorem", f"{with_query}&added=x", None):
        page = story.ask(scope="openid", redirect_uri=wrong)
        assert (page.status_code, page.has_header("Location")) == (400, False)


@spec("OpenID Connect Core §10.1.1", "B-30")
@conformance("oidcc-server-rotate-keys")
def test_it_verifies_what_is_signed_before_and_after_a_rotation(suite: Registrar) -> None:
    story = signing_in(suite)
    before = part(id_token(story), 0)["kid"]
    call_command("oauthflows_rotate_keys", now=True, algorithm="RS256")
    after = part(id_token(story, prompt="consent"), 0)["kid"]
    assert before != after
    keys = Client().get(reverse("oauthflows:jwks")).json()["keys"]
    assert {before, after} <= {key["kid"] for key in keys}


@spec("OpenID Connect Core §6.2", "OpenID Connect Dynamic Client Registration §2")
@conformance("oidcc-request-uri-unsigned", "oidcc-request-uri-signed-rs256")
@pytest.mark.parametrize("alg", ["none", "RS256"])
def test_its_request_is_fetched_where_it_registered(
    suite: Registrar, monkeypatch: pytest.MonkeyPatch, alg: str
) -> None:
    story = signing_in(suite, request_uris=[REQUEST], request_object_signing_alg=alg)
    said = {
        "iss": story.registered.client_id,
        "aud": "http://testserver/o",
        "state": "of-the-object",
    }
    value = jwt.encode({"alg": "RS256"}, said, PRIVATE_KEY)
    if alg == "none":
        value = f"{segment({'alg': 'none'})}.{value.split('.')[1]}."
    monkeypatch.setattr(
        "django_oauthflows.protocol.request_objects.fetch_text", lambda uri, **_: value
    )
    asked = {"scope": "openid", "request_uri": REQUEST, "state": None}
    kept = story.ask(**asked)
    page = story.press(kept["Location"], decision="allow", scopes=["openid"])
    assert answered(page)["state"] == "of-the-object"
    elsewhere = story.ask(**{**asked, "request_uri": "https://client.example/other"})
    assert "error=invalid_request_uri" in elsewhere["Location"]


@spec("OpenID Connect Core §9")
@conformance("oidcc-registration-jwks-uri")
def test_a_client_with_keys_has_no_secret(suite: Registrar) -> None:
    told = suite.registered(
        token_endpoint_auth_method="private_key_jwt", jwks_uri="https://client.example/keys"
    )
    assert "client_secret" not in told
    story = story_of(told)
    refused = story.redeem(story.code(scope="openid"), client_secret="a guess")
    assert error_of(refused) == (401, "invalid_client")
