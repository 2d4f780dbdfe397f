"""Proof Key for Code Exchange, rule by rule."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.errors import Code
from django_oauthflows.rules import pkce
from tests.marks import spec
from tests.rules.facts import CHALLENGE, VERIFIER, authorization, client, held, token

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
verifiers = st.text(alphabet=UNRESERVED, min_size=43, max_size=128)

LEGAL = ("a" * 43, "a" * 128, UNRESERVED)
ILLEGAL = (
    "a" * 42,
    "a" * 129,
    "a" * 42 + "+",
    "a" * 42 + "/",
    "a" * 43 + "=",
    "a" * 42 + "é",
    "a" * 43 + "\n",
    " " + "a" * 43,
)


@spec("RFC 7636 §4.2", "B-13")
def test_the_example_of_the_specification_is_computed() -> None:
    assert pkce.s256(VERIFIER) == CHALLENGE


@spec("RFC 7636 §4.6", "B-13")
@given(verifiers)
def test_every_legal_verifier_answers_its_own_challenge(verifier: str) -> None:
    challenge = pkce.s256(verifier)
    assert urlsafe_b64decode(challenge + "=") == sha256(verifier.encode()).digest()
    asked = authorization(code_challenge=challenge)
    assert pkce.code_challenge_must_be_well_formed(asked) is None
    redeemed = token(held=held(code_challenge=challenge), code_verifier=verifier)
    assert pkce.code_verifier_must_be_well_formed(redeemed) is None
    assert pkce.code_verifier_must_match_challenge(redeemed) is None


@spec("RFC 7636 §4.6", "B-13")
@given(verifiers, verifiers)
def test_no_other_verifier_answers_a_challenge(one: str, other: str) -> None:
    redeemed = token(held=held(code_challenge=pkce.s256(one)), code_verifier=other)
    refused = pkce.code_verifier_must_match_challenge(redeemed) is not None
    assert refused == (one != other)


@spec("RFC 7636 §4.6", "B-13")
def test_the_challenge_itself_is_no_verifier_under_s256() -> None:
    assert pkce.code_verifier_must_match_challenge(token(code_verifier=CHALLENGE))


@spec("RFC 7636 §4.6", "B-13")
def test_a_plain_challenge_is_compared_as_it_is() -> None:
    plain = held(code_challenge=VERIFIER, code_challenge_method="plain")
    assert pkce.code_verifier_must_match_challenge(token(held=plain)) is None
    assert pkce.code_verifier_must_match_challenge(token(held=plain, code_verifier="a" * 43))


@spec("RFC 7636 §4.2", "B-13")
@pytest.mark.parametrize("challenge", LEGAL)
def test_a_legal_challenge_is_taken(challenge: str) -> None:
    assert pkce.code_challenge_must_be_well_formed(authorization(code_challenge=challenge)) is None


@spec("RFC 7636 §4.2", "B-13")
@pytest.mark.parametrize("challenge", ILLEGAL)
def test_a_challenge_of_another_length_or_alphabet_is_refused(challenge: str) -> None:
    assert pkce.code_challenge_must_be_well_formed(authorization(code_challenge=challenge))


@spec("RFC 7636 §4.1", "B-13")
@pytest.mark.parametrize("verifier", LEGAL)
def test_a_legal_verifier_is_taken(verifier: str) -> None:
    assert pkce.code_verifier_must_be_well_formed(token(code_verifier=verifier)) is None


@spec("RFC 7636 §4.1", "B-13")
@pytest.mark.parametrize("verifier", ILLEGAL)
def test_a_verifier_of_another_length_or_alphabet_is_refused(verifier: str) -> None:
    assert pkce.code_verifier_must_be_well_formed(token(code_verifier=verifier))


@spec("RFC 7636 §4.3", "B-13")
@pytest.mark.parametrize(
    ("method", "challenge", "is_refused"),
    [
        ("S256", CHALLENGE, False),
        ("plain", CHALLENGE, False),
        ("", CHALLENGE, False),
        ("", "", False),
        ("s256", CHALLENGE, True),
        ("S512", CHALLENGE, True),
        ("none", CHALLENGE, True),
        ("S256", "", True),
        ("plain", "", True),
    ],
)
def test_the_method_is_one_of_two_and_comes_with_a_challenge(
    method: str, challenge: str, is_refused: bool
) -> None:
    asked = authorization(code_challenge=challenge, code_challenge_method=method)
    assert bool(pkce.code_challenge_method_must_be_known(asked)) == is_refused


@spec("OAuth 2.1 §4.1.1", "B-13")
@pytest.mark.parametrize(
    ("method", "is_refused"), [("S256", False), ("plain", True), ("", True), ("s256", True)]
)
def test_the_standard_profile_takes_s256_alone(method: str, is_refused: bool) -> None:
    asked = authorization(code_challenge_method=method)
    assert bool(pkce.code_challenge_must_use_s256(asked)) == is_refused


@spec("OAuth 2.1 §4.1.1", "RFC 9700 §2.1.1", "B-13")
@pytest.mark.parametrize("has_challenge", [True, False])
@pytest.mark.parametrize("is_confidential", [True, False])
@pytest.mark.parametrize("is_openid", [True, False])
@pytest.mark.parametrize("nonce", ["a-nonce", ""])
def test_only_a_confidential_openid_request_with_a_nonce_may_leave_pkce_out(
    has_challenge: bool, is_confidential: bool, is_openid: bool, nonce: str
) -> None:
    asked = authorization(
        client=client(is_confidential=is_confidential),
        scopes=frozenset({"openid"} if is_openid else {"notes:read"}),
        nonce=nonce,
        code_challenge=CHALLENGE if has_challenge else "",
        code_challenge_method="S256" if has_challenge else "",
    )
    is_let_off = has_challenge or (is_confidential and is_openid and bool(nonce))
    assert bool(pkce.code_challenge_must_be_sent(asked)) != is_let_off


@spec("RFC 9700 §2.1.1", "B-13")
@pytest.mark.parametrize("is_confidential", [True, False])
@pytest.mark.parametrize("response_type", ["code", "code id_token", "code token"])
def test_the_exception_for_one_client_is_for_confidential_ones_and_for_codes_alone(
    response_type: str, is_confidential: bool
) -> None:
    asked = authorization(
        client=client(is_confidential=is_confidential, may_omit_pkce_and_nonce=True),
        response_type=response_type,
        code_challenge="",
        code_challenge_method="",
    )
    is_let_off = is_confidential and response_type == "code"
    assert bool(pkce.code_challenge_must_be_sent(asked)) != is_let_off
    assert pkce.code_challenge_must_be_sent_with_every_request(asked)


@spec("RFC 8252 §8.1", "B-13")
@pytest.mark.parametrize("uri", ["http://localhost/cb", "https://127.0.0.1/cb", "http://[::1]:1/"])
def test_no_exception_reaches_a_persons_own_device(uri: str) -> None:
    exempt = client(may_omit_pkce_and_nonce=True, profile="legacy")
    asked = authorization(
        client=exempt, redirect_uri=uri, code_challenge="", scopes=frozenset({"openid"}), nonce="n"
    )
    assert pkce.code_challenge_must_be_sent_for_loopback_addresses(asked)
    for changes in ({"code_challenge": CHALLENGE}, {"response_type": "id_token token"}):
        other = replace(asked, **changes)
        assert pkce.code_challenge_must_be_sent_for_loopback_addresses(other) is None


@spec("OAuth 2.1 §7.5.2", "B-13")
def test_an_agent_has_no_way_round_pkce() -> None:
    with_nonce = authorization(
        scopes=frozenset({"openid"}), nonce="a-nonce", code_challenge="", code_challenge_method=""
    )
    assert pkce.code_challenge_must_be_sent(with_nonce) is None
    assert pkce.code_challenge_must_be_sent_with_every_request(with_nonce)
    assert pkce.code_challenge_must_be_sent_with_every_request(authorization()) is None


@spec("RFC 9700 §2.1.1", "B-13")
@pytest.mark.parametrize(
    ("challenge", "is_confidential", "is_refused"),
    [(CHALLENGE, False, False), (CHALLENGE, True, False), ("", True, False), ("", False, True)],
)
def test_the_legacy_profile_lets_off_confidential_clients_alone(
    challenge: str, is_confidential: bool, is_refused: bool
) -> None:
    asked = authorization(
        client=client(is_confidential=is_confidential), code_challenge=challenge, nonce="a-nonce"
    )
    assert bool(pkce.code_challenge_must_be_sent_by_public_clients(asked)) == is_refused


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_verifier_for_a_code_without_a_challenge_is_a_downgrade() -> None:
    stripped = token(held=held(code_challenge="", code_challenge_method=""))
    assert pkce.code_verifier_must_not_be_unexpected(stripped)
    assert pkce.code_verifier_must_not_be_unexpected(replace(stripped, code_verifier="")) is None
    assert pkce.code_verifier_must_not_be_unexpected(token()) is None


@spec("RFC 7636 §4.5", "B-13")
def test_a_challenge_needs_its_verifier() -> None:
    assert pkce.code_verifier_must_be_sent(token(code_verifier=""))
    assert pkce.code_verifier_must_be_sent(token()) is None
    without = held(code_challenge="", code_challenge_method="")
    assert pkce.code_verifier_must_be_sent(token(held=without, code_verifier="")) is None


@spec("RFC 7636 §4.6", "RFC 7636 §4.4.1")
def test_a_wrong_challenge_is_the_requests_fault_and_a_wrong_verifier_the_grants() -> None:
    assert pkce.code_challenge_must_be_well_formed.refuses_with is Code.INVALID_REQUEST
    assert pkce.code_challenge_must_be_sent.refuses_with is Code.INVALID_REQUEST
    assert pkce.code_verifier_must_match_challenge.refuses_with is Code.INVALID_GRANT
    assert pkce.code_verifier_must_be_sent.refuses_with is Code.INVALID_GRANT
