"""Introspection answers as signed JWTs (RFC 9701), for whoever asks for them."""

from typing import Any

import pytest
from django.test import Client

from django_oauthflows.keys import jwt
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

SIGNED = "application/token-introspection+jwt"


def ask(story: Story, token: str, accept: str = SIGNED) -> Any:
    return story.post("introspect", headers={**story.basic, "Accept": accept}, token=token)


@spec("RFC 9701 §4", "RFC 9701 §5", "B-2", "B-22")
def test_the_answer_is_signed_for_whoever_asked() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    response = ask(story, token)
    opened = jwt.open_jwt(response.content.decode())
    assert response["Content-Type"] == SIGNED
    assert response["Cache-Control"] == "no-store"
    assert opened.header["typ"] == "token-introspection+jwt"
    assert opened.claims.pop("iat") > 0
    assert opened.claims == {
        "iss": "http://testserver/o",
        "aud": story.registered.client_id,
        "token_introspection": story.introspect(token),
    }


@spec("RFC 9701 §5", "B-22")
def test_of_a_dead_token_nothing_else_is_said() -> None:
    story = begin()
    opened = jwt.open_jwt(ask(story, "no-such-token").content.decode())
    assert opened.claims["token_introspection"] == {"active": False}


@spec("RFC 9701 §8.1", "B-23")
def test_the_answer_is_no_access_token() -> None:
    story = begin()
    answer = ask(story, story.tokens()["access_token"]).content.decode()
    assert {"sub", "exp"}.isdisjoint(jwt.open_jwt(answer).claims)
    assert story.call(answer).status_code == story.call(answer, "/api/local/").status_code == 401


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/json", "text/html", f"application/json, {SIGNED};q=0.5", f"{SIGNED};q=0"],
)
@spec("RFC 7662 §2.2", "RFC 9110 §12.5.1")
def test_whoever_does_not_ask_for_it_gets_json(accept: str) -> None:
    response = ask(begin(), "no-such-token", accept)
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"active": False}


@spec("RFC 9701 §4", "B-22")
def test_a_refusal_is_json_as_ever() -> None:
    story = begin()
    response = story.post(
        "introspect", headers={"Accept": SIGNED, "Authorization": "Basic bm86bm8="}, token="x"
    )
    assert error_of(response) == (401, "invalid_client")


@spec("RFC 9701 §7")
def test_the_metadata_says_how_it_is_signed() -> None:
    metadata = Client().get("/o/.well-known/oauth-authorization-server").json()
    assert metadata["introspection_signing_alg_values_supported"] == ["ES256"]
