"""What a walk shows, and what it believes."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from example_project.playground.walks.display import as_lines, shown
from example_project.playground.walks.tokens import Untrusted, claims_of, must_be_for, must_name
from example_project.playground.walks.wire import Answer, Stopped, accepted
from tests.marks import spec

ISSUER = "https://id.example/o"
KEY = ECKey.generate_key("P-256", {"kid": "theirs"})
ANOTHER = ECKey.generate_key("P-256", {"kid": "theirs"})
KEYS = {"keys": [KEY.as_dict(private=False)]}


def signed(key: ECKey = KEY, **changes: Any) -> str:
    claims = {"iss": ISSUER, "aud": "me", "exp": int(time.time()) + 60, **changes}
    return jwt.encode({"alg": "ES256", "kid": "theirs"}, claims, key)


@pytest.mark.parametrize(
    "name",
    [
        *("code", "device_code", "access_token", "refresh_token", "id_token", "subject_token"),
        *("assertion", "client_assertion", "client_secret", "code_verifier"),
    ],
)
def test_of_a_secret_only_the_beginning_is_shown(name: str) -> None:
    secret = "abcdef" + "x" * 40
    assert shown(name, secret) == "abcdef… (46 characters)"
    assert secret not in as_lines("POST /", [(name, secret)])
    assert shown("answer", {"deep": [{name: secret}]}) == {
        "deep": [{name: "abcdef… (46 characters)"}]
    }


def test_of_a_password_nothing_is_shown() -> None:
    assert shown("password", "demo-ada-2026") == "•" * 8


@pytest.mark.parametrize("name", ["scope", "user_code", "response_type", "subject_token_type"])
def test_anything_else_is_shown_as_far_as_it_fits(name: str) -> None:
    assert shown(name, "notes:read") == "notes:read"
    assert len(shown(name, "x" * 10_000)) < 500


def test_a_token_that_the_provider_signed_is_opened() -> None:
    assert claims_of(signed(sub="1"), KEYS, issuer=ISSUER)["sub"] == "1"


@spec("OpenID Connect Core §3.1.3.7")
@pytest.mark.parametrize(
    "token",
    [
        signed(ANOTHER),
        signed(iss="https://evil.example"),
        signed(exp=1),
        signed(exp=None),
        "eyJ.eyJ.x",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ],
    ids=["signature", "issuer", "expired", "endless", "nonsense", "unsigned"],
)
def test_any_other_token_is_not(token: str) -> None:
    with pytest.raises(Untrusted):
        claims_of(token, KEYS, issuer=ISSUER)


@spec("OpenID Connect Core §3.1.3.7")
@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another", "nonce": "n"},
        {"aud": ["another"], "nonce": "n"},
        {"aud": "me"},
        {"aud": "me", "nonce": "old"},
    ],
)
def test_an_id_token_for_somebody_or_something_else_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(Untrusted):
        must_be_for(claims, "me", "n")
    must_be_for({"aud": ["me", "another"], "nonce": "n"}, "me", "n")


@spec("OpenID Connect Core §3.2.2.9", "OpenID Connect Core §3.3.2.10")
@pytest.mark.parametrize("claim", ["at_hash", "c_hash"])
def test_an_id_token_names_what_came_beside_it(claim: str) -> None:
    # The example of OpenID Connect Core §A.3 and §A.4.
    named = {"at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "c_hash": "LDktKdoQak3Pk0cnXxCltA"}
    came = {
        "at_hash": "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
        "c_hash": "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
    }
    must_name(named, {claim: came[claim]})
    for wrong in (came[claim] + "x", ""):
        with pytest.raises(Untrusted):
            must_name(named, {claim: wrong})
    with pytest.raises(Untrusted):
        must_name({}, {claim: came[claim]})


def test_what_an_answer_lacks_ends_the_walk_in_words() -> None:
    """An administrator may take a flow away from a client of the demo, as from any other."""
    answer = Answer(status=200, members={"access_token": "a"}, claims={})
    assert accepted(answer).member("access_token") == "a"
    with pytest.raises(Stopped, match="has no refresh_token"):
        answer.member("refresh_token")
    with pytest.raises(Stopped, match="invalid_grant: It is spent."):
        accepted(
            Answer(
                status=400,
                members={"error": "invalid_grant", "error_description": "It is spent."},
                claims={},
            )
        )
