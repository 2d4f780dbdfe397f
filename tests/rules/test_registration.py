"""The rules about clients that make themselves known, asked one by one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.rules import registration as asked
from django_oauthflows.rules import registration_openid as openid
from django_oauthflows.rules.addresses import host_of, is_https, is_web_address, origin_of
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.client_metadata import ClientMetadata, Offered, RegistrationRequest
from django_oauthflows.rules.documents import ADDRESS_RULES, DOCUMENT_RULES, Document
from tests.marks import spec

CALLBACK = "https://client.example/callback"
OFFERED = Offered(
    profile="standard",
    response_types=frozenset({"code"}),
    grant_types=frozenset({"authorization_code", "refresh_token", "client_credentials"}),
    unattended=frozenset({"client_credentials"}),
    scopes=frozenset({"openid"}),
    authentication_methods=frozenset({"none", "client_secret_basic", "private_key_jwt"}),
    subject_types=frozenset({"public", "pairwise"}),
    assertion_algs=frozenset({"RS256"}),
    id_token_algs=frozenset({"RS256", "HS256"}),
    userinfo_algs=frozenset({"RS256"}),
    request_object_algs=frozenset({"RS256", "none"}),
    encryption_algs=frozenset({"RSA-OAEP"}),
    encryption_encs=frozenset({"A128CBC-HS256"}),
)
RULES = (*asked.CLIENT_RULES, *openid.OPENID_RULES, *asked.SECTOR_RULES)


def request(**said: Any) -> RegistrationRequest:
    """A registration that passes every rule until a test changes something."""
    facts = {name: said.pop(name) for name in list(said) if name not in _MEMBERS}
    metadata = ClientMetadata(**{"redirect_uris": (CALLBACK,), **said})
    return RegistrationRequest(**{"metadata": metadata, "offered": OFFERED, **facts})


_MEMBERS = frozenset(ClientMetadata.__dataclass_fields__)


def test_a_good_registration_passes_every_rule() -> None:
    enforce(RULES, request())


#: What is changed, and the one rule that then says no.
REFUSED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (asked.client_must_register_where_people_return, {"redirect_uris": ()}),
    (asked.redirect_uris_must_be_usable, {"wrong_redirect_uris": ("x",)}),
    (
        asked.tokens_must_be_sent_to_https_alone,
        {"response_types": ("token",), "redirect_uris": ("http://127.0.0.1/",)},
    ),
    (asked.return_addresses_must_be_usable, {"wrong_return_uris": ("x",)}),
    (asked.application_type_must_be_known, {"application_type": "x"}),
    (asked.response_types_must_be_offered, {"response_types": ("token",)}),
    (asked.grant_types_must_be_offered, {"grant_types": ("password",)}),
    (asked.grant_types_must_fit_response_types, {"grant_types": ("client_credentials",)}),
    (asked.client_must_be_able_to_get_a_token, {"grant_types": ("refresh_token",)}),
    (asked.client_must_be_able_to_get_a_token, {"grant_types": ()}),
    (
        asked.client_without_a_person_must_be_introduced,
        {"grant_types": ("client_credentials",), "response_types": ()},
    ),
    (
        asked.client_without_a_person_must_be_introduced,
        {
            "grant_types": ("client_credentials",),
            "response_types": (),
            "is_introduced": True,
            "token_endpoint_auth_method": "none",
        },
    ),
    (asked.authentication_method_must_be_offered, {"token_endpoint_auth_method": "x"}),
    (
        asked.assertions_must_be_signed_as_their_method_says,
        {"token_endpoint_auth_signing_alg": "none"},
    ),
    (asked.keys_must_be_given_in_one_way, {"jwks": {}, "jwks_uri": CALLBACK}),
    (asked.keys_must_be_usable, {"keys_are_usable": False}),
    (
        asked.keys_must_be_given_where_they_are_needed,
        {"token_endpoint_auth_method": "private_key_jwt"},
    ),
    (asked.shown_addresses_must_be_web_addresses, {"logo_uri": "data:x"}),
    (asked.shown_addresses_must_be_web_addresses, {"translations": {"tos_uri": {"de": "x:"}}}),
    (asked.opened_addresses_must_be_https, {"jwks_uri": "http://client.example/"}),
    (asked.opened_addresses_must_be_https, {"request_uris": ("http://client.example/",)}),
    (asked.scopes_must_be_left_to_register, {"scope": frozenset({"admin"})}),
    (
        asked.sector_must_be_named_where_hosts_differ,
        {"subject_type": "pairwise", "redirect_uris": (CALLBACK, "https://other.example/")},
    ),
    (
        asked.sector_must_be_named_where_hosts_differ,
        {"subject_type": "pairwise", "redirect_uris": ("com.example.app://other.example/",)},
    ),
    (
        asked.sector_must_be_named_where_hosts_differ,
        {
            "subject_type": "pairwise",
            "redirect_uris": (
                f"https://client.example/{'a' * 500}",
                f"https://b.example/{'a' * 500}",
            ),
        },
    ),
    (asked.sector_must_list_every_redirect_uri, {"sector_redirect_uris": frozenset()}),
    (openid.subject_type_must_be_offered, {"subject_type": "x"}),
    (openid.id_token_signature_must_be_offered, {"id_token_signed_response_alg": "x"}),
    (
        openid.unsigned_id_tokens_must_not_pass_the_browser,
        {"id_token_signed_response_alg": "none", "response_types": ("id_token",)},
    ),
    (
        openid.shared_signatures_must_have_a_secret,
        {"id_token_signed_response_alg": "HS256", "token_endpoint_auth_method": "none"},
    ),
    (openid.userinfo_signature_must_be_offered, {"userinfo_signed_response_alg": "x"}),
    (openid.request_object_signature_must_be_supported, {"request_object_signing_alg": "x"}),
    (openid.encryption_must_be_supported, {"userinfo_encrypted_response_alg": "x"}),
    (openid.encryption_must_be_supported, {"userinfo_encrypted_response_enc": "A128CBC-HS256"}),
    (openid.backchannel_logout_must_have_an_address, {"backchannel_logout_uri": "x"}),
    (openid.frontchannel_logout_must_be_at_home, {"frontchannel_logout_uri": "https://x.example"}),
)


@spec("RFC 7591 §2", "OpenID Connect Dynamic Client Registration §2")
@pytest.mark.parametrize(("rule", "said"), REFUSED, ids=lambda value: getattr(value, "name", None))
def test_a_rule_says_no(rule: Any, said: dict[str, Any]) -> None:
    assert rule(request(**said)) is not None
    assert rule(request()) is None


def test_each_rule_is_seen_to_say_no() -> None:
    assert {rule.name for rule in RULES} == {rule.name for rule, _ in REFUSED}


@spec("RFC 7591 §2", "RFC 8252 §7.2")
def test_a_native_app_may_take_tokens_on_its_own_device() -> None:
    said = request(
        application_type="native", response_types=("token",), redirect_uris=("http://127.0.0.1/",)
    )
    assert asked.tokens_must_be_sent_to_https_alone(said) is None


@spec("OpenID Connect Front-Channel Logout §2")
def test_an_address_is_at_home_on_the_same_scheme_host_and_port() -> None:
    rule = openid.frontchannel_logout_must_be_at_home
    assert rule(request(frontchannel_logout_uri="https://CLIENT.example/out?a=b")) is None
    for other in (
        "https://client.example:444/",
        "http://client.example/",
        "https://x.client.example/",
    ):
        assert rule(request(frontchannel_logout_uri=other)) is not None


hostile = st.text() | st.sampled_from(
    ["http://[", "https://a:b", "//", "https://\ud800", "https:\\x"]
)


@spec("B-1")
@given(
    said=st.fixed_dictionaries(
        {},
        optional={
            **{
                name: hostile
                for name, field in ClientMetadata.__dataclass_fields__.items()
                if field.type is str
            },
            **{
                name: st.lists(hostile, max_size=3).map(tuple)
                for name, field in ClientMetadata.__dataclass_fields__.items()
                if field.type == tuple[str, ...]
            },
        },
    )
)
def test_no_registration_makes_a_rule_fail(said: dict[str, Any]) -> None:
    for rule in RULES:
        sentence = rule(request(**said))
        assert sentence is None or rule.refusal(sentence)


@given(hostile)
def test_no_text_makes_an_address_fail(text: str) -> None:
    assert is_https(text) <= is_web_address(text)
    assert bool(host_of(text)) == bool(origin_of(text))


ID = "https://app.example/client.json"


def document(**changes: Any) -> Document:
    facts: dict[str, Any] = {
        "client_id": ID,
        "named": ID,
        "members": frozenset({"client_id"}),
        "authentication_method": "none",
    }
    return Document(**{**facts, **changes})


@spec("OAuth Client ID Metadata Document §4.1")
def test_a_document_names_its_address_and_holds_no_secret() -> None:
    enforce((*ADDRESS_RULES, *DOCUMENT_RULES), document())
    named, no_secret = DOCUMENT_RULES
    assert named(document(named=f"{ID}/")) is not None
    assert no_secret(document(members=frozenset({"client_secret"}))) is not None
    assert no_secret(document(authentication_method="client_secret_post")) is not None
    assert no_secret(document(authentication_method="private_key_jwt")) is None


@spec("OAuth Client ID Metadata Document §3")
@pytest.mark.parametrize(
    "address", ["http://app.example/c", "https://app.example", f"{ID}#x", "https://a/../c", "x"]
)
def test_an_address_is_https_with_a_path_and_no_fragment(address: str) -> None:
    assert ADDRESS_RULES[0](document(client_id=address)) is not None


@given(hostile)
def test_no_client_id_makes_a_rule_fail(text: str) -> None:
    for rule in (*ADDRESS_RULES, *DOCUMENT_RULES):
        sentence = rule(document(client_id=text, named=text))
        assert sentence is None or rule.refusal(sentence)
