"""ID tokens: what they say, to whom, and how it is signed (OpenID Connect Core §2, §3)."""

from base64 import urlsafe_b64encode
from hashlib import sha512
from typing import Any

import pytest

from django_oauthflows.testing.client import answered
from tests.identity.stories import (
    WITHOUT_PKCE,
    claims_of,
    half_hash,
    header_of,
    of_every_type,
    relying_party,
)
from tests.marks import conformance, spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

FRONT = ["id_token", "id_token token", "code id_token", "code id_token token"]


def in_front(story: Story, response_type: str, **changes: Any) -> dict[str, str]:
    asked = {"scope": "openid profile", "nonce": "a-nonce", **WITHOUT_PKCE, **changes}
    return answered(story.decide(response_type=response_type, **asked), mode="fragment")


@spec("OpenID Connect Core §3.1.3.3", "OpenID Connect Core §2", "B-29")
@conformance("oidcc-server", "oidcc-idtoken-signature")
def test_a_code_earns_an_id_token_beside_its_tokens() -> None:
    story = relying_party(claims_in_id_token=False)
    members = story.tokens(scope="openid profile", nonce="a-nonce")
    claims = claims_of(story, members["id_token"])
    expected = {
        "iss": "http://testserver/o",
        "sub": str(story.person.pk),
        "aud": story.registered.client_id,
        "azp": story.registered.client_id,
        "nonce": "a-nonce",
        "at_hash": half_hash(members["access_token"]),
    }
    assert {name: claims[name] for name in expected} == expected
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["iat"] - 60 < claims["auth_time"] <= claims["iat"]
    # What a scope stands for is told by userinfo, where there is a token to ask with (§5.4).
    assert "name" not in claims


@spec("OpenID Connect Core §3.1.2.1")
def test_without_the_scope_openid_nobody_is_identified() -> None:
    assert "id_token" not in relying_party().tokens(scope="profile")


@spec("OpenID Connect Core §15.1", "OpenID Connect Core §10.1")
@conformance("oidcc-idtoken-rs256")
def test_the_header_names_a_published_key_and_rs256() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["id_token"]
    keys = story.back_channel.get("/o/.well-known/jwks.json").json()["keys"]
    header = header_of(token)
    assert (header["alg"], header["kid"]) == ("RS256", _rs256(keys)["kid"])


def _rs256(keys: list[dict[str, Any]]) -> dict[str, Any]:
    (key,) = [key for key in keys if key["alg"] == "RS256"]
    assert key.keys() & {"d", "p", "q"} == set()
    return key


@spec("OpenID Connect Core §3.2.2.5", "OpenID Connect Core §3.3.2.11", "B-29")
@conformance("oidcc-server")
@pytest.mark.parametrize("response_type", FRONT)
def test_each_response_type_answers_with_what_it_names(response_type: str) -> None:
    story = of_every_type()
    answer = in_front(story, response_type)
    wanted = {"id_token"} | ({"code"} if "code" in response_type.split() else set())
    wanted |= {"access_token"} if "token" in response_type.split() else set()
    assert answer.keys() & {"id_token", "code", "access_token"} == wanted
    claims = claims_of(story, answer["id_token"])
    assert claims["nonce"] == "a-nonce"
    assert claims.get("at_hash") == _hashed(answer, "access_token")
    assert claims.get("c_hash") == _hashed(answer, "code")


def _hashed(answer: dict[str, str], name: str) -> str | None:
    return half_hash(answer[name]) if name in answer else None


@spec("OpenID Connect Core §5.4")
@pytest.mark.parametrize("response_type", FRONT)
def test_the_scopes_claims_are_in_it_where_nothing_else_can_tell_them(response_type: str) -> None:
    story = of_every_type()
    claims = claims_of(story, in_front(story, response_type)["id_token"])
    assert ("given_name" in claims) == (response_type == "id_token")


@spec("OpenID Connect Core §3.3.3.6")
@pytest.mark.parametrize("response_type", ["code id_token", "code id_token token"])
def test_both_id_tokens_of_the_hybrid_flow_tell_of_the_same_person(response_type: str) -> None:
    story = of_every_type()
    answer = in_front(story, response_type)
    redeemed = story.redeem(answer["code"], code_verifier=None).json()
    front, back = (claims_of(story, token) for token in (answer["id_token"], redeemed["id_token"]))
    assert [front[name] for name in ("iss", "sub", "nonce")] == [
        back[name] for name in ("iss", "sub", "nonce")
    ]
    assert back["at_hash"] == half_hash(redeemed["access_token"])


@spec("OpenID Connect Core §3.2.2.1", "OpenID Connect Core §3.3.2.1")
@conformance("oidcc-ensure-request-without-nonce-fails")
@pytest.mark.parametrize("response_type", FRONT)
def test_an_id_token_in_the_browser_needs_a_nonce(response_type: str) -> None:
    answer = in_front(of_every_type(), response_type, nonce=None)
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "a-state"


@spec("OpenID Connect Core §3.1.2.1")
@conformance("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
def test_a_code_needs_no_nonce() -> None:
    story = relying_party()
    assert "nonce" not in claims_of(story, story.tokens(scope="openid")["id_token"])


@spec("OpenID Connect Core §3.1.2.1")
@pytest.mark.parametrize("response_type", FRONT)
def test_an_id_token_needs_the_scope_openid(response_type: str) -> None:
    assert in_front(of_every_type(), response_type, scope="profile")["error"] == "invalid_request"


@spec("OpenID Connect Core §12.2")
@conformance("oidcc-refresh-token")
def test_a_refresh_answers_with_the_same_sign_in_and_no_nonce() -> None:
    story = relying_party()
    first = story.tokens(scope="openid", nonce="a-nonce")
    second = story.refresh(first["refresh_token"]).json()
    before, after = (claims_of(story, members["id_token"]) for members in (first, second))
    for name in ("iss", "sub", "aud", "azp", "auth_time"):
        assert before[name] == after[name]
    assert "nonce" not in after
    assert after["at_hash"] == half_hash(second["access_token"])


@spec("OpenID Connect Core §12.2")
def test_a_refresh_for_less_than_openid_answers_with_none() -> None:
    story = relying_party()
    first = story.tokens(scope="openid profile")
    assert "id_token" not in story.refresh(first["refresh_token"], scope="profile").json()


@spec("OpenID Connect Core §10.1", "B-29")
@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA"])
def test_a_client_gets_the_signature_it_is_registered_for(algorithm: str) -> None:
    story = relying_party(id_token_signed_response_alg=algorithm)
    members = story.tokens(scope="openid")
    assert claims_of(story, members["id_token"], algorithms=(algorithm,))["sub"]


@spec("RFC 8032 §5.1", "OpenID Connect Core §3.1.3.6")
def test_an_eddsa_token_hashes_as_its_signature_does() -> None:
    story = relying_party(id_token_signed_response_alg="EdDSA")
    members = story.tokens(scope="openid")
    digest = sha512(members["access_token"].encode()).digest()[:32]
    claims = claims_of(story, members["id_token"], algorithms=("EdDSA",))
    assert claims["at_hash"] == urlsafe_b64encode(digest).rstrip(b"=").decode()


@spec("OpenID Connect Core §2", "OpenID Connect Core §3.1.3.7")
@conformance("oidcc-idtoken-unsigned")
def test_an_unsigned_one_is_for_the_token_endpoint_and_the_legacy_profile() -> None:
    story = of_every_type(id_token_signed_response_alg="none")
    token = story.tokens(scope="openid")["id_token"]
    assert token.endswith(".")
    assert header_of(token)["alg"] == "none"
    assert in_front(story, "id_token")["error"] == "invalid_request"


@spec("OpenID Connect Core §3.1.3.7")
def test_outside_the_legacy_profile_every_one_is_signed() -> None:
    story = relying_party(id_token_signed_response_alg="none")
    assert claims_of(story, story.tokens(scope="openid")["id_token"])["sub"]


@spec("OpenID Connect Core §2")
def test_the_id_token_is_no_access_token() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["id_token"]
    assert story.call(token).status_code == 401
    assert story.call(token, "/api/local/").status_code == 401


@spec("RFC 8628 §3.5", "OpenID Connect Core §3.1.3.3")
def test_a_paired_device_is_told_who_paired_it() -> None:
    story = begin(preset="device")
    codes = story.device_codes(scope="openid notes:read").json()
    story.decide_on_device(codes["user_code"], scopes=["openid", "notes:read"])
    members = story.poll(codes["device_code"]).json()
    assert claims_of(story, members["id_token"])["sub"] == str(story.person.pk)
