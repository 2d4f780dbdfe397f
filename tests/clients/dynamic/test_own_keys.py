"""A client that registered itself proves who it is with keys of its own, and changes them when it likes."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from django_oauthflows.clients.fetching import Document
from tests.clients.dynamic.registering import PRIVATE_KEY, PUBLIC_KEYS, Registrar, story_of
from tests.marks import conformance, spec
from tests.stories import Story, error_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUER = "http://testserver/o"
KEYS = "https://client.example/keys"
NEXT_KEY = RSAKey.generate_key(2048, {"kid": "two"})


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Address → the key set that is found there."""
    found: dict[str, Any] = {}

    def fetch(uri: str, **limits: Any) -> Document:
        text = json.dumps(found[uri])
        return Document(text=text, media_type="application/jwk-set+json", max_age=None)

    monkeypatch.setattr("django_oauthflows.clients.keys.fetch", fetch)
    return found


def proof(story: Story, key: Any, alg: str = "RS256") -> dict[str, str]:
    """The parameters a client authenticates by (RFC 7523 §2.2), meant for the issuer."""
    client_id = story.registered.client_id
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "jti": str(uuid4()),
        "exp": int(timezone.now().timestamp()) + 60,
    }
    signed = jwt.encode({"alg": alg, "kid": key.kid}, claims, key)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


def redeemed(story: Story, key: Any, alg: str = "RS256") -> Any:
    return story.redeem(story.code(scope="openid", nonce="a-nonce"), **proof(story, key, alg))


@spec("OpenID Connect Core §9", "RFC 7523 §2.2")
@conformance("oidcc-ensure-client-assertion-with-iss-aud-succeeds")
def test_the_keys_it_registered_prove_who_it_is(open_registration: Registrar) -> None:
    story = story_of(
        open_registration.registered(token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC_KEYS)
    )
    assert redeemed(story, PRIVATE_KEY).status_code == 200
    assert error_of(redeemed(story, NEXT_KEY)) == (401, "invalid_client")


@spec("OpenID Connect Core §10.1.1", "RFC 7591 §2")
@conformance("oidcc-registration-jwks-uri", "oidcc-refresh-token-rp-key-rotation")
def test_the_keys_it_publishes_are_followed(
    open_registration: Registrar, published: dict[str, Any]
) -> None:
    published[KEYS] = PUBLIC_KEYS
    story = story_of(
        open_registration.registered(
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=KEYS,
            grant_types=["authorization_code", "refresh_token"],
        )
    )
    tokens = redeemed(story, PRIVATE_KEY).json()
    published[KEYS] = {"keys": [NEXT_KEY.as_dict(private=False)]}
    refreshed = story.refresh(tokens["refresh_token"], **proof(story, NEXT_KEY))
    assert refreshed.status_code == 200


@spec("OpenID Connect Core §9", "RFC 7523 §2.2")
def test_the_secret_it_was_given_signs_for_it(open_registration: Registrar) -> None:
    told = open_registration.registered(token_endpoint_auth_method="client_secret_jwt")
    story = story_of(told)
    story.registered = replace(story.registered, client_secret="")
    key = OctKey.import_key(told["client_secret"], {"kid": "secret"})
    assert redeemed(story, key, "HS256").status_code == 200
