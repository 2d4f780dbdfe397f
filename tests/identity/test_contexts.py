"""The strength of a sign-in: what clients are told of it, and what it stands for."""

import json
from typing import Any

import pytest
from django.http import HttpRequest

from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.identity.stories import AS_PROVIDER, WITHOUT_PKCE, claims_of, of_every_type
from tests.marks import conformance, spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

LADDER = ["urn:x:password", "urn:x:code", "urn:x:key"]


def in_session(request: HttpRequest) -> dict[str, Any]:
    """What a project's own second factor left in the session."""
    return {"acr": request.session.get("level", "")}


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER


@pytest.fixture
def ladder(settings: Any) -> None:
    settings.OAUTHFLOWS = {
        "ACR_LADDER": LADDER,
        "ACR_VALUES_SUPPORTED": ["urn:x:smartcard"],
        "AUTHENTICATION_CONTEXT": f"{__name__}.in_session",
    }


def first_party(level: str = "") -> Story:
    story = begin(skips_consent=True, person=PersonFactory(), scopes=("openid", "notes:read"))
    session = story.browser.session
    session["level"] = level
    session.save()
    return story


def answer(story: Story, **asked: Any) -> dict[str, Any]:
    return answered(story.ask(scope="openid", nonce="a-nonce", **asked))


def acr_of(story: Story, **asked: Any) -> str | None:
    tokens = story.redeem(answer(story, **asked)["code"]).json()
    first = claims_of(story, tokens["id_token"]).get("acr")
    refreshed = story.refresh(tokens["refresh_token"]).json()
    assert claims_of(story, refreshed["id_token"]).get("acr") == first
    return first


def claim(**said: Any) -> str:
    return json.dumps({"id_token": {"acr": said or None}})


ASKED = {
    "by a parameter": {"acr_values": "0"},
    "by another parameter": {"acr_values": "1 2"},
    "by a claim": {"claims": claim()},
    "by an essential claim": {"claims": claim(essential=True)},
    "by an essential value": {"claims": claim(essential=True, value="0")},
    "by a wished value": {"claims": claim(value="gold")},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@conformance("oidcc-ensure-request-with-acr-values-succeeds")
@spec("OpenID Connect Core §2", "OpenID Connect Core §3.1.2.1", "B-29")
def test_a_sign_in_of_which_nobody_knows_more_has_the_lowest_step(asked: dict[str, str]) -> None:
    assert acr_of(first_party(), **asked) == "0"


@spec("OpenID Connect Core §2", "B-29")
def test_a_client_that_does_not_ask_is_told_nothing() -> None:
    assert acr_of(first_party()) is None
    assert acr_of(first_party(), claims=json.dumps({"userinfo": {"acr": None}})) is None


@spec("OpenID Connect Dynamic Client Registration §2", "B-28")
def test_a_client_that_always_asks_does_so_by_its_registration() -> None:
    story = first_party()
    story.registered.policy.default_acr_values = ["gold"]
    story.registered.policy.save()
    assert acr_of(story) == "0"


@spec("OpenID Connect Core §2", "B-29")
def test_without_a_ladder_nothing_is_said(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ACR_LADDER": []}
    assert acr_of(first_party(), acr_values="0") is None
    refused = answer(first_party(), claims=claim(essential=True, value="0"))
    assert refused["error"] == "unmet_authentication_requirements"


@pytest.mark.parametrize(
    ("level", "wished", "told"),
    [
        ("", "urn:x:key urn:x:code", "urn:x:password"),
        ("urn:x:password", "urn:x:password", "urn:x:password"),
        ("urn:x:code", "urn:x:key urn:x:code", "urn:x:code"),
        ("urn:x:key", "urn:x:code urn:x:key", "urn:x:code"),
        ("urn:x:key", "unheard-of", "urn:x:key"),
        ("urn:x:smartcard", "urn:x:key", "urn:x:smartcard"),
        ("urn:x:smartcard", "urn:x:password", "urn:x:password"),
    ],
)
@pytest.mark.usefixtures("ladder")
@spec("OpenID Connect Core §3.1.2.1", "B-29")
def test_the_first_wish_that_the_sign_in_satisfies_is_told(
    level: str, wished: str, told: str
) -> None:
    assert acr_of(first_party(level), acr_values=wished) == told


@pytest.mark.parametrize(
    ("level", "required", "is_met"),
    [
        ("urn:x:key", ["urn:x:code"], True),
        ("urn:x:code", ["urn:x:code"], True),
        ("urn:x:password", ["urn:x:code"], False),
        ("", ["urn:x:code", "urn:x:key"], False),
        ("", ["urn:x:password"], True),
        ("urn:x:smartcard", ["urn:x:code"], False),
        ("urn:x:key", ["urn:x:smartcard"], False),
    ],
)
@pytest.mark.usefixtures("ladder")
@spec("OpenID Connect Core §5.5.1.1", "OpenID Connect Core Unmet Authentication Requirements §2")
def test_a_required_context_is_met_by_a_stronger_one_and_by_no_weaker_one(
    level: str, required: list[str], is_met: bool
) -> None:
    story, essential = first_party(level), claim(essential=True, values=required)
    if is_met:
        assert acr_of(story, claims=essential) in required
    else:
        refused = answer(story, claims=essential)
        assert refused["error"] == "unmet_authentication_requirements"


@pytest.mark.usefixtures("ladder")
@spec("OpenID Connect Core §5.5.1.1", "B-28")
def test_a_step_of_the_ladder_is_reached_on_the_page_for_it(settings: Any) -> None:
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "STEP_UP_URL": "/accounts/stronger/"}
    essential = claim(essential=True, value="urn:x:code")
    sent = first_party().ask(scope="openid", claims=essential)
    assert sent["Location"].startswith("/accounts/stronger/?")
    assert "code" in answer(first_party("urn:x:key"), claims=essential)


@pytest.mark.parametrize("response_type", ["id_token", "code id_token", "id_token token"])
@spec("OpenID Connect Core §3.2.2.10", "B-29")
def test_an_id_token_of_the_front_channel_tells_it_too(response_type: str) -> None:
    story = of_every_type(skips_consent=True)
    asked = {"scope": "openid", "nonce": "n", "response_type": response_type, **WITHOUT_PKCE}
    told = answered(story.ask(acr_values="1 2", **asked), mode="fragment")
    assert claims_of(story, told["id_token"])["acr"] == "0"
    told = answered(story.ask(**asked), mode="fragment")
    assert "acr" not in claims_of(story, told["id_token"])
