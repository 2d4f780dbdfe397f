"""The rules of a token exchange, one question at a time."""

from typing import Any

import pytest

from django_oauthflows.errors import Refusal
from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE
from django_oauthflows.rules import exchange
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.parties import TokenType, actors_named_in
from tests.marks import spec
from tests.rules.facts import TARGET, client, exchanging, held, party, token

ACTOR = {"actor_token_was_sent": True, "actor_token_type": TokenType.ACCESS_TOKEN.value}
#: What is no part of the exchange itself.
OF_THE_REQUEST = {"client", "held", "issuer", "scopes", "scopes_asked"}


def chain(length: int) -> Any:
    """So many who acted one for the other."""
    act: Any = None
    for number in range(length):
        act = {"sub": str(number), **({"act": act} if act else {})}
    return act


def refusal(**changes: Any) -> str | None:
    """The rule that refuses an exchange with these changes, if any does."""
    told = {name: changes.pop(name) for name in OF_THE_REQUEST & changes.keys()}
    try:
        enforce(TOKEN_EXCHANGE.token_rules, token(exchange=exchanging(**changes), **told))
    except Refusal as refused:
        return refused.rule
    return None


@spec("RFC 8693 §2.1")
@pytest.mark.parametrize("kind", ["access_token", "jwt", "id_token"])
def test_a_good_exchange_passes(kind: str) -> None:
    assert refusal(subject_token_type=f"urn:ietf:params:oauth:token-type:{kind}") is None
    assert refusal(**ACTOR, actor=party(subject="8")) is None


@spec("RFC 8693 §2.1", "RFC 8693 §2.2.2", "RFC 8693 §4.1", "RFC 8693 §4.4")
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"client": client(is_confidential=False)}, "client_must_be_confidential"),
        ({"subject_token_type": ""}, "subject_token_type_must_be_supported"),
        (
            {"subject_token_type": TokenType.REFRESH_TOKEN.value},
            "subject_token_type_must_be_supported",
        ),
        ({"actor_token_was_sent": True}, "actor_token_must_come_with_its_type"),
        ({"actor_token_type": "x"}, "actor_token_must_come_with_its_type"),
        ({**ACTOR, "actor_token_type": "x"}, "actor_token_type_must_be_supported"),
        ({"requested_token_type": "x"}, "requested_token_type_must_be_supported"),
        ({"subject": None}, "subject_token_must_be_live"),
        (
            {"subject": party(was_issued_to_client=False)},
            "subject_token_must_be_meant_for_client",
        ),
        ({"subject": party(is_person=False)}, "subject_token_must_stand_for_a_person"),
        ({**ACTOR}, "actor_token_must_be_live"),
        (
            {**ACTOR, "actor": party(was_issued_to_client=False, is_meant_for_client=True)},
            "actor_token_must_belong_to_client",
        ),
        ({**ACTOR, "actor": party(act={"sub": "9"})}, "actor_token_must_not_be_delegated"),
        ({**ACTOR, "actor": party(chain={"sub": "9"})}, "actor_token_must_not_be_delegated"),
        ({**ACTOR, "actor": party(act=[])}, "actor_token_must_not_be_delegated"),
        ({"subject": party(may_act={"sub": "x"})}, "actor_must_be_allowed_by_subject_token"),
        ({"subject": party(act=chain(8))}, "actors_must_be_few"),
        ({"subject": party(chain=chain(8))}, "actors_must_be_few"),
        ({"targets": ()}, "target_must_be_named"),
        ({"resource": ("a",)}, "target_resource_must_be_an_absolute_uri"),
        ({"targets": (TARGET, "x")}, "target_must_be_allowed_for_client"),
        ({"client": client(exchange_targets=frozenset())}, "target_must_be_allowed_for_client"),
        ({"scopes_asked": frozenset({"x"})}, "scopes_must_be_allowed_for_client"),
        (
            {"scopes_asked": frozenset({"notes:write"})},
            "scopes_must_not_exceed_the_subject_token",
        ),
        ({"scopes": frozenset()}, "scopes_must_be_shared_with_the_subject_token"),
    ],
)
def test_each_rule_refuses_what_it_is_for(changes: dict[str, Any], rule: str) -> None:
    assert refusal(**changes) == rule


@spec("RFC 8693 §2.2.2")
def test_a_token_that_is_meant_for_the_client_need_not_be_its_own() -> None:
    assert refusal(subject=party(was_issued_to_client=False, is_meant_for_client=True)) is None


@spec("RFC 8693 §4.1")
def test_one_fewer_is_few_enough() -> None:
    assert refusal(subject=party(act=chain(7), chain=chain(7))) is None


@spec("RFC 8693 §4.4")
@pytest.mark.parametrize(
    ("may_act", "passes"),
    [
        ({"sub": "8"}, True),
        ({"sub": "8", "iss": "https://id.example"}, True),
        ({"sub": "8", "client_id": "a-client"}, False),
        ({"sub": "a-client"}, False),
        ({"sub": "8", "act": None}, False),
        ({"sub": 8}, False),
    ],
)
def test_a_person_who_acts_is_named_by_subject_and_issuer(may_act: Any, passes: bool) -> None:
    found = refusal(
        **ACTOR,
        actor=party(subject="8"),
        subject=party(may_act=may_act),
        issuer="https://id.example",
    )
    assert (found is None) is passes


@spec("RFC 8693 §2.1")
def test_scopes_are_measured_by_the_token_that_is_held() -> None:
    asked = {"scopes_asked": frozenset({"notes:write"}), "scopes": frozenset({"notes:write"})}
    assert refusal(**asked, held=held(scopes=frozenset({"notes:write"}))) is None
    assert refusal(**asked, held=None) == "scopes_must_not_exceed_the_subject_token"


@spec("RFC 8693 §4.1")
@pytest.mark.parametrize(
    ("act", "names"),
    [
        (None, []),
        ("x", []),
        ({}, [""]),
        ({"sub": 7}, ["7"]),
        ({"sub": "a", "act": {"sub": "b", "act": []}}, ["a", "b"]),
    ],
)
def test_a_chain_is_read_from_whoever_acts_now(act: Any, names: list[str]) -> None:
    assert actors_named_in(act) == names


def test_the_sentences_for_a_token_of_no_use_are_one() -> None:
    missing = exchange.subject_token_must_be_live(token(exchange=exchanging(subject=None)))
    foreign = exchange.subject_token_must_be_meant_for_client(
        token(exchange=exchanging(subject=party(was_issued_to_client=False)))
    )
    assert missing == foreign
