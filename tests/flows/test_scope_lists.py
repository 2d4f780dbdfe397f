"""A list of scopes is read as RFC 6749 §3.3 writes it, at every endpoint: spaces separate, nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from tests.flows.exchanges import api, app_token
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, error_of

pytestmark = pytest.mark.django_db

OTHERS = [
    "\t",
    "\n",
    "\x0b",
    "\x0c",
    "\r",
    "\x1c",
    "\x85",
    "\xa0",
    "\u2003",
    "\u2028",
    "\u3000",
    ",",
]
IDS = [f"U+{ord(separator):04X}" for separator in OTHERS]


def at_authorize(scope: str) -> tuple[int, str]:
    answer = answered(begin().ask(scope=scope))
    assert not Authorization.objects.exists()
    return 400, answer["error"]


def at_token(scope: str) -> tuple[int, str]:
    service = begin(preset="service", redirect_uris=())
    return error_of(service.token(grant_type="client_credentials", scope=scope))


def at_refresh(scope: str) -> tuple[int, str]:
    story = begin()
    tokens = story.tokens()
    refused = error_of(story.refresh(tokens["refresh_token"], scope=scope))
    assert story.refresh(tokens["refresh_token"]).status_code == 200
    return refused


def at_exchange(scope: str) -> tuple[int, str]:
    service = api(scopes=["notes:read", "notes:write"])
    return error_of(service.exchange(app_token(begin()), scope=scope))


def at_device_authorization(scope: str) -> tuple[int, str]:
    return error_of(begin(preset="device", redirect_uris=()).device_codes(scope=scope))


def at_password(scope: str) -> tuple[int, str]:
    story = begin(preset="legacy-app", redirect_uris=())
    sent = {"username": story.person.username, "password": "wrong", "scope": scope}
    return error_of(story.token(grant_type="password", **sent))


@pytest.mark.parametrize("separator", OTHERS, ids=IDS)
@pytest.mark.parametrize(
    "ask",
    [at_authorize, at_token, at_refresh, at_exchange, at_device_authorization, at_password],
)
@spec("RFC 6749 §3.3", "RFC 6749 §4.1.2.1", "RFC 6749 §5.2", "B-3", "B-9")
def test_another_separator_makes_a_scope_malformed(
    ask: Callable[[str], tuple[int, str]], separator: str
) -> None:
    assert ask(f"notes:read{separator}notes:write") == (400, "invalid_scope")


@spec("RFC 6749 §3.3")
def test_the_developer_is_told_what_is_wrong() -> None:
    service = begin(preset="service", redirect_uris=())
    asked = {"grant_type": "client_credentials", "scope": "notes:read\tnotes:write"}
    assert "separated by spaces" in service.token(**asked).json()["error_description"]
    unknown = service.token(grant_type="client_credentials", scope="unheard-of")
    assert "unheard-of" in unknown.json()["error_description"]


@spec("RFC 6749 §3.3")
def test_a_space_too_many_is_no_scope() -> None:
    service = begin(preset="service", redirect_uris=())
    members = service.token(grant_type="client_credentials", scope="  notes:write  notes:read ")
    assert members.json()["scope"] == "notes:read notes:write"


@pytest.mark.parametrize("separator", OTHERS[:-1], ids=IDS[:-1])
@pytest.mark.parametrize(
    ("name", "words", "error"),
    [
        ("response_type", ("code", "id_token"), "unsupported_response_type"),
        ("prompt", ("login", "consent"), "invalid_request"),
        ("prompt", ("none", "none"), "invalid_request"),
    ],
)
@spec("RFC 6749 §3.1.1", "OpenID Connect Core §3.1.2.1", "B-28")
def test_no_other_list_of_the_request_has_another_separator(
    name: str, words: tuple[str, str], error: str, separator: str, settings: Any
) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story = begin(profile="legacy", flows=["authorization-code-pkce", "hybrid"])
    answer = answered(story.ask(**{name: separator.join(words), "nonce": "n"}))
    assert answer["error"] == error


@spec("RFC 6749 §3.1.2.3", "OpenID Connect Core §3.1.2.1", "B-8")
def test_openid_beside_another_separator_is_no_openid(settings: Any) -> None:
    """Whether the redirect URI may be left out hangs on it."""
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story: Story = begin()
    assert story.ask(scope="openid notes:read", redirect_uri=None).status_code == 400
    answer = answered(story.ask(scope="openid\u3000notes:read", redirect_uri=None))
    assert answer["error"] == "invalid_scope"


# What a claim requires (OpenID Connect Core §5.5.1) -------------------------------------------------------


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
@pytest.mark.parametrize(
    "required",
    [
        {"sub": {"value": 1}},
        {"sub": {"value": None}},
        {"sub": {"value": True}},
        {"sub": {"value": ["1"]}},
        {"sub": {"value": {"a": "b"}}},
        {"sub": {"values": [1]}},
        {"sub": {"values": ["1", 2]}},
        {"sub": {"values": ["1", "2"]}},
        {"acr": {"essential": True, "value": 1}},
        {"acr": {"essential": True, "value": None}},
        {"acr": {"essential": True, "values": ["urn:a", 2]}},
        {"acr": {"values": [["urn:a"]]}},
    ],
    ids=json.dumps,
)
@spec("OpenID Connect Core §5.5.1", "B-3", "B-28")
def test_a_requirement_that_is_no_text_is_refused_and_not_ignored(
    place: str, required: dict[str, Any], settings: Any
) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story = begin(skips_consent=True)
    claims = json.dumps({place: required})
    answer = answered(story.ask(scope="openid", claims=claims, prompt="none"))
    assert answer["error"] == "invalid_request"
    assert not Authorization.objects.exists()


@spec("OpenID Connect Core §5.5.1", "B-28")
def test_other_claims_may_have_values_of_any_kind(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story = begin(skips_consent=True)
    claims = {
        "id_token": {"sub": {"value": str(story.person.pk)}, "acr": {"values": ["urn:a"]}},
        "userinfo": {"email_verified": {"value": True}, "sub": None},
    }
    answer = answered(story.ask(scope="openid", claims=json.dumps(claims), prompt="none"))
    assert "code" in answer
