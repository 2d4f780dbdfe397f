"""ID tokens and userinfo for one client's eyes: HMACs under its secret, encryption under its key."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from django_oauthflows.clients import secrets
from django_oauthflows.tokens.models import Authorization
from tests.identity.stories import change, claims_of, header_of, relying_party, userinfo
from tests.marks import spec
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

KEYS = {
    "RSA-OAEP": JWK.generate(kty="RSA", size=2048, kid="an-rsa-key", use="enc"),
    "RSA-OAEP-256": JWK.generate(kty="RSA", size=2048, kid="an-rsa-key", use="enc"),
    "ECDH-ES": JWK.generate(kty="EC", crv="P-256", kid="an-ec-key", use="enc"),
    "ECDH-ES+A256KW": JWK.generate(kty="EC", crv="P-256", kid="an-ec-key", use="enc"),
}


def public(key: JWK) -> dict[str, Any]:
    return {"keys": [key.export_public(as_dict=True)]}


def opened(value: str, key: JWK) -> str:
    """What was encrypted, by a library the package does not encrypt with."""
    envelope = JWE()
    envelope.deserialize(value, key)
    return str(envelope.payload.decode())


def hmacked(value: str, secret: str, algorithm: str) -> dict[str, Any]:
    signed = JWS()
    signed.allowed_algs = [algorithm]
    signed.deserialize(value)
    signed.verify(JWK.from_password(secret))
    return dict(json.loads(signed.payload))


@spec("OpenID Connect Core §10.1", "B-29")
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_that_is_kept_readable_signs(algorithm: str) -> None:
    story = relying_party(id_token_signed_response_alg=algorithm)
    secret = _kept_readable(story)
    token = story.tokens(scope="openid")["id_token"]
    assert hmacked(token, secret, algorithm)["sub"] == str(story.person.pk)
    change(story, userinfo_signed_response_alg=algorithm)
    answer = userinfo(story, story.tokens(scope="openid")["access_token"]).content.decode()
    assert hmacked(answer, secret, algorithm)["sub"] == str(story.person.pk)


def _kept_readable(story: Story) -> str:
    return secrets.add(story.registered.application, label="kept", is_readable=True)


@spec("OpenID Connect Core §10.1")
@pytest.mark.parametrize("secret", ["a secret of more than thirty-two characters", "short"])
def test_an_application_of_old_goes_on_with_its_algorithm(secret: str) -> None:
    application = dot_application(
        algorithm="HS256", client_secret=secret, redirect_uris="https://client.example/callback"
    )
    story = begin(registered=application)
    story.tokens(scope="openid", nonce="a-nonce")
    # Its secret is kept as a checksum since, and asked of the older column no more.
    token = story.tokens(scope="openid", nonce="a-nonce")["id_token"]
    if secret == "short":
        assert claims_of(story, token)["sub"]
    else:
        assert hmacked(token, secret, "HS256")["sub"] == str(story.person.pk)


@spec("OpenID Connect Core §10.1", "B-7")
def test_a_secret_of_old_that_was_retired_signs_no_more() -> None:
    application = dot_application(algorithm="HS256", client_secret="x" * 40)
    story = begin(registered=application)
    code = story.code(scope="openid", nonce="a-nonce")
    secrets.retire_dots(application.application)
    secret = secrets.add(application.application, label="ours")
    replaced = begin(registered=replace(application, client_secret=secret), person=story.person)
    assert claims_of(replaced, replaced.redeem(code).json()["id_token"])["sub"]


@spec("OpenID Connect Core §10.1")
def test_a_secret_that_is_a_checksum_alone_signs_nothing() -> None:
    story = relying_party(id_token_signed_response_alg="HS256")
    assert claims_of(story, story.tokens(scope="openid")["id_token"])["sub"]


@spec("OpenID Connect Core §10.2", "RFC 7519 §5.2", "B-29")
@pytest.mark.parametrize("enc", ["", "A256GCM"])
@pytest.mark.parametrize("alg", KEYS)
def test_an_id_token_is_signed_and_then_encrypted_to_the_clients_key(alg: str, enc: str) -> None:
    story = relying_party(
        id_token_encrypted_response_alg=alg,
        id_token_encrypted_response_enc=enc,
        jwks=public(KEYS[alg]),
    )
    token = story.tokens(scope="openid")["id_token"]
    header = header_of(token)
    assert (header["alg"], header["enc"]) == (alg, enc or "A128CBC-HS256")
    assert (header["cty"], header["kid"]) == ("JWT", KEYS[alg]["kid"])
    assert claims_of(story, opened(token, KEYS[alg]))["sub"] == str(story.person.pk)


@spec("OpenID Connect Core §5.3.2", "B-29")
@pytest.mark.parametrize("algorithm", ["", "RS256"])
def test_userinfo_is_encrypted_with_a_signature_or_without(algorithm: str) -> None:
    story = relying_party(
        userinfo_signed_response_alg=algorithm,
        userinfo_encrypted_response_alg="ECDH-ES",
        jwks=public(KEYS["ECDH-ES"]),
    )
    response = userinfo(story, story.tokens(scope="openid")["access_token"])
    assert response["Content-Type"] == "application/jwt"
    plain = opened(response.content.decode(), KEYS["ECDH-ES"])
    members = claims_of(story, plain) if algorithm else json.loads(plain)
    assert members["sub"] == str(story.person.pk)


@spec("OpenID Connect Core §10.2", "B-3")
def test_without_a_key_to_encrypt_to_nothing_is_spent() -> None:
    story = relying_party(id_token_encrypted_response_alg="RSA-OAEP")
    code = story.code(scope="openid")
    assert error_of(story.redeem(code)) == (400, "invalid_request")
    assert Authorization.objects.get().redeemed is None
    change(story, jwks=public(KEYS["RSA-OAEP"]))
    assert story.redeem(code).status_code == 200


@spec("OpenID Connect Core §10.2")
def test_without_a_key_userinfo_is_refused() -> None:
    story = relying_party(userinfo_encrypted_response_alg="RSA-OAEP")
    response = userinfo(story, story.tokens(scope="openid")["access_token"])
    assert error_of(response) == (400, "invalid_request")
