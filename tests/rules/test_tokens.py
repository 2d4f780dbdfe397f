"""An access token when it is used, rule by rule."""

from typing import Any

import pytest

from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules import tokens
from django_oauthflows.rules.base import enforce
from tests.marks import spec
from tests.rules.facts import NOW, SECOND, use

DEAD: list[tuple[str, dict[str, Any]]] = [
    ("access_token_must_exist", {"exists": False, "expires": None}),
    ("access_token_must_not_be_expired", {"expires": NOW}),
    ("access_token_must_not_be_expired", {"expires": NOW - SECOND}),
    ("access_token_must_not_be_expired", {"expires": None}),
    ("access_token_client_must_be_enabled", {"client_is_enabled": False}),
    ("access_token_person_must_be_active", {"person_is_active": False}),
    ("access_token_must_be_meant_for_this_resource", {"is_meant_for_this_resource": False}),
]


@spec("RFC 6750 §3.1", "B-20", "B-26", "B-27")
@pytest.mark.parametrize(("name", "changes"), DEAD)
def test_a_dead_token_is_refused_by_its_own_rule(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        enforce(tokens.USE_RULES, use(**changes))
    assert refused.value.rule == name
    assert (refused.value.code, refused.value.status) == (Code.INVALID_TOKEN, 401)


@spec("RFC 6750 §3.1", "B-26")
def test_a_live_token_passes() -> None:
    enforce(tokens.USE_RULES, use())


@spec("RFC 6750 §3.1", "B-26")
def test_whoever_shows_a_dead_token_does_not_learn_why_it_died() -> None:
    sentences = {
        question(use(**changes))
        for name, changes in DEAD[:-1]
        for question in tokens.USE_RULES
        if question.name == name
    }
    assert len(sentences) == 1
