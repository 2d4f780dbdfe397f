"""What is asked of an assertion (RFC 7523 §3)."""

from typing import Any

import pytest

from django_oauthflows.rules import assertions as rules
from tests.marks import spec
from tests.rules.facts import NOW, assertion, token

SERVER = "https://server.example/o"
NOW_SECONDS = NOW.timestamp()


def asked(rule: Any, **changes: Any) -> str | None:
    answer: str | None = rule(token(assertion=assertion(**changes)))
    return answer


@pytest.mark.parametrize("rule", rules.ASSERTION_RULES, ids=lambda rule: rule.name)
@spec("RFC 7523 §3")
def test_a_good_assertion_passes_and_none_at_all_does_not(rule: Any) -> None:
    assert asked(rule) is None
    if rule is not rules.assertion_must_have_begun:
        assert rule(token(assertion=None)) is not None
    assert rules.assertion_must_be_sent(token(assertion=None)) is not None


@spec("RFC 7523 §3")
def test_what_nobody_signed_is_refused() -> None:
    assert asked(rules.assertion_must_be_genuine, is_genuine=False)


@pytest.mark.parametrize(
    ("typ", "is_one"),
    [
        ("", True),
        ("JWT", True),
        ("application/jwt", True),
        ("client-authentication+jwt", True),
        ("authorization-grant+jwt", False),
        ("at+jwt", False),
        ("logout+jwt", False),
        ("oauth-authz-req+jwt", False),
        (None, False),
        (1, False),
        (["JWT"], False),
    ],
)
@spec("RFC 8725 §3.11")
def test_a_jwt_for_another_purpose_is_no_assertion(typ: Any, is_one: bool) -> None:
    assert (asked(rules.assertion_must_be_nothing_else, typ=typ) is None) == is_one


@pytest.mark.parametrize("iss", ["another", "", None, 1, ["a-client"]])
@spec("RFC 7523 §3")
def test_the_issuer_is_who_signed(iss: Any) -> None:
    assert asked(rules.assertion_must_be_from_its_issuer, claims={"iss": iss})


@spec("RFC 7523 §3")
def test_nobody_is_no_issuer() -> None:
    assert asked(rules.assertion_must_be_from_its_issuer, issuer="", claims={"iss": ""})


@spec("RFC 7523 §3")
def test_a_trusted_issuer_speaks_of_anybody_and_a_client_of_itself() -> None:
    rule = rules.assertion_must_say_whom_it_is_about
    assert asked(rule, claims={"sub": "somebody"})
    assert asked(rule, claims={"sub": "somebody"}, subject="") is None
    for nobody in ("", None, 1, ["somebody"]):
        assert asked(rule, claims={"sub": nobody}, subject="")


@pytest.mark.parametrize(
    ("aud", "is_ours"),
    [
        (SERVER, True),
        ([SERVER], True),
        (f"{SERVER}/token/", True),
        ([], False),
        ("", False),
        (None, False),
        ([SERVER, SERVER], False),
        ([SERVER, "https://other.example"], False),
        (SERVER.upper(), False),
        (f"{SERVER}/", False),
        ([[SERVER]], False),
        (1, False),
    ],
)
@spec("RFC 7523 §3")
def test_the_audience_is_this_server_alone(aud: Any, is_ours: bool) -> None:
    said = asked(rules.assertion_must_be_meant_for_this_server, claims={"aud": aud})
    assert (said is None) == is_ours


@pytest.mark.parametrize(
    ("seconds", "is_live"), [(1, True), (-29, True), (-30, False), (-60, False)]
)
@spec("RFC 7523 §3", "RFC 7519 §4.1.4")
def test_it_ends_with_half_a_minute_for_clocks_that_differ(seconds: int, is_live: bool) -> None:
    said = asked(rules.assertion_must_not_be_expired, claims={"exp": NOW_SECONDS + seconds})
    assert (said is None) == is_live


@pytest.mark.parametrize(
    ("seconds", "is_soon"), [(600, True), (630, True), (631, False), (86_400, False)]
)
@spec("RFC 7523 §3")
def test_it_lives_for_ten_minutes_at_most(seconds: int, is_soon: bool) -> None:
    said = asked(rules.assertion_must_expire_soon, claims={"exp": NOW_SECONDS + seconds})
    assert (said is None) == is_soon


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@spec("RFC 7519 §4.1.5")
def test_it_has_begun(claim: str) -> None:
    rule = rules.assertion_must_have_begun
    assert asked(rule, claims={"iat": None}) is None
    assert asked(rule, claims={claim: NOW_SECONDS + 30}) is None
    assert asked(rule, claims={claim: NOW_SECONDS + 31})
    for never in ("now", True, [], float("nan"), float("inf"), 10**400):
        assert asked(rule, claims={claim: never})


@pytest.mark.parametrize("exp", [None, "1", True, float("nan"), float("-inf"), -(10**400), [], {}])
@spec("RFC 7519 §4.1.4")
def test_an_end_that_is_no_moment_is_none(exp: Any) -> None:
    assert asked(rules.assertion_must_not_be_expired, claims={"exp": exp})
    assert asked(rules.assertion_must_expire_soon, claims={"exp": exp})


@pytest.mark.parametrize("jti", [None, "", 1, "j" * 256, ["a"]])
@spec("RFC 7523 §3")
def test_it_has_an_id(jti: Any) -> None:
    assert asked(rules.assertion_must_have_an_id, claims={"jti": jti})
    assert asked(rules.assertion_must_have_an_id, claims={"jti": "j" * 255}) is None
