"""RSA keys that django-oauth-toolkit signed with until now."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.test import override_settings
from jwcrypto.jwk import JWK

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.keys.models import SigningKey
from tests.identity.stories import AS_PROVIDER, claims_of, header_of, relying_party
from tests.marks import spec
from tests.stories import begin, dot_application

pytestmark = pytest.mark.django_db


def pem_of(key: Any) -> str:
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return str(key.private_bytes(*form, serialization.NoEncryption()).decode())


def rsa_pem(bits: int = 2048) -> str:
    return pem_of(rsa.generate_private_key(public_exponent=65537, key_size=bits))


def with_keys(pem: Any, *inactive: Any) -> Any:
    keys = {"OIDC_RSA_PRIVATE_KEY": pem, "OIDC_RSA_PRIVATE_KEYS_INACTIVE": list(inactive)}
    return override_settings(OAUTH2_PROVIDER={**AS_PROVIDER, **keys})


def kid_of(pem: str) -> str:
    """As django-oauth-toolkit names it."""
    return str(JWK.from_pem(pem.encode()).thumbprint())


@spec("RFC 7517 §5", "OpenID Connect Core §10.1")
def test_the_projects_key_signs_id_tokens_and_its_former_ones_are_published() -> None:
    now, former = rsa_pem(), rsa_pem()
    story = relying_party()
    with with_keys(now, former):
        token = story.tokens(scope="openid")["id_token"]
        assert header_of(token)["kid"] == kid_of(now)
        assert claims_of(story, token)["sub"] == str(story.person.pk)
        keys = story.back_channel.get("/o/.well-known/jwks.json").json()["keys"]
    assert {kid_of(now), kid_of(former)} < {key["kid"] for key in keys}
    for key in keys:
        assert key.keys().isdisjoint({"d", "p", "q", "dp", "dq", "qi"})
    assert SigningKey.objects.filter(algorithm="RS256").exists(), "the one that takes over"


@spec("OpenID Connect Core §3.1.2.1")
def test_a_hint_is_genuine_for_as_long_as_the_settings_hold_its_key() -> None:
    old = rsa_pem()
    story = relying_party()
    with with_keys(old):
        hint = story.tokens(scope="openid")["id_token"]
    asked = {"prompt": "none", "id_token_hint": hint, "scope": "openid"}
    with with_keys("", old):
        assert "code=" in story.ask(**asked)["Location"]
    with with_keys(""):
        assert "error=" in story.ask(**asked)["Location"]


@spec("RFC 9068 §4")
def test_a_key_for_id_tokens_is_none_for_access_tokens() -> None:
    story = relying_party(token_format="jwt")
    with with_keys(rsa_pem()):
        access = story.tokens(scope="openid notes:read")["access_token"]
    assert header_of(access)["alg"] == "ES256"


@pytest.mark.parametrize(
    "pem",
    [
        "no key",
        "-----BEGIN RSA PRIVATE KEY-----",
        7,
        pem_of(ec.generate_private_key(ec.SECP256R1())),
        rsa_pem(1024),
    ],
    ids=["text", "cut", "number", "elliptic", "short"],
)
@spec("RFC 7518 §3.3")
def test_a_key_that_cannot_be_used_takes_nothing_down(pem: Any) -> None:
    story = relying_party()
    with with_keys(pem, pem):
        token = story.tokens(scope="openid")["id_token"]
        assert claims_of(story, token)["sub"] == str(story.person.pk)


@spec("OpenID Connect Core §10.1")
@pytest.mark.parametrize("algorithm", ["RS256", "HS256"])
def test_an_application_that_gets_its_policy_keeps_its_signature(algorithm: str) -> None:
    secret = "a secret that django-oauth-toolkit keeps readable"
    story = begin(registered=dot_application(algorithm=algorithm, client_secret=secret))
    ClientPolicy.objects.create(
        application=story.registered.application,
        flows=["authorization-code-pkce"],
        scopes=["openid"],
    )
    with with_keys(rsa_pem()):
        token = story.tokens(scope="openid")["id_token"]
    assert header_of(token)["alg"] == algorithm
