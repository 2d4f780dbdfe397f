"""Clients that prove themselves by a JWT: with their own key, or with a secret that is kept readable."""

import hmac
from collections.abc import Iterator
from time import time
from typing import Any

import pytest
from django.test import override_settings
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import secrets
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.testing.assertions import (
    CLIENT_ASSERTION_TYPE,
    client_key,
    encoded,
    key_set_of,
    signed_assertion,
)
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.published import Site, site
from tests.clients.test_authentication import assert_not_proven, assert_proven, basic
from tests.clients.test_keys import DEAD_CACHE
from tests.marks import conformance, spec

pytestmark = pytest.mark.django_db

ENDPOINTS = ("token", "revoke", "introspect", "device-authorization")
ISSUER = "http://testserver/o"
NO_HEADER = {"X-No": "header"}

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS = {
    "RS256": RSA,
    "PS256": RSA,
    "ES256": ECKey.generate_key("P-256", {"kid": "p256"}),
    "ES512": ECKey.generate_key("P-521", {"kid": "p521"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}


@pytest.fixture
def account(db: None) -> FlowClient:
    """A service with a key of its own."""
    return FlowClient(registered=ClientFactory(preset="service-account", redirect_uris=()))


def signing_with_its_secret(algorithm: str = "HS256", **policy: Any) -> FlowClient:
    registered = ClientFactory(
        preset="service",
        redirect_uris=(),
        authentication_method="client_secret_jwt",
        keeps_secret_readable=True,
    )
    for name, value in policy.items():
        setattr(registered.policy, name, value)
    registered.policy.save()
    return FlowClient(registered=registered)


def with_its_secret(flow: FlowClient, algorithm: str = "HS256", **changes: Any) -> Any:
    key = OctKey.import_key(flow.registered.client_secret)
    return show(flow, flow.assertion(key=key, algorithm=algorithm, **changes))


def show(flow: FlowClient, assertion: Any, endpoint: str = "token", **changes: Any) -> Any:
    """A request that only the assertion can spoil."""
    parameters = {
        "grant_type": "client_credentials",
        "scope": "notes:read",
        "token": "unknown",
        "client_assertion_type": CLIENT_ASSERTION_TYPE,
        "client_assertion": assertion,
        **changes,
    }
    return flow.post(endpoint, **{"headers": NO_HEADER, **parameters})


def reason() -> str:
    """The rule that the last refusal was recorded under."""
    return AuditEvent.objects.latest("pk").rule


# What is accepted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@spec("OpenID Connect Core §9", "RFC 7523 §2.2", "B-5")
def test_a_client_proves_itself_with_its_own_key(account: FlowClient, endpoint: str) -> None:
    assert_proven(show(account, account.assertion(), endpoint))
    assert_proven(
        show(account, account.assertion(), endpoint, client_id=account.registered.client_id)
    )


@pytest.mark.parametrize("algorithm", KEYS)
@spec("RFC 7518 §3.1", "RFC 7523 §3")
def test_each_kind_of_key_signs(algorithm: str) -> None:
    key = KEYS[algorithm]
    registered = ClientFactory(preset="service-account", redirect_uris=(), jwks=key_set_of(key))
    flow = FlowClient(registered=registered)
    assert show(flow, flow.assertion(key=key, algorithm=algorithm)).status_code == 200


@spec("RFC 7515 §4.1.4")
def test_a_header_without_a_kid_is_tried_with_the_keys_that_fit() -> None:
    others = [ECKey.generate_key("P-256", {"kid": "other"}), RSA]
    jwks = key_set_of(*others, client_key())
    flow = FlowClient(
        registered=ClientFactory(preset="service-account", redirect_uris=(), jwks=jwks)
    )
    assert show(flow, flow.assertion(header={"kid": ""})).status_code == 200


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@spec("OpenID Connect Core §9", "RFC 7518 §3.2")
def test_a_client_proves_itself_with_a_secret_that_is_kept_readable(algorithm: str) -> None:
    flow = signing_with_its_secret()
    assert with_its_secret(flow, algorithm).status_code == 200
    assert ClientSecret.objects.get().last_used is not None


@conformance("oidcc-ensure-client-assertion-with-iss-aud-succeeds")
@pytest.mark.parametrize("endpoint", ["token", "introspect"])
@spec("RFC 7523 §3", "RFC 9126 §2")
def test_the_audience_is_the_issuer_the_token_endpoint_or_the_address_that_was_called(
    account: FlowClient, endpoint: str
) -> None:
    path = "introspect" if endpoint == "introspect" else "token"
    for aud in (ISSUER, [ISSUER], f"{ISSUER}/token/", f"{ISSUER}/{path}/"):
        assert_proven(show(account, account.assertion(audience=aud), endpoint))


@conformance("oidcc-refresh-token-rp-key-rotation")
@spec("RFC 7591 §2")
def test_published_keys_are_fetched_once_and_a_new_one_is_found() -> None:
    first, second = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("first", "second"))
    with site() as served:
        served.publish(key_set_of(first))
        flow = FlowClient(
            registered=ClientFactory(
                preset="service-account", redirect_uris=(), jwks_uri=served.url
            )
        )
        for _ in range(3):
            assert show(flow, flow.assertion(key=first)).status_code == 200
        assert len(served.asked) == 1
        served.publish(key_set_of(second))
        assert show(flow, flow.assertion(key=second)).status_code == 200
        assert_not_proven(show(flow, flow.assertion(key=first)))


@pytest.fixture
def served() -> Iterator[Site]:
    with site() as running:
        yield running


@spec("B-1")
def test_no_other_client_makes_the_server_fetch_anything(served: Site, account: FlowClient) -> None:
    ClientFactory(preset="service-account", redirect_uris=(), jwks_uri=served.url)
    assert show(account, account.assertion()).status_code == 200
    assert served.asked == []


# What is refused ----------------------------------------------------------------------------------------

NOW = int(time())


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"iss": "somebody-else"}, "assertion_must_be_from_its_issuer"),
        ({"iss": None}, "assertion_must_be_from_its_issuer"),
        ({"aud": None}, "assertion_must_be_meant_for_this_server"),
        ({"aud": []}, "assertion_must_be_meant_for_this_server"),
        ({"aud": [ISSUER, "https://other.example"]}, "assertion_must_be_meant_for_this_server"),
        ({"aud": [ISSUER, f"{ISSUER}/token/"]}, "assertion_must_be_meant_for_this_server"),
        ({"aud": [[ISSUER]]}, "assertion_must_be_meant_for_this_server"),
        ({"aud": {ISSUER: 1}}, "assertion_must_be_meant_for_this_server"),
        ({"aud": f"{ISSUER}/"}, "assertion_must_be_meant_for_this_server"),
        ({"aud": "https://other.example/o/token/"}, "assertion_must_be_meant_for_this_server"),
        ({"aud": f"{ISSUER}/revoke_token/"}, "assertion_must_be_meant_for_this_server"),
        ({"exp": None}, "assertion_must_not_be_expired"),
        ({"exp": NOW - 60}, "assertion_must_not_be_expired"),
        ({"exp": "soon"}, "assertion_must_not_be_expired"),
        ({"exp": True}, "assertion_must_not_be_expired"),
        ({"exp": 10**400}, "assertion_must_not_be_expired"),
        ({"exp": 10**12}, "assertion_must_expire_soon"),
        ({"exp": NOW + 3600}, "assertion_must_expire_soon"),
        ({"iat": NOW + 3600}, "assertion_must_have_begun"),
        ({"nbf": NOW + 3600}, "assertion_must_have_begun"),
        ({"nbf": {}}, "assertion_must_have_begun"),
        ({"jti": None}, "assertion_must_have_an_id"),
        ({"jti": ""}, "assertion_must_have_an_id"),
        ({"jti": 7}, "assertion_must_have_an_id"),
        ({"jti": "j" * 256}, "assertion_must_have_an_id"),
    ],
)
@spec("RFC 7523 §3", "RFC 7521 §4.2.1")
def test_an_assertion_that_says_something_wrong_is_refused(
    account: FlowClient, changes: dict[str, Any], rule: str
) -> None:
    assert_not_proven(show(account, account.assertion(**{"audience": ISSUER, **changes})))
    assert reason() == rule


def signed_with_the_public_key(flow: FlowClient) -> str:
    """The public key, which anybody can have, taken for a shared secret (RFC 8725 §2.1)."""
    header = encoded(b'{"alg": "HS256", "kid": "test-client"}')
    message = f"{header}.{flow.assertion().split('.')[1]}"
    public = client_key().as_pem(private=False)
    return f"{message}.{encoded(hmac.digest(public, message.encode(), 'sha256'))}"


STRANGER = ECKey.generate_key("P-256", {"kid": "test-client"})


@pytest.mark.parametrize(
    "forge",
    [
        lambda flow: flow.assertion(key=STRANGER),
        lambda flow: flow.assertion(header={"kid": "another"}),
        lambda flow: flow.assertion()[:-4] + "AAAA",
        lambda flow: flow.assertion(header={"crit": ["exp"]}),
        signed_with_the_public_key,
        lambda flow: "eyJhbGciOiJub25lIn0." + flow.assertion().split(".")[1] + ".",
    ],
    ids=["foreign key", "unknown kid", "broken", "critical", "public key as secret", "none"],
)
@spec("RFC 8725 §3.1", "RFC 7523 §3")
def test_a_forged_assertion_is_refused(account: FlowClient, forge: Any) -> None:
    assert_not_proven(show(account, forge(account)))


@pytest.mark.parametrize(
    "value",
    ["", "a", "a.b.c", "..", "{}", "eyJhbGciOiJFUzI1NiJ9.bnVsbA.AAAA", "é.é.é", "A" * 7000],
)
@spec("RFC 7523 §2.2", "B-1")
def test_what_is_no_jwt_is_refused(account: FlowClient, value: str) -> None:
    response = show(account, value)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize("sub", ["\x00", "\ud800", "a" * 300, "", 1, None, ["a"], {"a": []}])
@spec("RFC 7523 §3", "B-1")
def test_a_subject_that_nobody_could_be_is_refused(account: FlowClient, sub: Any) -> None:
    assert_not_proven(show(account, account.assertion(sub=sub)))


@spec("RFC 7523 §3", "B-1")
def test_deeply_nested_claims_are_refused(account: FlowClient) -> None:
    nested = encoded(b'{"sub":' + b"[" * 4000)
    assert_not_proven(show(account, f"eyJhbGciOiJFUzI1NiJ9.{nested}.AAAA"))


@pytest.mark.parametrize("typ", ["authorization-grant+jwt", "oauth-authz-req+jwt", "at+jwt"])
@spec("RFC 8725 §3.11")
def test_what_the_key_signed_for_another_purpose_is_refused(account: FlowClient, typ: str) -> None:
    assert_not_proven(show(account, account.assertion(header={"typ": typ})))
    assert reason() == "assertion_must_be_nothing_else"
    assert_proven(show(account, account.assertion(header={"typ": "client-authentication+jwt"})))


@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
@spec("RFC 7521 §4.2")
def test_another_type_of_assertion_is_refused(account: FlowClient, kind: str) -> None:
    assert_not_proven(show(account, account.assertion(), client_assertion_type=kind))
    assert reason() == "client_assertion_must_be_a_jwt"


@spec("RFC 7523 §3", "B-6")
def test_an_unknown_client_and_a_disabled_one_get_the_same_words(account: FlowClient) -> None:
    assert_not_proven(show(account, signed_assertion("nobody", ISSUER)))
    assert reason() == "client_must_be_known"
    account.registered.policy.is_enabled = False
    account.registered.policy.save()
    assert_not_proven(show(account, account.assertion()))
    assert reason() == "client_must_be_enabled"


@spec("RFC 7523 §3", "B-3")
def test_an_assertion_works_once_and_a_refused_one_is_not_spent(account: FlowClient) -> None:
    assertion = account.assertion()
    assert show(account, assertion, client_secret="any").status_code == 400
    assert show(account, assertion).status_code == 200
    assert_not_proven(show(account, assertion))
    assert reason() == "client_assertion_must_be_used_once"
    assert_not_proven(show(account, assertion, "introspect"))


@override_settings(CACHES=DEAD_CACHE)
@spec("RFC 7523 §3")
def test_without_a_cache_an_assertion_works_once(account: FlowClient) -> None:
    assertion = account.assertion()
    assert show(account, assertion).status_code == 200
    assert_not_proven(show(account, assertion))


@spec("RFC 6749 §2.3", "B-5")
def test_two_methods_in_one_request_are_refused(account: FlowClient) -> None:
    header = basic(account.registered.client_id, "secret")
    for changes in ({"headers": header}, {"client_secret": "secret"}):
        response = show(account, account.assertion(), **changes)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@spec("RFC 7521 §4.2")
def test_a_client_id_that_is_another_than_the_assertions_is_refused(account: FlowClient) -> None:
    response = show(account, account.assertion(), client_id="another")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@spec("RFC 7591 §2", "B-5")
def test_a_method_the_client_is_not_registered_for_is_refused() -> None:
    by_secret = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    policy = by_secret.registered.policy
    policy.jwks = key_set_of(client_key())
    policy.save()
    assert_not_proven(show(by_secret, by_secret.assertion()))
    assert reason() == "client_must_use_its_registered_method"


@spec("RFC 7591 §2", "B-5")
def test_a_client_that_signs_may_not_send_a_secret(account: FlowClient) -> None:
    secret = secrets.add(account.registered.application, label="another way", is_readable=True)
    header = basic(account.registered.client_id, secret)
    assert_not_proven(account.post("token", headers=header, grant_type="client_credentials"))
    key = OctKey.import_key(secret)
    assert_not_proven(show(account, account.assertion(key=key, algorithm="HS256")))


@spec("RFC 7591 §2", "B-6")
def test_a_public_client_cannot_sign_in_by_a_jwt() -> None:
    public = FlowClient(registered=ClientFactory(preset="single-page-app"))
    public.registered.policy.jwks = key_set_of(client_key())
    public.registered.policy.save()
    assert_not_proven(show(public, public.assertion()))


@spec("OpenID Connect Registration §2")
def test_an_algorithm_the_client_is_not_registered_for_is_refused(account: FlowClient) -> None:
    both = key_set_of(client_key(), RSA)
    policy = account.registered.policy
    policy.jwks, policy.token_endpoint_auth_signing_alg = both, "RS256"
    policy.save()
    assert_not_proven(show(account, account.assertion()))
    assert show(account, account.assertion(key=RSA, algorithm="RS256")).status_code == 200


@spec("OpenID Connect Core §10.1")
def test_a_secret_that_is_stored_as_a_checksum_alone_verifies_no_jwt() -> None:
    service = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    service.registered.policy.authentication_method = "client_secret_jwt"
    service.registered.policy.save()
    assert_not_proven(with_its_secret(service))


@spec("RFC 7518 §3.2")
def test_a_secret_that_is_too_short_for_an_algorithm_is_not_used_with_it() -> None:
    flow = signing_with_its_secret()
    ClientSecret.objects.all().delete()
    short = secrets.add(
        flow.registered.application, label="short", secret="s" * 43, is_readable=True
    )
    key = OctKey.import_key(short)
    assert show(flow, flow.assertion(key=key, algorithm="HS256")).status_code == 200
    assert_not_proven(show(flow, flow.assertion(key=key, algorithm="HS512")))


@spec("B-7")
def test_a_retired_secret_verifies_no_jwt() -> None:
    flow = signing_with_its_secret()
    secrets.retire(ClientSecret.objects.get())
    assert_not_proven(with_its_secret(flow))


@spec("B-4")
def test_no_log_and_no_row_holds_an_assertion(
    account: FlowClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assertion = account.assertion(audience="https://other.example")
    show(account, assertion)
    row = AuditEvent.objects.latest("pk")
    assert row.client_id == account.registered.client_id
    kept = f"{caplog.text} {row.detail} {row.sentence}"
    assert not any(part in kept for part in assertion.split("."))


@spec("RFC 6749 §2.3.1")
def test_an_assertion_in_the_url_is_refused(account: FlowClient) -> None:
    for name in ("client_assertion", "assertion"):
        response = account.back_channel.post(
            f"/o/token/?{name}={account.assertion()}",
            "grant_type=client_credentials",
            content_type="application/x-www-form-urlencoded",
        )
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@spec("RFC 8414 §2")
def test_the_metadata_names_the_methods_and_the_signatures(account: FlowClient) -> None:
    metadata = account.back_channel.get("/.well-known/oauth-authorization-server/o").json()
    for endpoint in ("token", "revocation", "introspection"):
        methods = metadata[f"{endpoint}_endpoint_auth_methods_supported"]
        assert {"private_key_jwt", "client_secret_jwt", "client_secret_basic"} <= set(methods)
        algorithms = metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert {"RS256", "ES256", "PS256", "EdDSA", "HS256"} <= set(algorithms)
        assert "none" not in algorithms
    assert "none" not in metadata["introspection_endpoint_auth_methods_supported"]
