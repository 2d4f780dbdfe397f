"""What OpenID Connect adds to an authorization request, rule by rule."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.errors import Code
from django_oauthflows.rules import openid as rules
from tests.marks import spec
from tests.rules.facts import authorization


@spec("OpenID Connect Core §3.1.2.1", "B-28")
@pytest.mark.parametrize(
    ("prompt", "is_refused"),
    [
        ((), False),
        (("none",), False),
        (("consent", "login"), False),
        (("none", "login"), True),
        (("none", "consent"), True),
        (("none", "unheard-of"), True),
    ],
)
def test_prompt_none_stands_alone(prompt: tuple[str, ...], is_refused: bool) -> None:
    asked = authorization(prompt=frozenset(prompt))
    assert bool(rules.prompt_none_must_stand_alone(asked)) == is_refused


@spec("Initiating User Registration via OpenID Connect 1.0 §4", "B-28")
def test_a_prompt_the_site_can_do_nothing_about_is_refused() -> None:
    create = frozenset({"create"})
    assert rules.prompt_must_be_known(authorization(prompt=create))
    assert rules.prompt_must_be_known(authorization(prompt=frozenset({"LOGIN"})))
    knows = rules.PROMPTS | create
    assert rules.prompt_must_be_known(authorization(prompt=create, known_prompts=knows)) is None
    assert rules.prompt_must_be_known.refuses_with is Code.INVALID_REQUEST


@spec("OpenID Connect Core §3.1.2.1", "B-28")
@pytest.mark.parametrize(("sent", "seconds"), [("0", 0), ("1", 1), ("10000", 10000)])
def test_an_age_is_a_number_of_seconds(sent: str, seconds: int) -> None:
    assert rules.seconds_of(sent) == seconds
    assert rules.max_age_must_be_seconds(authorization(max_age_sent=sent)) is None


@spec("OpenID Connect Core §3.1.2.1", "B-28")
@pytest.mark.parametrize("sent", ["-1", "1.5", "1e3", " 1", "one", "+1", "²", "\u0661", "9" * 21])
def test_anything_else_is_no_age(sent: str) -> None:
    assert rules.seconds_of(sent) is None
    assert rules.max_age_must_be_seconds(authorization(max_age_sent=sent))


@spec("OpenID Connect Core §3.1.2.1", "B-1")
def test_an_age_beyond_all_measure_is_a_long_one() -> None:
    assert rules.seconds_of("9" * 20) == 100 * 366 * 86400


@spec("OpenID Connect Core §5.5", "B-28")
def test_claims_are_kept_by_the_place_they_are_wanted_in() -> None:
    sent = {
        "id_token": {"acr": {"essential": True, "values": ["one", "two"], "unheard_of": 1}},
        "userinfo": {"name": None, "nickname": {"value": "Jo"}},
        "unheard_of": {"email": None},
    }
    assert rules.claims_of(json.dumps(sent)) == {
        "id_token": {"acr": {"essential": True, "values": ["one", "two"]}},
        "userinfo": {"name": None, "nickname": {"value": "Jo"}},
    }
    assert rules.claims_of("{}") == {"id_token": {}, "userinfo": {}}
    assert rules.claims_must_be_well_formed(authorization(claims_sent=json.dumps(sent))) is None


MALFORMED = [
    "no JSON",
    "[]",
    "null",
    '"userinfo"',
    "1",
    '{"id_token": []}',
    '{"id_token": {"acr": "one"}}',
    '{"id_token": {"acr": []}}',
    '{"id_token": {"acr": {"essential": "yes"}}}',
    '{"id_token": {"acr": {"essential": null}}}',
    '{"id_token": {"acr": {"values": "one"}}}',
    '{"id_token": {"acr": {"value": "one", "values": ["two"]}}}',
    '{"id_token": {}, "id_token": {}}',
    '{"id_token": {"sub": {"value": "a\\u0000b"}}}',
    '{"id_token": {"a\\u0000b": null}}',
    '{"id_token": {"sub": {"value": "\\ud800"}}}',
    '{"id_token": {"sub": {"value": NaN}}}',
    '{"id_token": {"sub": {"value": 7}}}',
    '{"id_token": {"sub": {"value": null}}}',
    '{"id_token": {"sub": {"values": ["one", "two"]}}}',
    '{"id_token": {"acr": {"value": 7}}}',
    '{"userinfo": {"acr": {"values": ["one", 7]}}}',
    '{"id_token": {"sub": {"value": 1e999}}}',
    '{"id_token": {"sub": {"value": ' + "9" * 5000 + "}}}",
    '{"id_token": {"sub": {"values": [' + ",".join(["1"] * 101) + "]}}}",
    json.dumps({"userinfo": {str(number): None for number in range(101)}}),
    "[" * 100_000,
    '{"id_token": {"sub": {"value": ' + "[" * 3000 + "]" * 3000 + "}}}",
]


@spec("OpenID Connect Core §5.5", "B-1")
@pytest.mark.parametrize("sent", MALFORMED, ids=range(len(MALFORMED)))
def test_claims_that_mean_nothing_or_two_things_are_refused(sent: str) -> None:
    assert rules.claims_must_be_well_formed(authorization(claims_sent=sent))


@spec("OpenID Connect Core §5.5", "B-1")
@given(st.text())
def test_no_text_makes_reading_claims_fail(sent: str) -> None:
    rules.claims_must_be_well_formed(authorization(claims_sent=sent))


@spec("OpenID Connect Core §5.5.1")
def test_the_values_of_a_claim_are_its_texts_best_first() -> None:
    assert rules.values_of(None) == ()
    assert rules.values_of({"essential": True}) == ()
    assert rules.values_of({"value": "one"}) == ("one",)
    assert rules.values_of({"values": ["one", 2, "three"]}) == ("one", "three")


@spec("OpenID Connect Core §7.2.1", "B-28")
def test_no_client_registers_in_its_request() -> None:
    asked = authorization(other=frozenset({"registration"}))
    assert rules.registration_must_not_be_sent(asked)
    assert rules.registration_must_not_be_sent.refuses_with is Code.REGISTRATION_NOT_SUPPORTED
