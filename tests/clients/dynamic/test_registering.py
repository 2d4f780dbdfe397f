"""A client registers itself, and is registered as what it says, or refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.dynamic.offered import offered
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.flows.device_code import DEVICE_CODE
from tests.clients.dynamic.registering import CALLBACK, PROVIDER, PUBLIC_KEYS, WEB, Registrar
from tests.marks import conformance, spec
from tests.stories import error_of

HTTPS = "https://client.example"


@spec("RFC 7591 §3.2.1", "OpenID Connect Dynamic Client Registration §3.2", "B-2")
@conformance("oidcc-server")
def test_a_client_is_told_all_that_it_is_registered_with(open_registration: Registrar) -> None:
    response = open_registration.register()
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    told = response.json()
    assert told["redirect_uris"] == [CALLBACK]
    assert told["client_name"] == WEB["client_name"]
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["grant_types"] == ["authorization_code"]
    assert told["response_types"] == ["code"]
    assert told["application_type"] == "web"
    assert told["scope"] == "email openid profile"
    assert told["client_secret_expires_at"] == 0
    assert told["client_id_issued_at"] > 0
    assert told["registration_client_uri"].endswith(f"/o/register/{told['client_id']}/")
    assert len(told["client_secret"]) >= 43
    assert len(told["registration_access_token"]) >= 43


@spec("RFC 7591 §5", "B-14")
def test_nobody_vouches_for_a_client_that_registered_itself(open_registration: Registrar) -> None:
    told = open_registration.registered(is_verified=True, skips_consent=True, profile="legacy")
    client = client_of(told["client_id"])
    assert client is not None
    assert client.registration_source == "dcr"
    assert not client.is_verified
    assert not client.skips_consent
    assert client.profile == "standard"
    assert client.owner_name == ""


@spec("OpenID Connect Core §5.4")
def test_its_id_tokens_say_no_more_for_its_asking(open_registration: Registrar) -> None:
    told = open_registration.registered(claims_in_id_token=True)
    client = client_of(told["client_id"])
    assert client is not None
    assert not client.openid.claims_in_id_token
    assert "claims_in_id_token" not in told


@spec("RFC 7591 §2", "B-9")
def test_it_gets_no_scope_that_is_not_for_strangers(open_registration: Registrar) -> None:
    told = open_registration.registered(scope="openid notes:write email")
    assert told["scope"] == "email openid"
    client = client_of(told["client_id"])
    assert client is not None
    assert client.default_scopes == {"openid", "email"}
    assert "notes:write" not in client.scopes
    assert error_of(open_registration.register(scope="notes:write")) == (
        400,
        "invalid_client_metadata",
    )


@pytest.mark.parametrize("separator", ["\u3000", "\xa0", "\u2003", '"'])
@spec("RFC 7591 §2", "RFC 6749 §3.3")
def test_its_scopes_and_response_types_are_separated_by_spaces_alone(
    separator: str, open_registration: Registrar
) -> None:
    for members in (
        {"scope": f"openid{separator}email"},
        {"response_types": [f"code{separator}id_token"]},
    ):
        refused = error_of(open_registration.register(**members))
        assert refused == (400, "invalid_client_metadata")


@spec("RFC 7591 §2", "RFC 6749 §3.3")
def test_a_comma_is_part_of_a_scope_that_nobody_knows(open_registration: Registrar) -> None:
    assert open_registration.registered(scope="openid,email profile")["scope"] == "profile"
    refused = error_of(open_registration.register(response_types=["code,id_token"]))
    assert refused == (400, "invalid_client_metadata")


@spec("RFC 7591 §2")
def test_a_site_says_which_scopes_are_for_strangers(
    open_registration: Registrar, settings: Any
) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_SCOPES": ["notes:read", "gone"]}
    assert open_registration.registered()["scope"] == "notes:read"
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_SCOPES": []}
    assert error_of(open_registration.register()) == (400, "invalid_client_metadata")


#: What may be said, and what is told back where that is something else.
SAID: tuple[dict[str, Any], ...] = (
    {"logo_uri": f"{HTTPS}/logo.png", "policy_uri": f"{HTTPS}/p", "tos_uri": f"{HTTPS}/t"},
    {"client_uri": "http://localhost:3000/"},
    {"contacts": ["ada@client.example"], "software_id": "notes", "software_version": "2.1"},
    {"client_name#de": "Notizen", "client_name#ja-Jpan-JP": "ノート", "tos_uri#de": f"{HTTPS}/b"},
    {"token_endpoint_auth_method": "client_secret_post"},
    {"token_endpoint_auth_method": "none"},
    {"token_endpoint_auth_method": "private_key_jwt", "jwks": PUBLIC_KEYS},
    {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": f"{HTTPS}/keys"},
    {
        "token_endpoint_auth_method": "client_secret_jwt",
        "token_endpoint_auth_signing_alg": "HS256",
    },
    {"grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]},
    {"subject_type": "pairwise", "id_token_signed_response_alg": "ES256"},
    {"userinfo_signed_response_alg": "RS256", "request_object_signing_alg": "none"},
    {"default_max_age": 3600, "require_auth_time": True, "default_acr_values": ["1"]},
    {"initiate_login_uri": f"{HTTPS}/begin", "request_uris": [f"{HTTPS}/r#x"]},
    {
        "backchannel_logout_uri": f"{HTTPS}/back",
        "backchannel_logout_session_required": True,
        "frontchannel_logout_uri": f"{HTTPS}/front",
        "frontchannel_logout_session_required": True,
        "post_logout_redirect_uris": [f"{HTTPS}/bye"],
    },
    {
        "jwks": PUBLIC_KEYS,
        "id_token_encrypted_response_alg": "RSA-OAEP",
        "id_token_encrypted_response_enc": "A128CBC-HS256",
    },
    {"application_type": "native", "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"]},
    {"application_type": "native", "redirect_uris": ["https://app.example/claimed"]},
)


@spec("RFC 7591 §2", "OpenID Connect Dynamic Client Registration §2")
@conformance(
    "oidcc-registration-logo-uri",
    "oidcc-registration-policy-uri",
    "oidcc-registration-tos-uri",
    "oidcc-registration-jwks-uri",
    "oidcc-userinfo-rs256",
)
@pytest.mark.parametrize("said", SAID, ids=" ".join)
def test_what_a_client_says_is_kept_and_told_back(
    open_registration: Registrar, said: dict[str, Any]
) -> None:
    told = open_registration.registered(**said)
    assert {name: told[name] for name in said} == said
    policy = ClientPolicy.objects.get(application__client_id=told["client_id"])
    columns = {column.name for column in ClientPolicy._meta.concrete_fields}
    for name in columns & said.keys():
        assert getattr(policy, name) == said[name]
    assert ("client_secret" in told) == told["token_endpoint_auth_method"].startswith("client_sec")


@spec("RFC 7591 §2.1")
def test_what_is_left_out_follows_from_what_is_said(open_registration: Registrar) -> None:
    assert (
        open_registration.registered(jwks=PUBLIC_KEYS, id_token_encrypted_response_alg="RSA-OAEP")[
            "id_token_encrypted_response_enc"
        ]
        == "A128CBC-HS256"
    )
    assert (
        open_registration.registered(client_uri=None, logo_uri="")
        .keys()
        .isdisjoint({"client_uri", "logo_uri"})
    )
    device = "urn:ietf:params:oauth:grant-type:device_code"
    told = open_registration.register(
        {"client_name": "TV", "grant_types": [device], "token_endpoint_auth_method": "none"}
    ).json()
    assert told["response_types"] == []
    client = client_of(told["client_id"])
    assert client is not None
    assert (client.preset, client.flows) == ("device", {"device-code"})


@pytest.mark.parametrize(
    ("said", "preset", "flows"),
    [
        ({}, "web-app", {"authorization-code", "authorization-code-pkce"}),
        ({"token_endpoint_auth_method": "none"}, "single-page-app", {"authorization-code-pkce"}),
        (
            {"token_endpoint_auth_method": "none", "redirect_uris": ["http://127.0.0.1:33418/"]},
            "native-app",
            {"authorization-code-pkce"},
        ),
        (
            {"redirect_uris": ["http://127.0.0.1:33418/"]},
            "native-app",
            {"authorization-code", "authorization-code-pkce"},
        ),
        (
            {"grant_types": ["authorization_code", "refresh_token"]},
            "web-app",
            {"authorization-code", "authorization-code-pkce", "refresh-token"},
        ),
    ],
)
@spec("RFC 7591 §2", "RFC 8252 §7.3")
def test_its_kind_and_its_flows_follow(
    open_registration: Registrar, said: dict[str, Any], preset: str, flows: set[str]
) -> None:
    client = client_of(open_registration.registered(**said)["client_id"])
    assert client is not None
    assert (client.preset, client.flows) == (preset, flows)


@spec("OpenID Connect Core §10.1", "B-4")
def test_a_secret_is_kept_readable_only_where_an_hmac_needs_it(
    open_registration: Registrar,
) -> None:
    for said, is_readable in (
        ({}, False),
        ({"id_token_signed_response_alg": "HS256"}, True),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, True),
    ):
        told = open_registration.registered(**said)  # type: ignore[arg-type]
        secret = ClientSecret.objects.get(application__client_id=told["client_id"])
        assert bool(secret.sealed) == is_readable


#: What is refused, by the code.
WRONG_ADDRESSES: tuple[Any, ...] = (
    [],
    "https://client.example/callback",
    [1],
    [""],
    ["https://client.example/callback#fragment"],
    ["http://client.example/callback"],
    ["https://*.client.example/"],
    ["javascript:alert(1)"],
    ["com.example.app:/callback"],
    ["https://user:pass@client.example/"],
    ["https://client.example/a b"],
    ["https://client.example/\n"],
    ["https://client.example/" + "a" * 2000],
    [f"https://client.example/{number}" for number in range(51)],
)


@spec("RFC 7591 §3.2.2", "RFC 9700 §2.1", "B-8")
@conformance("oidcc-redirect-uri-regfrag")
@pytest.mark.parametrize("uris", WRONG_ADDRESSES, ids=lambda uris: str(uris)[:40])
def test_an_address_nobody_may_be_sent_to_is_refused(
    open_registration: Registrar, uris: Any
) -> None:
    assert error_of(open_registration.register(redirect_uris=uris)) == (400, "invalid_redirect_uri")
    assert not ClientRegistration.objects.exists()


PRIVATE = {"keys": [{**PUBLIC_KEYS["keys"][0], "d": "AQAB"}]}
WRONG: tuple[dict[str, Any], ...] = (
    {"application_type": "desktop"},
    {"application_type": 1},
    {"response_types": ["token"], "grant_types": ["implicit"]},
    {"response_types": ["code id_token"]},
    {"response_types": "code"},
    {"response_types": ["unheard of"]},
    {"response_types": []},
    {"grant_types": ["password"]},
    {"grant_types": ["implicit"]},
    {"grant_types": ["refresh_token"]},
    {"grant_types": ["refresh_token"], "response_types": ["code"]},
    {"grant_types": ["client_credentials"], "response_types": []},
    {"token_endpoint_auth_method": "tls_client_auth"},
    {"token_endpoint_auth_method": ["none"]},
    {"token_endpoint_auth_method": "private_key_jwt"},
    {"token_endpoint_auth_method": "private_key_jwt", "jwks": PUBLIC_KEYS, "jwks_uri": HTTPS},
    {"token_endpoint_auth_signing_alg": "none"},
    {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": PUBLIC_KEYS,
        "token_endpoint_auth_signing_alg": "HS256",
    },
    {
        "token_endpoint_auth_method": "client_secret_jwt",
        "token_endpoint_auth_signing_alg": "RS256",
    },
    {"jwks": {"keys": []}},
    {"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
    {"jwks": PRIVATE},
    {"jwks": []},
    {"jwks_uri": "http://client.example/keys"},
    {"jwks_uri": "https://client.example:99999/keys"},
    {"client_name": 7},
    {"client_name": "a" * 256},
    {"client_name": "Notes\u202e"},
    {"client_name": "Notes\n"},
    {"client_name#not a language": "Notes"},
    {"client_uri": "javascript:alert(1)"},
    {"logo_uri": "http://client.example/logo.png"},
    {"logo_uri#de": "data:image/png;base64,AA"},
    {"policy_uri": "https://user@client.example/"},
    {"tos_uri": "https://client.example/" + "a" * 500},
    {"scope": ["openid"]},
    {"scope": "notes:write"},
    {"scope": "notes:write unheard-of"},
    {"scope": "oauthflows:clients:write"},
    {"contacts": "ada@client.example"},
    {"subject_type": "secret"},
    {"subject_type": "pairwise", "redirect_uris": [CALLBACK, "https://other.example/"]},
    {
        "subject_type": "pairwise",
        "application_type": "native",
        "redirect_uris": ["com.example.app://client.example/cb"],
    },
    {"sector_identifier_uri": "http://client.example/sector"},
    {"id_token_signed_response_alg": "none"},
    {"id_token_signed_response_alg": "RS1"},
    {"id_token_signed_response_alg": "HS256", "token_endpoint_auth_method": "none"},
    {"userinfo_signed_response_alg": "none"},
    {"request_object_signing_alg": "RS1"},
    {"id_token_encrypted_response_alg": "RSA-OAEP"},
    {"id_token_encrypted_response_alg": "RSA1_5", "jwks": PUBLIC_KEYS},
    {"userinfo_encrypted_response_enc": "A128CBC-HS256", "jwks": PUBLIC_KEYS},
    {"default_max_age": -1},
    {"default_max_age": "60"},
    {"default_max_age": True},
    {"default_max_age": 2**31},
    {"require_auth_time": "yes"},
    {"default_acr_values": "1"},
    {"initiate_login_uri": "http://client.example/begin"},
    {"request_uris": ["http://client.example/request"]},
    {"post_logout_redirect_uris": ["https://client.example/#x"]},
    {"backchannel_logout_uri": "https://client.example/#x"},
    {"frontchannel_logout_uri": "https://other.example/out"},
)


@spec("RFC 7591 §3.2.2", "OpenID Connect Dynamic Client Registration §3.3")
@pytest.mark.parametrize("said", WRONG, ids=" ".join)
def test_what_cannot_be_is_refused_and_registers_nothing(
    open_registration: Registrar, said: dict[str, Any]
) -> None:
    response = open_registration.register(**said)
    assert error_of(response) == (400, "invalid_client_metadata")
    assert response["Cache-Control"] == "no-store"
    assert response["X-OAuth-Reference"] in response.json()["error_description"]
    assert AuditEvent.objects.get().reference == response["X-OAuth-Reference"]
    assert not ClientRegistration.objects.exists()


@spec("RFC 7591 §2", "OpenID Connect Dynamic Client Registration §2")
def test_the_legacy_profile_is_the_sites_choice(
    open_registration: Registrar, settings: Any
) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_PROFILE": "legacy"}
    told = open_registration.registered(response_types=["id_token token", "code"])
    assert told["response_types"] == ["id_token token", "code"]
    assert told["grant_types"] == ["authorization_code", "implicit"]
    client = client_of(told["client_id"])
    assert client is not None
    assert client.profile == "legacy"
    assert client.flows == {"authorization-code", "authorization-code-pkce", "implicit"}
    assert open_registration.register(id_token_signed_response_alg="none").status_code == 201
    for said in (
        {"response_types": ["id_token"], "redirect_uris": ["http://localhost/cb"]},
        {"response_types": ["id_token"], "redirect_uris": ["https://localhost/cb"]},
    ):
        refused = open_registration.register(**said)
        assert error_of(refused) == (400, "invalid_redirect_uri")
    unsigned = open_registration.register(
        response_types=["id_token"], id_token_signed_response_alg="none"
    )
    assert error_of(unsigned) == (400, "invalid_client_metadata")


@spec("RFC 8414 §2")
def test_the_metadata_says_where_and_what(client: Client, db: None, settings: Any) -> None:
    url = reverse("oauthflows:server-metadata")
    assert "registration_endpoint" not in client.get(url).json()
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_PROFILE": "legacy"}
    told = client.get(url).json()
    assert told["registration_endpoint"].endswith("/o/register/")
    assert {"token", "code"} <= set(told["response_types_supported"])
    assert "implicit" in told["grant_types_supported"]
    assert "password" not in told["grant_types_supported"]
    assert reverse("oauth2_provider:dcr-register") == reverse("oauthflows:register-client")


@spec("RFC 8414 §2", "OpenID Connect Discovery §3")
def test_what_the_metadata_offers_may_be_registered(
    client: Client, open_registration: Registrar
) -> None:
    told = client.get(reverse("oauthflows:openid-configuration")).json()
    offers = offered(profile="legacy")
    for name, known in (
        ("id_token_signing_alg_values_supported", offers.id_token_algs),
        ("userinfo_signing_alg_values_supported", offers.userinfo_algs),
        ("request_object_signing_alg_values_supported", offers.request_object_algs),
        ("id_token_encryption_alg_values_supported", offers.encryption_algs),
        ("id_token_encryption_enc_values_supported", offers.encryption_encs),
        ("subject_types_supported", offers.subject_types),
    ):
        assert set(told[name]) == known, name
    assert set(told["token_endpoint_auth_methods_supported"]) <= offers.authentication_methods


@spec("RFC 7591 §5")
def test_whatever_works_without_a_person_takes_an_introduction(
    open_registration: Registrar,
) -> None:
    unattended = offered().unattended
    assert "client_credentials" in unattended
    assert unattended.isdisjoint({"authorization_code", "refresh_token", DEVICE_CODE.grant_type})
    for grant_type in unattended:
        refused = open_registration.register({"grant_types": [grant_type]})
        assert error_of(refused) == (400, "invalid_client_metadata")


# The sector ---------------------------------------------------------------------------------------

SECTOR = "https://sector.example/uris.json"


@spec("OpenID Connect Dynamic Client Registration §5", "OpenID Connect Core §8.1")
@conformance("oidcc-registration-sector-uri")
def test_a_sector_that_lists_its_addresses_is_believed(
    open_registration: Registrar, documents: dict[str, Any]
) -> None:
    other = "https://other.example/cb"
    documents[SECTOR] = [CALLBACK, other, "https://third.example/"]
    told = open_registration.registered(
        redirect_uris=[CALLBACK, other], subject_type="pairwise", sector_identifier_uri=SECTOR
    )
    assert told["sector_identifier_uri"] == SECTOR


@spec("OpenID Connect Dynamic Client Registration §5")
@conformance("oidcc-registration-sector-bad")
@pytest.mark.parametrize(
    "listed", [["https://other.example/cb"], [], {"uris": [CALLBACK]}, CALLBACK, None, [[CALLBACK]]]
)
def test_a_sector_that_does_not_list_them_is_not(
    open_registration: Registrar, documents: dict[str, Any], listed: Any
) -> None:
    documents[SECTOR] = listed
    refused = open_registration.register(
        subject_type="pairwise", sector_identifier_uri=SECTOR, redirect_uris=[CALLBACK]
    )
    assert error_of(refused) == (400, "invalid_client_metadata")


@spec("OpenID Connect Dynamic Client Registration §5")
def test_a_sector_that_is_not_there_is_refused_without_saying_why(
    open_registration: Registrar, documents: dict[str, Any]
) -> None:
    refused = open_registration.register(sector_identifier_uri="https://127.0.0.1/inside")
    assert error_of(refused) == (400, "invalid_client_metadata")
    assert "127.0.0.1" not in refused.json()["error_description"]


def test_nothing_is_fetched_for_who_is_refused(
    open_registration: Registrar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(url: str) -> Any:
        raise AssertionError

    monkeypatch.setattr("django_oauthflows.clients.dynamic.judging.fetch_json", never)
    refused = open_registration.register(sector_identifier_uri=SECTOR, grant_types=["password"])
    assert refused.status_code == 400


# Who may ------------------------------------------------------------------------------------------


@spec("RFC 7591 §3")
def test_where_registration_is_off_there_is_none(db: None, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    registrar = Registrar()
    assert registrar.register().status_code == 404
    token = initial_tokens.issue(label="Ada")[1]
    assert registrar.register(token=token).status_code == 404
    settings.OAUTHFLOWS = {"REGISTRATION": "opne"}
    assert registrar.register().status_code == 404


@pytest.fixture
def by_token(db: None, settings: Any) -> Registrar:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "token", "REGISTRATIONS_PER_NETWORK": 0}
    return Registrar()


@spec("RFC 7591 §3", "RFC 6750 §3")
def test_without_an_initial_access_token_nobody_registers(by_token: Registrar) -> None:
    refused = by_token.register()
    assert error_of(refused) == (401, "invalid_token")
    assert refused["WWW-Authenticate"] == 'Bearer realm="oauth"'
    wrong = by_token.register(token="wrong")
    assert error_of(wrong) == (401, "invalid_token")
    assert 'error="invalid_token"' in wrong["WWW-Authenticate"]


@spec("RFC 7591 §3")
def test_a_wrong_token_is_refused_where_none_is_needed(open_registration: Registrar) -> None:
    assert error_of(open_registration.register(token="wrong")) == (401, "invalid_token")


@spec("RFC 7591 §1.2", "B-17")
def test_an_initial_access_token_registers_as_many_clients_as_it_says(
    by_token: Registrar, django_capture_on_commit_callbacks: Any
) -> None:
    row, token = initial_tokens.issue(label="Ada", max_uses=2)
    assert token not in str(InitialAccessToken.objects.values().get())
    assert by_token.register(token=token, grant_types=["password"]).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        told = by_token.registered(token)
    by_token.registered(token)
    assert error_of(by_token.register(token=token)) == (401, "invalid_token")
    row.refresh_from_db()
    assert row.uses == 2
    registration = ClientRegistration.objects.get(application__client_id=told["client_id"])
    assert registration.initial_token == row
    event = AuditEvent.objects.get(event="client.registered")
    assert event.detail["initial_access_token"] == "Ada"
    assert event.network == "192.0.2.1"


@spec("RFC 7591 §1.2")
def test_a_token_that_was_revoked_or_has_expired_registers_nobody(
    by_token: Registrar, settings: Any
) -> None:
    row, token = initial_tokens.issue(label="Ada", max_uses=None)
    by_token.registered(token)
    initial_tokens.revoke(row)
    assert by_token.register(token=token).status_code == 401
    past = initial_tokens.issue(label="Ada", expires=timezone.now() - timedelta(seconds=1))[1]
    assert by_token.register(token=past).status_code == 401


@spec("RFC 7591 §1.2")
def test_what_its_token_says_of_profile_and_scopes_goes(by_token: Registrar) -> None:
    token = initial_tokens.issue(label="Ada", profile="legacy", scopes=["notes:write", "openid"])[1]
    told = by_token.registered(token, response_types=["token"])
    assert told["scope"] == "notes:write openid"
    client = client_of(told["client_id"])
    assert client is not None
    assert (client.profile, client.flows) == ("legacy", {"implicit"})


@spec("RFC 7591 §5", "B-6")
def test_a_service_needs_somebody_who_knows_it(by_token: Registrar) -> None:
    service = {"client_name": "Counter", "grant_types": ["client_credentials"]}
    token = initial_tokens.issue(label="Ada", max_uses=None)[1]
    told = by_token.register(service, token).json()
    assert client_of(told["client_id"]).flows == {"client-credentials"}  # type: ignore[union-attr]
    public = {**service, "token_endpoint_auth_method": "none"}
    assert error_of(by_token.register(public, token)) == (400, "invalid_client_metadata")


# How often ----------------------------------------------------------------------------------------


@spec("RFC 7591 §5", "B-32")
def test_a_network_may_try_so_often_and_so_may_all_together(
    open_registration: Registrar, settings: Any
) -> None:
    settings.OAUTHFLOWS = {
        "REGISTRATION": "open",
        "REGISTRATIONS_PER_NETWORK": 2,
        "REGISTRATIONS_IN_ALL": 2,
        "REGISTRATIONS_WINDOW": 60,
    }
    open_registration.registered()
    open_registration.register(grant_types=["password"])
    refused = open_registration.register()
    assert error_of(refused) == (429, "invalid_request")
    assert 0 < int(refused["Retry-After"]) <= 60
    elsewhere = Registrar(address="198.51.100.1")
    elsewhere.registered()
    assert Registrar(address="203.0.113.1").register().status_code == 429
    assert ClientRegistration.objects.count() == 2


# What is sent -------------------------------------------------------------------------------------


def send(body: bytes | str, content_type: str = "application/json") -> Any:
    return Client().post(reverse("oauthflows:register-client"), body, content_type=content_type)


@spec("RFC 7591 §3.1", "B-1")
def test_only_json_is_read(open_registration: Registrar) -> None:
    form = "application/x-www-form-urlencoded"
    assert send("redirect_uris=x", form).status_code == 415
    assert send("{}", "text/plain").status_code == 415
    assert send('{"client_name": "' + "a" * 70_000 + '"}').status_code == 413
    assert send('{"client_name": "' + "a" * 3_000_000 + '"}').status_code == 413


@spec("RFC 7591 §3.1", "B-1")
@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"client_name": "\xff"}',
        b'{"client_name": "a\\u0000b"}',
        b'{"a\\u0000b": 1}',
        b'{"client_name": "\\ud800"}',
        b'{"client_name": "a", "client_name": "b"}',
        b'{"jwks": {"keys": [{"kty": "RSA", "kty": "EC"}]}}',
        b'{"default_max_age": NaN}',
        b'{"default_max_age": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"jwks": ' + b"[" * 50 + b"]" * 50 + b"}",
    ],
    ids=lambda body: str(body[:30]),
)
def test_what_is_no_json_object_is_refused(open_registration: Registrar, body: bytes) -> None:
    assert error_of(send(body)) == (400, "invalid_client_metadata")


@spec("RFC 7591 §2")
def test_what_nobody_knows_is_ignored(open_registration: Registrar) -> None:
    told = open_registration.registered(unheard_of={"of": [1, None]}, client_id="mine", id=7)
    assert "unheard_of" not in told
    assert told["client_id"] != "mine"


@spec("OpenID Connect Dynamic Client Registration §3")
def test_a_script_of_any_origin_may_register_its_app(open_registration: Registrar) -> None:
    url = reverse("oauthflows:register-client")
    asked = Client().options(url, headers={"Origin": "https://app.example"})
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert asked["Access-Control-Allow-Methods"] == "POST"
    assert open_registration.register()["Access-Control-Allow-Origin"] == "*"
    refused = Client().get(url)
    assert (refused.status_code, refused["Allow"]) == (405, "POST, OPTIONS")


def test_nobodys_cookie_registers_anything(open_registration: Registrar) -> None:
    response = open_registration.register()
    assert not response.cookies
    assert "Access-Control-Allow-Credentials" not in response
