"""Each question of the security review: what it finds, and what it leaves alone."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.presets import PRESETS
from django_oauthflows.clients.review.base import Finding, Question, Reviewed, Severity, Use
from django_oauthflows.clients.review.catalogue import COSTS, QUESTIONS, review
from django_oauthflows.rules.requests import AuthMethod, OpenIDFacts
from tests.clients.review.reviewed import DAY, SERVER, reviewed, secret
from tests.marks import spec
from tests.rules.facts import CALLBACK, NOW

LEGACY = {"profile": "legacy"}
WEB = ("authorization-code", "authorization-code-pkce", "refresh-token")
MANAGES = frozenset({"oauthflows:clients:write", "notes:read"})
SELF = frozenset({"oauthflows:self:read"})
APP = {"preset": "native-app", "is_confidential": False, "secrets": ()}


def flows(*slugs: str) -> dict[str, Any]:
    return {"flows": frozenset(slugs)}


def openid(**changes: Any) -> dict[str, Any]:
    return {"openid": OpenIDFacts(**changes)}


def uris(*more: str) -> dict[str, Any]:
    return {"redirect_uris": (CALLBACK, *more)}


def rsa(bits: int) -> dict[str, Any]:
    modulus = (1 << (bits - 1)).to_bytes((bits + 7) // 8)
    text = urlsafe_b64encode(modulus).decode().rstrip("=")
    return {"keys": [{"kty": "RSA", "n": text, "e": "AQAB"}]}


KEY = {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}
SIGNS = {"authentication_method": AuthMethod.PRIVATE_KEY_JWT, "secrets": ()}

#: The name of a question, what it finds something in, and what looks alike and is in order.
TABLE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("implicit_flow_should_be_closed", LEGACY | flows("implicit", *WEB), flows("implicit", *WEB)),
    ("password_flow_should_be_closed", LEGACY | flows("password"), flows("password")),
    ("hybrid_flow_should_be_closed", LEGACY | flows("hybrid", *WEB), flows("hybrid", *WEB)),
    ("legacy_profile_should_be_needed", LEGACY | flows(*WEB), LEGACY | flows("password", *WEB)),
    (
        "agents_should_name_the_server_they_call",
        {"preset": "ai-agent"},
        {"preset": "ai-agent", "profile": "mcp"},
    ),
    (
        "codes_should_be_bound_by_pkce",
        LEGACY | flows("password", *WEB),
        LEGACY | flows("password", "authorization-code-pkce"),
    ),
    ("codes_should_be_bound_by_pkce_or_nonce", {"may_omit_pkce_and_nonce": True}, {}),
    (
        "consent_should_be_skipped_by_known_clients_only",
        {"skips_consent": True},
        {"skips_consent": True, "is_verified": True},
    ),
    (
        "consent_should_be_asked_for_apps_that_cannot_prove_themselves",
        APP | {"skips_consent": True, "redirect_uris": ("com.example.app:/callback",)},
        APP | {"skips_consent": True},
    ),
    (
        "management_should_be_by_confidential_clients",
        APP | {"scopes": MANAGES, "is_verified": True},
        APP | {"scopes": SELF | {"notes:read"}, "is_verified": True},
    ),
    (
        "management_should_be_by_verified_clients",
        {"scopes": MANAGES},
        {"scopes": MANAGES, "is_verified": True},
    ),
    (
        "peoples_own_pages_should_be_by_verified_clients",
        {"scopes": SELF | {"notes:read"}},
        {"scopes": SELF, "is_verified": True},
    ),
    ("clients_should_have_a_policy", {"has_policy": False}, {}),
    ("introspection_should_be_of_its_own", {"may_introspect_all": True}, {}),
    ("exchanged_tokens_should_say_who_acts", {"may_impersonate": True}, {}),
    (
        "exchange_targets_should_be_few",
        flows("token-exchange") | {"exchange_targets": frozenset("abcdef")},
        flows("token-exchange") | {"exchange_targets": frozenset("abcde")},
    ),
    (
        "id_tokens_should_be_signed",
        openid(id_token_signed_response_alg="none"),
        openid(id_token_signed_response_alg="ES256"),
    ),
    (
        "request_objects_should_be_signed",
        openid(request_object_signing_alg="none"),
        openid(request_object_signing_alg="PS256"),
    ),
    (
        "redirect_uris_should_be_https",
        uris("HTTP://client.example/callback"),
        uris("http://127.0.0.1:8000/", "http://localhost/", "http://[::1]/"),
    ),
    ("redirect_uris_should_be_exact", uris("https://*.client.example/"), uris()),
    ("redirect_uris_should_lead_to_an_app", uris("javascript:alert(1)"), uris("com.example:/")),
    ("redirect_uris_should_have_no_fragment", uris("https://client.example/#/in"), uris()),
    (
        "web_apps_should_not_answer_on_the_persons_device",
        uris("http://localhost:3000/callback"),
        APP | uris("http://127.0.0.1/callback"),
    ),
    (
        "installed_apps_should_name_loopback_by_number",
        APP | uris("http://localhost/callback"),
        APP | uris("http://127.0.0.1/callback"),
    ),
    (
        "private_schemes_should_be_known_apps",
        APP | uris("com.example.app:/callback") | {"registration_source": "dcr"},
        APP | uris("com.example.app:/callback"),
    ),
    (
        "redirect_uris_should_be_on_one_host",
        uris("https://test.client.example/callback"),
        uris("https://client.example/other", "http://127.0.0.1/", "com.example.app:/callback"),
    ),
    (
        "other_addresses_should_be_https",
        openid(backchannel_logout_uri="http://client.example/out"),
        openid(backchannel_logout_uri="https://client.example/out"),
    ),
    (
        "secrets_should_be_changed_every_year",
        {"secrets": [secret(created=NOW - 366 * DAY)]},
        {"secrets": [secret(created=NOW - 366 * DAY, expires=NOW + DAY)]},
    ),
    (
        "secrets_should_be_used",
        {"secrets": [secret(created=NOW - 31 * DAY, last_used=None)]},
        {"secrets": [secret(last_used=None)]},
    ),
    ("secrets_should_be_few", {"secrets": [secret()] * 3}, {"secrets": [secret()] * 2}),
    (
        "secrets_should_be_kept_as_checksums",
        {"secrets": [secret(is_readable=True)]},
        {"secrets": [secret(is_readable=True)]} | openid(id_token_signed_response_alg="HS256"),
    ),
    (
        "former_secrets_should_not_be_stored_in_the_clear",
        {"plain_dot_secret": "in the clear"},
        {"dot_secret": "pbkdf2_sha256$…"},
    ),
    (
        "signatures_should_not_share_a_secret",
        {"authentication_method": AuthMethod.SECRET_JWT},
        {"authentication_method": AuthMethod.BASIC},
    ),
    ("confidential_clients_should_have_a_credential", SIGNS, SIGNS | {"jwks": KEY}),
    (
        "registered_keys_should_be_public",
        {"jwks": {"keys": [{**KEY["keys"][0], "d": "private"}]}},
        {"jwks": KEY},
    ),
    ("registered_keys_should_be_strong", {"jwks": rsa(1024)}, {"jwks": rsa(2048)}),
    (
        "registered_keys_should_have_one_source",
        {"jwks": KEY, "jwks_uri": "https://client.example/jwks"},
        {"jwks_uri": "https://client.example/jwks"},
    ),
    (
        "access_tokens_should_end_within_an_hour",
        {"access_token_lifetime": 3601},
        {"access_token_lifetime": 3600},
    ),
    (
        "access_tokens_should_not_outlive_the_servers",
        {"access_token_lifetime": 901},
        {"access_token_lifetime": 900},
    ),
    (
        "grants_should_end",
        {"server": replace(SERVER, refresh_token_absolute=None)},
        {
            "server": replace(SERVER, refresh_token_absolute=None),
            "refresh_token_absolute_lifetime": 86400,
        },
    ),
    (
        "grants_should_not_outlive_the_servers",
        {"refresh_token_idle_lifetime": 31 * 86400},
        {"refresh_token_idle_lifetime": 30 * 86400, "refresh_token_absolute_lifetime": 86400},
    ),
    ("names_should_be_legible", {"name_is_legible": False}, {}),
    (
        "addresses_should_name_hosts",
        {"logo_uri": "https://client.example;x/logo.png"},
        uris("https://xn--bcher-kva.example:8443/", "https://[2001:db8::1]/") | APP,
    ),
    (
        "strangers_should_show_their_own_addresses",
        {"registration_source": "dcr", "client_uri": "https://bank.example/"},
        {"registration_source": "dcr", "client_uri": "https://client.example/"},
    ),
    ("owners_should_be_active", {"owner_is_active": False}, {}),
    (
        "disabled_clients_should_hold_no_tokens",
        {"is_enabled": False, "use": Use(live_tokens=1)},
        {"use": Use(live_tokens=1)},
    ),
    (
        "proofs_should_not_be_left_out",
        SIGNS | {"jwks": KEY, "authentication_is_optional": True},
        SIGNS | {"jwks": KEY},
    ),
    (
        "scopes_should_be_used",
        {"use": Use(scopes=frozenset({"notes:read"}), since=NOW - 31 * DAY)},
        {"use": Use(scopes=frozenset({"notes:read"}), since=NOW - DAY)},
    ),
]


def found(subject: Reviewed) -> dict[str, Finding]:
    return {finding.name: finding for finding in review(subject).findings}


@pytest.mark.parametrize(
    ("name", "risky", "in_order"), TABLE, ids=[name for name, _risky, _in_order in TABLE]
)
def test_a_question_finds_what_it_asks_for_and_nothing_else(
    name: str, risky: dict[str, Any], in_order: dict[str, Any]
) -> None:
    assert name in found(reviewed(**risky))
    assert name not in found(reviewed(**in_order))


def test_every_question_is_in_the_table() -> None:
    assert [asked.name for asked in QUESTIONS] == sorted(
        {name for name, _risky, _in_order in TABLE},
        key=[asked.name for asked in QUESTIONS].index,
    )


def test_a_client_in_order_has_no_finding_and_all_the_points() -> None:
    answer = review(reviewed())
    assert (answer.findings, answer.score, answer.worst) == ((), 100, Severity.NOTE)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.name)
def test_a_question_says_why_and_by_which_paragraph(asked: Question) -> None:
    assert "_should_" in asked.name
    assert asked.why.endswith(".")
    assert str(asked.fix).endswith(".")
    spec(asked.spec)


@pytest.mark.parametrize(
    ("name", "risky"),
    [(name, risky) for name, risky, _in_order in TABLE],
    ids=[name for name, _risky, _in_order in TABLE],
)
def test_a_fix_changes_columns_of_the_policy_so_that_the_finding_is_gone(
    name: str, risky: dict[str, Any]
) -> None:
    subject = reviewed(**risky)
    changes = found(subject)[name].changes
    for column in changes:
        ClientPolicy._meta.get_field(column)
    facts = {column: value for column, value in changes.items() if "_alg" not in column}
    if facts:
        facts |= {
            column: frozenset(value) for column, value in facts.items() if isinstance(value, list)
        }
        assert name not in found(replace(subject, client=replace(subject.client, **facts)))


@spec("RFC 9700 §2.1.2")
def test_no_fix_takes_the_last_flow_of_a_client() -> None:
    only = found(reviewed(**LEGACY, **flows("implicit", "refresh-token")))
    assert not only["implicit_flow_should_be_closed"].changes
    more = found(reviewed(**LEGACY, **flows("implicit", *WEB)))
    assert more["implicit_flow_should_be_closed"].changes == {"flows": list(WEB)}


def test_an_application_without_a_policy_has_nothing_that_one_click_could_change() -> None:
    findings = found(reviewed(has_policy=False, skips_consent=True, **LEGACY, **flows(*WEB)))
    assert findings
    assert not [name for name, finding in findings.items() if finding.changes]


@spec("RFC 9700 §2.3", "RFC 7591 §2")
def test_a_client_that_registered_itself_is_asked_only_about_what_it_registered() -> None:
    itself = {
        "registration_source": "dcr",
        "scopes": frozenset({"notes:read", "notes:write", "profile"}),
        "default_scopes": frozenset({"notes:read", "profile"}),
    }
    use = Use(scopes=frozenset({"notes:read", "profile"}), since=NOW - 31 * DAY)
    assert "scopes_should_be_used" not in found(reviewed(use=use, **itself))
    less = Use(scopes=frozenset({"notes:read"}), since=NOW - 31 * DAY)
    finding = found(reviewed(use=less, **itself))["scopes_should_be_used"]
    assert "profile" in finding.sentence
    assert "notes:write" not in finding.sentence
    assert finding.changes == {"scopes": ["notes:read", "notes:write"]}


def test_required_scopes_stay_when_unused_ones_go() -> None:
    use = Use(scopes=frozenset({"notes:read"}), since=NOW - 31 * DAY)
    needs_it = reviewed(use=use, required_scopes=frozenset({"notes:write"}))
    assert "scopes_should_be_used" not in found(needs_it)
    assert found(reviewed(use=use))["scopes_should_be_used"].changes == {"scopes": ["notes:read"]}


def test_the_score_is_a_hundred_less_what_each_finding_costs_and_never_below_zero() -> None:
    one_of_each = review(
        reviewed(
            skips_consent=True, may_introspect_all=True, redirect_uris=("http://client.example/",)
        )
    )
    assert one_of_each.score == 100 - sum(COSTS.values()) == 40
    assert one_of_each.counts == {"high": 1, "medium": 1, "low": 1}
    assert [finding.severity for finding in one_of_each.findings] == [3, 2, 1]
    worst = review(
        reviewed(redirect_uris=("http://a.example/#*", "javascript:"), jwks={"keys": [{"k": "x"}]})
    )
    assert worst.score == 0


def test_notes_cost_nothing() -> None:
    answer = review(reviewed(is_enabled=False, use=Use(live_tokens=1)))
    assert (len(answer.findings), answer.score, answer.counts) == (1, 100, {})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_a_kind_as_it_is_registered_has_no_finding_unless_it_is_the_legacy_one(preset: Any) -> None:
    kind = reviewed(
        preset=preset.slug,
        profile=preset.profile,
        flows=frozenset(preset.flows),
        is_confidential=preset.is_confidential,
        authentication_method=preset.authentication_method,
        secrets=[secret()] if preset.is_confidential and not preset.has_own_key else [],
        jwks=KEY if preset.has_own_key else None,
    )
    names = set(found(kind))
    assert names == (
        {"password_flow_should_be_closed", "codes_should_be_bound_by_pkce"}
        if preset.slug == "legacy-app"
        else set()
    )


hostile = st.text() | st.sampled_from(["http://[", "http://\u2100/", "//", "a:", "*", "#", ""])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["keys", "kty", "n"]), inner),
    max_leaves=6,
)


@given(
    redirect_uris=st.tuples(hostile, hostile),
    jwks_uri=hostile,
    jwks=json_values
    | st.fixed_dictionaries(
        {"keys": st.lists(st.fixed_dictionaries({"kty": st.just("RSA"), "n": json_values}))}
    ),
)
def test_no_row_however_odd_makes_a_question_fail(**changes: Any) -> None:
    review(reviewed(**changes))
