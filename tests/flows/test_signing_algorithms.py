"""What JWT access tokens are signed with: as the server, a resource or a client has it (RFC 9068 §2.1)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.registration import register_client
from django_oauthflows.keys import jwt
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.testing.client import answered
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

PRICES = "https://prices.example/"
OTHER = "https://other.example/"


def algorithm_of(token: str) -> Any:
    return jwt.open_jwt(token).header["alg"]


def signing(algorithm: str = "", **client: Any) -> Story:
    return begin(token_format="jwt", access_token_algorithm=algorithm, **client)


@spec("RFC 9068 §2.1", "B-23")
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_a_client_can_have_an_algorithm_of_its_own(algorithm: str) -> None:
    story = signing(algorithm)
    tokens = story.tokens(scope="notes:read")
    assert algorithm_of(tokens["access_token"]) == algorithm
    refreshed = story.refresh(tokens["refresh_token"]).json()
    assert algorithm_of(refreshed["access_token"]) == algorithm
    for path in ("/api/notes/", "/api/local/"):
        assert story.call(tokens["access_token"], path).status_code == 200
    assert story.introspect(tokens["access_token"])["active"]
    published = Client().get("/o/.well-known/jwks.json").json()["keys"]
    assert algorithm in {key["alg"] for key in published}


@spec("B-23")
def test_nobody_elses_tokens_are_changed_by_that() -> None:
    signing("RS256").tokens()
    assert algorithm_of(signing().tokens()["access_token"]) == "ES256"
    assert "." not in begin(access_token_algorithm="RS256").tokens()["access_token"]


@spec("RFC 9068 §2.1", "B-23")
def test_what_goes_through_the_browser_is_signed_so_too() -> None:
    story = signing("RS256", preset="legacy-app", profile="legacy")
    story.registered.policy.flows = [*story.registered.policy.flows, "implicit"]
    story.registered.policy.save()
    unproven = {"code_challenge": None, "code_challenge_method": None}
    front = answered(story.decide(response_type="token", **unproven), mode="fragment")
    assert algorithm_of(front["access_token"]) == "RS256"


@spec("RFC 9068 §2.1", "RFC 8707 §2", "B-23")
def test_a_resource_goes_before_the_client(settings: Any) -> None:
    settings.OAUTHFLOWS = {"RESOURCE_SIGNING_ALGORITHMS": {PRICES: "RS256", OTHER: "PS256"}}
    story = signing("EdDSA")
    for resource, expected in (
        (PRICES, "RS256"),
        (OTHER, "PS256"),
        ([PRICES, "https://third.example/"], "RS256"),
        ([PRICES, OTHER], "EdDSA"),
        (PRICES.rstrip("/"), "EdDSA"),
        (f"{PRICES}more", "EdDSA"),
        (None, "EdDSA"),
    ):
        token = story.tokens(resource=resource)["access_token"]
        assert algorithm_of(token) == expected, resource


@spec("RFC 9068 §3", "B-23")
def test_this_site_is_a_resource_like_any_other(settings: Any) -> None:
    settings.OAUTHFLOWS = {"RESOURCE_SIGNING_ALGORITHMS": {"http://testserver": "RS256"}}
    assert algorithm_of(signing().tokens()["access_token"]) == "RS256"


@spec("RFC 7517 §5", "B-23")
def test_the_key_of_a_resource_is_published_before_it_signs(settings: Any) -> None:
    settings.OAUTHFLOWS = {"RESOURCE_SIGNING_ALGORITHMS": {PRICES: "RS256"}}
    published = Client().get("/o/.well-known/jwks.json").json()["keys"]
    assert {key["alg"] for key in published} == {"ES256", "RS256"}


# What stays shut ---------------------------------------------------------------------------------------


@spec("RFC 8725 §3.1", "B-23")
@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "rs256"])
def test_no_client_gets_an_algorithm_that_is_not_the_servers(algorithm: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register_client(
            preset="service",
            name="A job",
            token_format="jwt",
            access_token_algorithm=algorithm,
        )
    assert refused.value.message_dict.keys() == {"access_token_algorithm"}
    assert not get_application_model().objects.exists()
