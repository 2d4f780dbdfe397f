"""Every 401 has a challenge (RFC 9110 §15.5.2), and no browser asks for a password because of it."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.management_api.urls")]

ENDPOINTS = ("token", "revoke", "introspect", "device-authorization")
#: What each endpoint is sent besides the credentials.
SENT: dict[str, dict[str, str]] = {
    "token": {"grant_type": "client_credentials"},
    "revoke": {"token": "x"},
    "introspect": {"token": "x"},
    "device-authorization": {"scope": "notes:read"},
}
#: Schemes at which a browser opens a dialog of its own.
ASKED_FOR_BY_BROWSERS = {"basic", "digest", "ntlm", "negotiate"}


def send(endpoint: str, header: str = "", **parameters: str) -> Any:
    return Client().post(
        reverse(f"oauthflows:{endpoint}"),
        urlencode(SENT[endpoint] | parameters),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": header} if header else {},
    )


def scheme_of(response: Any) -> str:
    assert response.status_code == 401, response.content
    scheme: str = response["WWW-Authenticate"].partition(" ")[0].lower()
    return scheme


def basic(client_id: str, secret: str = "wrong") -> str:
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


@spec("RFC 6749 §5.2", "RFC 9110 §15.5.2", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_whoever_tried_basic_is_told_of_basic(endpoint: str) -> None:
    story = begin()
    for client_id in (story.registered.client_id, "nobody"):
        assert scheme_of(send(endpoint, basic(client_id))) == "basic"
    assert scheme_of(send(endpoint, "Basic ###")) == "basic"


@spec("RFC 9110 §15.5.2", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("header", "parameters"),
    [
        ("", {"client_id": "known", "client_secret": "wrong"}),
        ("", {"client_id": "nobody", "client_secret": "wrong"}),
        ("", {"client_id": "known"}),
        ("", {"client_id": "nobody"}),
        ("", {}),
        ("", {"client_assertion_type": "x", "client_assertion": "y"}),
        ("Bearer x", {}),
        ("Digest x", {}),
    ],
)
def test_nobody_else_is_told_of_a_scheme_that_browsers_ask_for(
    endpoint: str, header: str, parameters: dict[str, str]
) -> None:
    known = {"known": begin().registered.client_id}
    sent = {name: known.get(value, value) for name, value in parameters.items()}
    response = send(endpoint, header, **sent)
    if response.status_code == 400:
        assert "WWW-Authenticate" not in response
        return
    assert scheme_of(response) == "bearer"
    # There a client may ask by a token of its own (RFC 7662 §2.1).
    is_token = endpoint == "introspect" and header.startswith("Bearer")
    code = "invalid_token" if is_token else "invalid_client"
    assert f'error="{code}"' in response["WWW-Authenticate"]


def _public_client_introspects(story: Story) -> Any:
    return begin(preset="single-page-app").post("introspect", token="x")


#: Other ways to a 401.
ELSEWHERE = {
    "introspection by a public client": _public_client_introspects,
    "userinfo without a token": lambda story: story.back_channel.get("/o/userinfo/"),
    "userinfo with a wrong one": lambda story: story.call("wrong", "/o/userinfo/"),
    "userinfo with Basic": lambda story: story.back_channel.get(
        "/o/userinfo/", headers={"Authorization": basic("nobody")}
    ),
    "registration without a token": lambda story: story.back_channel.post("/o/register/"),
    "registration with Basic": lambda story: story.back_channel.post(
        "/o/register/", headers={"Authorization": basic("nobody")}
    ),
    "a client's configuration": lambda story: story.back_channel.get("/o/register/x/"),
    "the management API without a token": lambda story: story.back_channel.get(
        "/api/oauthflows/clients/"
    ),
    "the management API with a wrong one": lambda story: story.call(
        "wrong", "/api/oauthflows/clients/"
    ),
    "the person's own API": lambda story: story.back_channel.get("/api/oauthflows/me/apps/"),
    "an API without a token": lambda story: story.back_channel.get("/api/notes/"),
    "an API with a wrong one": lambda story: story.call("wrong"),
    "an API with a wrong JWT": lambda story: story.call("wrong", "/api/local/"),
}


@spec("RFC 9110 §15.5.2", "RFC 6750 §3")
@pytest.mark.parametrize("way", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_401_has_a_challenge_wherever_it_comes_from(way: Any, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    settings.OAUTHFLOWS = {"REGISTRATION": "token"}
    assert scheme_of(way(begin())) not in ASKED_FOR_BY_BROWSERS
