"""What a client presents at the token endpoint, rule by rule."""

from typing import Any

import pytest

from django_oauthflows.errors import Code
from django_oauthflows.rules import clients, grants
from django_oauthflows.rules.base import Rule
from tests.marks import spec
from tests.rules.facts import CALLBACK, NOW, SECOND, client, held, token

#: The rule, what is changed of what is held, and the paragraph's wire code.
REFUSED: list[tuple[Rule[Any], dict[str, Any], Code]] = [
    (grants.code_must_belong_to_client, {"client_key": 2}, Code.INVALID_GRANT),
    (
        grants.spent_code_must_be_proven,
        {"spent_at": NOW - SECOND, "code_proof": "another"},
        Code.INVALID_GRANT,
    ),
    (grants.code_must_be_unspent, {"spent_at": NOW - SECOND}, Code.INVALID_GRANT),
    (grants.code_must_not_be_expired, {"expires": NOW - SECOND}, Code.INVALID_GRANT),
    (grants.code_must_not_be_expired, {"expires": NOW}, Code.INVALID_GRANT),
    (grants.refresh_token_must_belong_to_client, {"client_key": 2}, Code.INVALID_GRANT),
    (grants.refresh_token_must_be_unspent, {"spent_at": NOW - SECOND}, Code.INVALID_GRANT),
    (grants.refresh_token_must_not_be_expired, {"expires": NOW}, Code.INVALID_GRANT),
    (grants.refresh_token_must_not_be_expired, {"ends_at": NOW}, Code.INVALID_GRANT),
    (
        grants.refresh_token_must_not_be_expired,
        {"expires": None, "ends_at": NOW - SECOND},
        Code.INVALID_GRANT,
    ),
    (grants.authorization_must_be_live, {"authorization_revoked": True}, Code.INVALID_GRANT),
    (grants.person_must_be_active, {"user_is_active": False}, Code.INVALID_GRANT),
    (grants.flow_must_still_be_allowed, {"flow": "implicit"}, Code.UNAUTHORIZED_CLIENT),
    (grants.client_must_still_be_enabled, {"client_is_enabled": False}, Code.INVALID_GRANT),
]
NAMES = [f"{rule.name} {'+'.join(changes)}" for rule, changes, _ in REFUSED]


@spec("RFC 6749 §5.2", "B-11", "B-18", "B-20")
@pytest.mark.parametrize(("rule", "changes", "code"), REFUSED, ids=NAMES)
def test_what_is_not_good_any_more_is_refused(
    rule: Rule[Any], changes: dict[str, Any], code: Code
) -> None:
    assert rule(token(held=held(**changes)))
    assert rule.refuses_with is code


@spec("RFC 6749 §5.2", "B-11", "B-18")
@pytest.mark.parametrize(
    "rule", dict.fromkeys(rule for rule, _, _ in REFUSED), ids=lambda r: r.name
)
def test_what_is_good_passes(rule: Rule[Any]) -> None:
    assert rule(token()) is None


@spec("RFC 6749 §5.2", "B-11", "B-18")
@pytest.mark.parametrize("rule", [grants.code_must_exist, grants.refresh_token_must_exist])
def test_what_nobody_has_heard_of_is_refused(rule: Rule[Any]) -> None:
    assert rule(token(held=None))
    assert rule(token()) is None


@spec("RFC 6749 §10.10", "B-11")
def test_a_foreign_a_missing_and_an_old_grant_are_told_apart_by_nobody() -> None:
    unknown = grants.code_must_exist(token(held=None))
    foreign = grants.code_must_belong_to_client(token(held=held(client_key=2)))
    expired = grants.code_must_not_be_expired(token(held=held(expires=NOW)))
    assert unknown == foreign == expired
    unknown = grants.refresh_token_must_exist(token(held=None))
    foreign = grants.refresh_token_must_belong_to_client(token(held=held(client_key=2)))
    expired = grants.refresh_token_must_not_be_expired(token(held=held(expires=NOW)))
    assert unknown == foreign == expired


@spec("RFC 9700 §4.14.2", "B-18")
def test_a_retry_within_the_grace_is_no_replay() -> None:
    spent = held(spent_at=NOW - SECOND, may_be_replayed=True)
    assert grants.refresh_token_must_be_unspent(token(held=spent)) is None


@spec("RFC 6749 §4.1.2", "B-12")
def test_no_grace_saves_a_code_that_comes_twice() -> None:
    spent = held(spent_at=NOW - SECOND, may_be_replayed=True)
    assert grants.code_must_be_unspent(token(held=spent))


@spec("RFC 9700 §4.14.2", "B-18")
def test_a_grant_without_an_end_does_not_end() -> None:
    endless = held(expires=None, ends_at=None)
    assert grants.refresh_token_must_not_be_expired(token(held=endless)) is None


@spec("RFC 6749 §4.1.3", "B-11")
@pytest.mark.parametrize(
    ("at_authorization", "at_token", "is_refused"),
    [
        (CALLBACK, CALLBACK, False),
        ("", "", False),
        (CALLBACK, "", True),
        ("", CALLBACK, True),
        (CALLBACK, CALLBACK + "/", True),
        (CALLBACK, CALLBACK + "?a=b", True),
        (CALLBACK, CALLBACK.upper(), True),
        (CALLBACK, "https://evil.example/callback", True),
    ],
)
def test_a_code_is_redeemed_for_the_very_uri_it_was_sent_to(
    at_authorization: str, at_token: str, is_refused: bool
) -> None:
    presented = held(redirect_uri=at_authorization, code_challenge="", code_challenge_method="")
    request = token(held=presented, redirect_uri=at_token)
    assert bool(grants.redirect_uri_must_match_code(request)) == is_refused


@spec("OAuth 2.1 §4.1.3", "B-11")
@pytest.mark.parametrize(
    ("at_token", "method", "is_refused"),
    [
        ("", "S256", False),
        (CALLBACK, "S256", False),
        ("https://evil.example/callback", "S256", True),
        ("", "plain", True),
        ("", "", True),
    ],
)
def test_only_a_challenge_that_binds_the_code_stands_for_the_uri(
    at_token: str, method: str, is_refused: bool
) -> None:
    request = token(held=held(code_challenge_method=method), redirect_uri=at_token)
    assert bool(grants.redirect_uri_must_match_code(request)) == is_refused


@spec("RFC 6749 §4.4", "B-6")
def test_a_public_client_has_no_credentials_to_act_on() -> None:
    rule = clients.client_must_be_confidential
    assert rule(token(client=client(is_confidential=False)))
    assert rule(token()) is None
    assert rule.refuses_with is Code.UNAUTHORIZED_CLIENT
