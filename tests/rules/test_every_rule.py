"""What holds for every rule there is, whatever a client sends."""

import re
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.clients.policy import profile_of
from django_oauthflows.clients.profiles import PROFILES
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.base import Standing
from django_oauthflows.flows.catalogue import FLOWS
from django_oauthflows.rules.authorization import default_response_mode
from django_oauthflows.rules.base import Rule, enforce, rule
from django_oauthflows.rules.documents import ADDRESS_RULES, DOCUMENT_RULES
from django_oauthflows.rules.introspection import (
    INTROSPECTED_RULES,
    INTROSPECTING_CLIENT_RULES,
    INTROSPECTING_PERSON_RULES,
    INTROSPECTING_RULES,
)
from django_oauthflows.rules.jwts import LOCAL_RULES
from django_oauthflows.rules.logout import LOGOUT_RULES, RETURN_RULES
from django_oauthflows.rules.parties import TokenType
from django_oauthflows.rules.registration import CLIENT_RULES, SECTOR_RULES
from django_oauthflows.rules.registration_openid import OPENID_RULES
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.rules.scopes import STRICT_SCOPE_RULES
from django_oauthflows.rules.tokens import USE_RULES
from django_oauthflows.rules.userinfo import USERINFO_RULES
from tests.marks import spec
from tests.rules.facts import (
    CALLBACK,
    CHALLENGE,
    TARGET,
    VERIFIER,
    assertion,
    authorization,
    client,
    exchanging,
    held,
    party,
    token,
    use,
)

AUTHORIZATION_LISTS = [
    (*flow.authorization_rules, *STRICT_SCOPE_RULES, *profile.authorization_rules)
    for flow in FLOWS
    for profile in PROFILES
]
TOKEN_LISTS = [
    (*flow.token_rules, *STRICT_SCOPE_RULES, *profile.token_rules)
    for flow in FLOWS
    for profile in PROFILES
]
EVERY: list[Rule[Any]] = list(
    dict.fromkeys(
        asked
        for rules in (
            *AUTHORIZATION_LISTS,
            *TOKEN_LISTS,
            USE_RULES,
            LOCAL_RULES,
            CLIENT_RULES,
            OPENID_RULES,
            SECTOR_RULES,
            ADDRESS_RULES,
            DOCUMENT_RULES,
            USERINFO_RULES,
            LOGOUT_RULES,
            STRICT_SCOPE_RULES,
            RETURN_RULES,
            INTROSPECTED_RULES,
            INTROSPECTING_RULES,
            INTROSPECTING_PERSON_RULES,
            INTROSPECTING_CLIENT_RULES,
        )
        for asked in rules
    )
)
BY_RFC_6749 = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+\Z")

#: What a hostile client may put into a parameter: whatever the parser lets through.
hostile = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"))
words = st.frozensets(
    st.one_of(
        hostile, st.sampled_from(['"', "\\", "notes:read", "a" * 2000, "é", "\r\nSet-Cookie:"])
    )
)
uris = st.tuples(
    st.one_of(hostile, st.sampled_from(["http://[", "http://\u2100/", "https://a/#", "a:b", "//"]))
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | hostile,
    lambda inner: st.lists(inner) | st.dictionaries(st.just("sub") | st.just("act"), inner),
    max_leaves=4,
)
parties = st.none() | st.builds(
    party,
    subject=hostile,
    is_person=st.booleans(),
    was_issued_to_client=st.booleans(),
    is_meant_for_client=st.booleans(),
    act=anything,
    may_act=anything,
)
kinds = st.sampled_from(["", *TokenType]) | hostile


authorization_requests = st.builds(
    authorization,
    client=st.sampled_from([client(), client(profile="legacy", is_confidential=False)]),
    response_type=st.sampled_from(["code", "token", "code token", "id_token", "code id_token"]),
    scopes_asked=words,
    scopes=words,
    scopes_dropped=words,
    response_mode=st.sampled_from(["query", "fragment", "form_post"]) | hostile,
    nonce=hostile,
    code_challenge=st.just(CHALLENGE) | hostile,
    code_challenge_method=st.sampled_from(["S256", "plain", ""]) | hostile,
    prompt=st.just(frozenset()) | words,
    max_age_sent=st.just("60") | hostile,
    claims_sent=st.just("{}") | hostile,
    resource=st.just(()) | uris,
    other=st.just(frozenset()) | words,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile, inner, max_size=3),
    max_leaves=5,
)
assertions = st.builds(
    assertion,
    is_genuine=st.booleans(),
    typ=st.just("JWT") | json_values,
    claims=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("iss", "sub", "aud", "exp", "iat", "nbf", "jti"), json_values)
    ),
)
token_requests = st.builds(
    token,
    scopes_asked=st.none() | words,
    scopes=words,
    redirect_uri=st.just(CALLBACK) | hostile,
    code_verifier=st.just(VERIFIER) | hostile,
    client=st.sampled_from([client(), client(profile="legacy")]),
    sent=st.just(frozenset({"username", "password"})) | words,
    assertion=st.none() | assertions,
    resource=st.just(()) | uris,
    exchange=st.builds(
        exchanging,
        subject_token_type=kinds,
        actor_token_type=kinds,
        requested_token_type=kinds,
        actor_token_was_sent=st.booleans(),
        resource=st.just(()) | uris,
        targets=st.just((TARGET,)) | uris,
        subject=parties,
        actor=parties,
    ),
    held=st.none()
    | st.builds(
        held,
        scopes=words,
        code_challenge=st.sampled_from([CHALLENGE, VERIFIER, ""]),
        code_challenge_method=st.sampled_from(["S256", "plain", ""]),
        resource=st.just(()) | uris,
    ),
)


@spec("RFC 6749 §5.2", "B-1")
@given(authorization_requests)
def test_no_authorization_request_makes_a_rule_fail_or_speak_in_forbidden_characters(
    request: AuthorizationRequest,
) -> None:
    for rules in AUTHORIZATION_LISTS:
        assert_answered(rules, request)


@spec("RFC 6749 §5.2", "B-1")
@given(token_requests)
def test_no_token_request_makes_a_rule_fail_or_speak_in_forbidden_characters(
    request: TokenRequest,
) -> None:
    for rules in TOKEN_LISTS:
        assert_answered(rules, request)


def assert_answered(rules: Any, request: Any) -> None:
    """Asked in their order, the rules let a request pass or refuse it in a legal sentence."""
    sentences = (asked(request) for asked in rules)
    sentence = next((said for said in sentences if said is not None), None)
    assert sentence is None or (BY_RFC_6749.match(sentence) and len(sentence) <= 300)


@spec("RFC 6749 §5.2")
@pytest.mark.parametrize(
    "sentence", ["", 'a "quoted" word', "a\\b", "é", "a\nb", "a\n", "tab\there"]
)
def test_a_refusal_in_forbidden_characters_cannot_be_made(sentence: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 6749 §5\.2"):
        Refusal(Code.INVALID_REQUEST, sentence, rule="r", spec="RFC 6749 §5.2")


@pytest.mark.parametrize("asked", EVERY, ids=lambda asked: asked.name)
def test_a_rule_is_a_sentence_with_its_paragraph_and_its_reason(asked: Rule[Any]) -> None:
    assert "_must_" in asked.name
    assert asked.note.endswith(".") or asked.note.rstrip(")").endswith(".")
    spec(asked.spec)


def test_no_two_rules_have_one_name() -> None:
    names = [asked.name for asked in EVERY]
    assert sorted(names) == sorted(set(names))


@spec("RFC 6749 §4.1.2.1", "RFC 6749 §5.2")
def test_a_good_request_passes_every_list() -> None:
    for flow in FLOWS:
        who = client(profile="legacy" if flow.standing is Standing.LEGACY else "standard")
        kind = flow.response_types[0] if flow.response_types else "code"
        asked = authorization(
            client=who, response_type=kind, response_mode=default_response_mode(kind)
        )
        enforce((*flow.authorization_rules, *profile_of(who).authorization_rules), asked)
        sent = frozenset({"username", "password"})
        enforce((*flow.token_rules, *profile_of(who).token_rules), token(client=who, sent=sent))
    enforce(USE_RULES, use())


def test_the_first_rule_that_says_no_is_the_one_that_is_named() -> None:
    @rule(spec="RFC 6749 §5.2", refuses_with=Code.INVALID_REQUEST)
    def one_must_pass(request: Any) -> str | None:
        """It does."""
        return None

    @rule(spec="RFC 6749 §3.3", refuses_with=Code.INVALID_SCOPE, status=401)
    def two_must_fail(request: Any) -> str | None:
        """It does."""
        return "No."

    @rule(spec="RFC 6749 §5.2", refuses_with=Code.INVALID_REQUEST)
    def three_must_not_be_asked(request: Any) -> str | None:
        """A rule after a refusal may rely on what came before it."""
        raise AssertionError

    with pytest.raises(Refusal) as refused:
        enforce((one_must_pass, two_must_fail, three_must_not_be_asked), None)
    refusal = refused.value
    assert (refusal.rule, refusal.code, refusal.status) == ("two_must_fail", "invalid_scope", 401)
    assert (refusal.sentence, refusal.spec, refusal.fix) == ("No.", "RFC 6749 §3.3", "It does.")


def test_a_rule_cannot_change_what_it_looks_at() -> None:
    for frozen, name in ((token(), "scopes"), (authorization(), "scopes"), (client(), "scopes")):
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, name, frozenset())


@spec("B-4")
def test_a_clients_facts_print_no_secret() -> None:
    assert "stored-hash" not in repr(client(dot_secret="stored-hash"))
