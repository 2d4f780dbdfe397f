"""A JWT access token that is verified locally, rule by rule."""

from typing import Any

import pytest

from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.jwts import CLOCK_SKEW, LOCAL_RULES, LocalUse
from tests.marks import spec

NOW = 1_900_000_000.0
ISSUER = "https://id.example/o"
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "7",
    "client_id": "a-client",
    "jti": "an-id",
    "iat": NOW,
    "exp": NOW + 1,
    "scope": "notes:read",
}


def use(claims: dict[str, Any] | None = None, **changes: Any) -> LocalUse:
    """A good token; `claims` replace or, with None, leave out."""
    merged = {
        name: value for name, value in {**CLAIMS, **(claims or {})}.items() if value is not None
    }
    facts = {
        "is_genuine": True,
        "now": NOW,
        "issuer": ISSUER,
        "typ": "at+jwt",
        "audience": frozenset({"https://api.example"}),
    }
    return LocalUse(**{**facts, **changes}, claims=merged)


@spec("RFC 9068 §4", "B-23")
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
def test_an_access_token_is_taken_by_either_name(typ: str) -> None:
    enforce(LOCAL_RULES, use(typ=typ))


BAD: list[tuple[str, LocalUse]] = [
    ("jwt_must_be_genuine", use(is_genuine=False)),
    ("jwt_must_be_an_access_token", use(typ="JWT")),
    ("jwt_must_be_an_access_token", use(typ="")),
    ("jwt_must_be_an_access_token", use(typ="logout+jwt")),
    ("jwt_must_be_from_the_issuer", use({"iss": "https://id.example/other"})),
    ("jwt_must_be_from_the_issuer", use({"iss": None})),
    ("jwt_must_be_from_the_issuer", use({"iss": [ISSUER]})),
    ("jwt_must_be_meant_for_this_resource", use(audience=frozenset())),
    ("jwt_must_not_be_expired", use({"exp": NOW})),
    ("jwt_must_not_be_expired", use({"exp": None})),
    ("jwt_must_not_be_expired", use({"exp": str(NOW + 1)})),
    ("jwt_must_not_be_expired", use({"exp": True})),
    ("jwt_must_not_be_expired", use({"exp": float("inf")})),
    ("jwt_must_have_begun", use({"nbf": NOW + CLOCK_SKEW + 1})),
    ("jwt_must_have_begun", use({"iat": NOW + CLOCK_SKEW + 1})),
    ("jwt_must_have_begun", use({"iat": None})),
    ("jwt_must_have_begun", use({"nbf": "soon"})),
    ("jwt_must_say_whose_it_is", use({"sub": None})),
    ("jwt_must_say_whose_it_is", use({"sub": 7})),
    ("jwt_must_say_whose_it_is", use({"client_id": ""})),
    ("jwt_must_say_whose_it_is", use({"jti": None})),
    ("jwt_must_say_whose_it_is", use({"scope": ["notes:read"]})),
]


@spec("RFC 9068 §4", "RFC 7519 §4.1.5", "RFC 9068 §2.2", "B-23")
@pytest.mark.parametrize(("name", "bad"), BAD)
def test_a_bad_token_is_refused_by_its_own_rule(name: str, bad: LocalUse) -> None:
    with pytest.raises(Refusal) as refused:
        enforce(LOCAL_RULES, bad)
    assert refused.value.rule == name
    assert (refused.value.code, refused.value.status) == (Code.INVALID_TOKEN, 401)


@spec("RFC 7519 §4.1.5")
def test_clocks_may_differ_a_little() -> None:
    enforce(LOCAL_RULES, use({"nbf": NOW + CLOCK_SKEW, "iat": NOW + CLOCK_SKEW}))
