"""A stricter profile is tried against what a client asked for that nobody knows."""

from dataclasses import replace

import pytest

from django_oauthflows.clients.dry_run.asking import ask
from django_oauthflows.clients.dry_run.shapes import NOTHING_MORE, of_authorization, of_token
from django_oauthflows.clients.profiles import BY_SLUG
from django_oauthflows.rules.requests import AuthMethod
from django_oauthflows.rules.scopes import STRICT_SCOPE_RULES, scopes_must_be_known
from tests.marks import spec
from tests.rules.facts import authorization, client, token


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = replace(BY_SLUG["standard"], slug="strict", scope_rules=STRICT_SCOPE_RULES)
    monkeypatch.setitem(BY_SLUG, "strict", rules)


@spec("OpenID Connect Core §3.1.2.1", "RFC 6749 §3.3")
def test_a_strict_profile_would_refuse_what_was_left_out() -> None:
    service = client(flows=frozenset({"client-credentials"}))
    in_own_name = {
        "grant_type": "client_credentials",
        "flow": "client-credentials",
        "held": None,
        "scopes_asked": frozenset({"notes:read"}),
    }
    for endpoint, who, of_request in (
        (
            "authorize",
            client(),
            lambda dropped: of_authorization(authorization(scopes_dropped=dropped), NOTHING_MORE),
        ),
        (
            "token",
            service,
            lambda dropped: of_token(
                token(client=service, scopes_dropped=dropped, **in_own_name),
                NOTHING_MORE,
                AuthMethod.BASIC,
            ),
        ),
    ):
        shape, without = of_request(frozenset({"moon"})), of_request(frozenset())
        assert "moon" not in str(shape)
        refusal = ask(endpoint, shape, replace(who, profile="strict"))
        assert refusal is not None
        assert refusal.rule == scopes_must_be_known.name
        assert ask(endpoint, shape, who) is None
        assert ask(endpoint, without, replace(who, profile="strict")) is None
