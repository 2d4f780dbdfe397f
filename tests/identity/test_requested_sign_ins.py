"""What was asked of the sign-in is what the ID token tells of it: from the request to the client."""

import json
from typing import Any

import pytest
from django.http import HttpRequest

from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.flows.test_response_modes import posted
from tests.identity.stories import WITHOUT_PKCE, change, claims_of, of_every_type, relying_party
from tests.marks import conformance, spec
from tests.signing_in import grow_old, sign_in
from tests.stories import Story

pytestmark = pytest.mark.django_db

CORE = "OpenID Connect Core §3.1.2.1"


def first_party(**openid: Any) -> Story:
    story = relying_party(**openid)
    change(story, skips_consent=True)
    return story


def sso(story: Story, **changes: Any) -> Any:
    return story.ask(**{"scope": "openid", "nonce": "a-nonce", **changes})


def told(story: Story, response: Any) -> dict[str, Any]:
    """The claims of the ID token an answer's code earns."""
    return claims_of(story, story.redeem(answered(response)["code"]).json()["id_token"])


@conformance("oidcc-prompt-login", "oidcc-max-age-1")
@spec(CORE, "B-28", "B-29")
@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "1"}])
def test_after_a_new_sign_in_the_id_token_tells_its_time(asked: dict[str, str]) -> None:
    story = first_party()
    grow_old(story, 10)
    before = told(story, sso(story))
    after = told(story, sign_in(story, sso(story, **asked)))
    assert after["auth_time"] > before["auth_time"]
    assert after["sub"] == before["sub"]


@conformance("oidcc-prompt-none-logged-in", "oidcc-max-age-10000", "oidcc-id-token-hint")
@spec(CORE, "B-28", "B-29")
def test_without_one_it_tells_the_same_again() -> None:
    story = first_party()
    first = story.redeem(answered(sso(story))["code"]).json()["id_token"]
    before = claims_of(story, first)
    for asked in ({"prompt": "none", "id_token_hint": first}, {"max_age": "10000"}):
        after = told(story, sso(story, **asked))
        assert (after["sub"], after["auth_time"]) == (before["sub"], before["auth_time"])


@spec("OpenID Connect Core §8.1", CORE, "B-28")
def test_a_hint_names_people_as_the_client_knows_them() -> None:
    story = first_party(subject_type="pairwise")
    first = story.redeem(answered(sso(story))["code"]).json()["id_token"]
    assert "code" in answered(sso(story, prompt="none", id_token_hint=first))
    sub = claims_of(story, first)["sub"]
    claims = {"id_token": {"sub": {"value": sub}}}
    assert "code" in answered(sso(story, prompt="none", claims=json.dumps(claims)))
    claims = {"id_token": {"sub": {"value": str(story.person.pk)}}}
    refused = answered(sso(story, prompt="none", claims=json.dumps(claims)))
    assert refused["error"] == "login_required"
    story.browser.force_login(PersonFactory())
    refused = answered(sso(story, prompt="none", id_token_hint=first))
    assert refused["error"] == "login_required"


def with_otp(request: HttpRequest) -> dict[str, Any]:
    return {"acr": "urn:example:strong", "amr": ["pwd", "otp", "mfa"]}


@conformance("oidcc-ensure-request-with-acr-values-succeeds")
@spec("OpenID Connect Core §2", "OpenID Connect Core §5.5.1.1", "B-29")
def test_the_id_token_tells_how_people_signed_in_where_the_site_knows(settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUTHENTICATION_CONTEXT": f"{__name__}.with_otp"}
    story = first_party()
    required = {"id_token": {"acr": {"essential": True, "values": ["urn:example:strong"]}}}
    for asked in ({"acr_values": "urn:example:strong"}, {"claims": json.dumps(required)}):
        claims = told(story, sso(story, **asked))
        assert claims["acr"] == "urn:example:strong"
        assert claims["amr"] == ["pwd", "otp", "mfa"]


EVERY = ("code", "id_token", "id_token token", "code id_token", "code token", "code id_token token")


@conformance("oidcc-server")
@spec("OAuth 2.0 Form Post Response Mode §2", "B-28")
@pytest.mark.parametrize("response_type", EVERY)
def test_every_response_type_is_posted_where_that_is_asked(response_type: str) -> None:
    story = of_every_type()
    asked = {"scope": "openid profile", "nonce": "a-nonce", **WITHOUT_PKCE}
    action, answer = posted(
        story.decide(response_type=response_type, response_mode="form_post", **asked)
    )
    assert action == story.registered.redirect_uris[0]
    expected = {"code", "id_token"} & set(response_type.split())
    expected |= {"access_token"} if "token" in response_type.split() else set()
    assert {"code", "id_token", "access_token"} & set(answer) == expected
    if "id_token" in answer:
        assert claims_of(story, answer["id_token"])["nonce"] == "a-nonce"
    refused = story.ask(
        response_type=response_type, response_mode="form_post", **asked, prompt="none", max_age="0"
    )
    assert posted(refused)[1]["error"] == "login_required"
