"""Scopes, rule by rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.clients import policy
from django_oauthflows.clients.profiles import BY_SLUG
from django_oauthflows.errors import Code
from django_oauthflows.flows.authorization_code_pkce import AUTHORIZATION_CODE_PKCE
from django_oauthflows.rules import scopes
from django_oauthflows.rules.exchange import scopes_must_be_shared_with_the_subject_token
from tests.marks import spec
from tests.rules.facts import authorization, client, held, token

OWN = frozenset({"notes:read", "notes:write"})
names = st.frozensets(st.sampled_from(["notes:read", "notes:write", "profile", "admin", "openid"]))


@spec("RFC 6749 §3.3", "B-9")
@given(asked=names, own=names)
def test_a_client_is_refused_exactly_what_is_beyond_its_own(
    asked: frozenset[str], own: frozenset[str]
) -> None:
    for request in (
        authorization(client=client(scopes=own), scopes_asked=asked),
        token(client=client(scopes=own), scopes_asked=asked),
    ):
        sentence = scopes.scopes_must_be_allowed_for_client(request)
        assert (sentence is None) == (asked <= own)
        assert all(name in (sentence or "") for name in asked - own)


@spec("RFC 6749 §3.3", "B-9")
def test_asking_for_nothing_is_not_asking_for_too_much() -> None:
    assert scopes.scopes_must_be_allowed_for_client(authorization(scopes_asked=None)) is None


@spec("RFC 6749 §3.3", "B-9")
@pytest.mark.parametrize(
    "asked", ["NOTES:READ", "notes:reading", "notes", "notes:read ", "*", "notes:*"]
)
def test_scopes_are_compared_letter_by_letter(asked: str) -> None:
    request = token(scopes_asked=frozenset({asked}))
    assert scopes.scopes_must_be_allowed_for_client(request)


@spec("RFC 6749 §3.3", "B-9")
def test_a_request_that_comes_to_no_scope_is_refused() -> None:
    assert scopes.scopes_must_not_be_empty(authorization(scopes=frozenset()))
    assert scopes.scopes_must_not_be_empty(token(scopes=frozenset()))
    assert scopes.scopes_must_not_be_empty(token(scopes=OWN)) is None


@spec("RFC 6749 §3.3", "B-9")
def test_a_request_of_which_nothing_is_known_is_told_what_is_unknown() -> None:
    nothing_left = {"scopes": frozenset(), "scopes_dropped": frozenset({"sun", "moon"})}
    for request in (
        authorization(scopes_asked=frozenset(), **nothing_left),
        token(scopes_asked=frozenset(), **nothing_left),
    ):
        assert "moon sun" in (scopes.scopes_must_not_be_empty(request) or "")
    shared = token(scopes_asked=frozenset(), **nothing_left)
    assert "moon sun" in (scopes_must_be_shared_with_the_subject_token(shared) or "")


@spec("RFC 6749 §3.3", "OpenID Connect Core §3.1.2.1")
def test_a_strict_profile_refuses_what_others_leave_out() -> None:
    dropped = frozenset({"moon"})
    for request in (authorization(scopes_dropped=dropped), token(scopes_dropped=dropped)):
        assert "moon" in (scopes.scopes_must_be_known(request) or "")
    assert scopes.scopes_must_be_known(authorization()) is None
    assert scopes.scopes_must_be_known(token()) is None


@spec("RFC 6749 §3.3", "OpenID Connect Core §3.1.2.1")
def test_a_strict_profile_is_strict_at_every_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = replace(BY_SLUG["standard"], slug="strict", scope_rules=scopes.STRICT_SCOPE_RULES)
    monkeypatch.setitem(BY_SLUG, "strict", strict)
    for profile, is_strict in (("strict", True), ("standard", False)):
        who = client(profile=profile)
        lists = (
            policy.authorization_rules(AUTHORIZATION_CODE_PKCE, who),
            policy.token_rules(token(client=who)),
            policy.device_rules(who),
        )
        assert [scopes.scopes_must_be_known in rules for rules in lists] == [is_strict] * 3


@spec("RFC 6749 §6", "B-19")
@given(asked=names, granted=names)
def test_a_refresh_never_widens_the_grant(asked: frozenset[str], granted: frozenset[str]) -> None:
    request = token(scopes_asked=asked, held=held(scopes=granted))
    refused = scopes.scopes_must_not_exceed_the_grant(request) is not None
    assert refused == (not asked <= granted)


@spec("RFC 6749 §6", "B-19")
def test_a_refresh_that_names_no_scope_keeps_the_grants_own() -> None:
    assert scopes.scopes_must_not_exceed_the_grant(token(scopes_asked=None)) is None


@spec("RFC 6749 §6", "B-19")
def test_a_grant_without_any_scope_left_is_refused() -> None:
    assert scopes.scopes_must_be_left(token(scopes=frozenset()))
    assert scopes.scopes_must_be_left(token()) is None


@spec("RFC 6749 §5.2", "B-9")
def test_every_scope_rule_answers_invalid_scope() -> None:
    for rule in (
        scopes.scopes_must_be_allowed_for_client,
        scopes.scopes_must_not_be_empty,
        scopes.scopes_must_be_known,
        scopes.scopes_must_not_exceed_the_grant,
        scopes.scopes_must_be_left,
    ):
        assert rule.refuses_with is Code.INVALID_SCOPE
