"""How a client proves who it is, and who can never do so."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.flows.catalogue import FLOWS
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from tests.clients.stock import stock_client
from tests.marks import spec

ENDPOINTS = ("token", "revoke", "introspect")
NO_HEADER = {"X-No": "header"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


def ask(flow: FlowClient, endpoint: str = "token", **changes: Any) -> Any:
    """A request that only the client's credentials can spoil."""
    return flow.post(
        endpoint, **{"token": "unknown", "grant_type": "client_credentials", **changes}
    )


def by_basic(flow: FlowClient, secret: str, endpoint: str = "token") -> Any:
    return ask(flow, endpoint, headers=basic(flow.registered.client_id, secret))


def in_body(flow: FlowClient, secret: str | None, endpoint: str = "token") -> Any:
    return ask(
        flow,
        endpoint,
        headers=NO_HEADER,
        client_id=flow.registered.client_id,
        client_secret=secret,
    )


def assert_not_proven(response: Any) -> None:
    assert response.status_code == 401, response.content
    assert response.json()["error"] == "invalid_client"
    assert response.json()["error_description"].startswith("Client authentication failed. (")


def assert_proven(response: Any) -> None:
    assert response.status_code in (200, 400)
    assert response.status_code == 200 or response.json()["error"] != "invalid_client"


# One method per request ------------------------------------------------------------------------------


@spec("RFC 6749 §2.3.1", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_secret_is_taken_in_the_header_and_in_the_body(
    service: FlowClient, endpoint: str
) -> None:
    secret = service.registered.client_secret
    assert_proven(by_basic(service, secret, endpoint))
    assert_proven(in_body(service, secret, endpoint))


@spec("RFC 6749 §2.3", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("is_right", [True, False])
def test_two_methods_in_one_request_are_refused(
    service: FlowClient, endpoint: str, is_right: bool
) -> None:
    secret = service.registered.client_secret if is_right else "wrong"
    response = ask(service, endpoint, client_secret=secret)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@spec("RFC 6749 §2.3", "B-5")
def test_header_and_body_name_one_client(service: FlowClient) -> None:
    own = ask(service, client_id=service.registered.client_id)
    assert_proven(own)
    other = ask(service, client_id=ClientFactory().client_id)
    assert (other.status_code, other.json()["error"]) == (400, "invalid_request")


@spec("RFC 7591 §2", "B-5")
@pytest.mark.parametrize(
    ("method", "header_is_taken", "body_is_taken"),
    [
        ("", True, True),
        ("client_secret_basic", True, False),
        ("client_secret_post", False, True),
        ("none", False, False),
    ],
)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_client_uses_the_method_it_is_registered_for(
    service: FlowClient, endpoint: str, method: str, header_is_taken: bool, body_is_taken: bool
) -> None:
    service.registered.policy.authentication_method = method
    service.registered.policy.save()
    secret = service.registered.client_secret
    for response, is_taken in (
        (by_basic(service, secret, endpoint), header_is_taken),
        (in_body(service, secret, endpoint), body_is_taken),
        (in_body(service, None, endpoint), False),
    ):
        (assert_proven if is_taken else assert_not_proven)(response)


@spec("RFC 6749 §2.3.1", "B-5")
def test_id_and_secret_are_form_encoded_before_they_are_joined(db: None) -> None:
    registered = ClientFactory(
        preset="service",
        redirect_uris=(),
        client_id="a client: 100%+~",
        client_secret="a secret: of 43 characters & more, 100% + é…",
    )
    assert (
        FlowClient(registered=registered)
        .token(grant_type="client_credentials", scope="notes:read")
        .status_code
        == 200
    )


@spec("RFC 7235 §2.1", "B-5")
@pytest.mark.parametrize("scheme", ["basic", "BASIC", "Basic  "])
def test_the_scheme_is_known_in_any_case(service: FlowClient, scheme: str) -> None:
    value = service.basic["Authorization"].removeprefix("Basic ")
    assert_proven(ask(service, headers={"Authorization": f"{scheme} {value}"}))


@spec("RFC 6749 §5.2", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "header", ["Basic", "Basic ", "Basic !", "basic eA==", "Basic bm9ib2R5Ong="]
)
def test_whoever_tried_basic_and_failed_is_challenged(
    service: FlowClient, endpoint: str, header: str
) -> None:
    response = ask(service, endpoint, headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response["WWW-Authenticate"].startswith('Basic realm="')


@spec("RFC 6749 §5.2", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_request_from_nobody_is_refused(service: FlowClient, endpoint: str) -> None:
    response = ask(service, endpoint, headers=NO_HEADER)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@spec("RFC 6749 §2.3", "B-5")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_access_token_is_no_client_authentication(service: FlowClient, endpoint: str) -> None:
    token = service.token(grant_type="client_credentials", scope="notes:read").json()
    header = {"Authorization": f"Bearer {token['access_token']}"}
    answer = ask(service, endpoint, headers=header, client_id=service.registered.client_id)
    if endpoint == "introspect":  # but for a token of the scope for it (RFC 7662 §2.1)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    else:
        assert_not_proven(answer)


# Who can never authenticate --------------------------------------------------------------------------


@spec("RFC 6749 §5.2", "B-5", "B-6")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_wrong_secret_an_unknown_and_a_disabled_client_hear_the_same(
    service: FlowClient, endpoint: str
) -> None:
    disabled = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    disabled.registered.policy.is_enabled = False
    disabled.registered.policy.save()
    for response in (
        by_basic(service, "wrong", endpoint),
        ask(service, endpoint, headers=basic("nobody", "wrong")),
        by_basic(disabled, disabled.registered.client_secret, endpoint),
        by_basic(disabled, "wrong", endpoint),
        in_body(disabled, disabled.registered.client_secret, endpoint),
        in_body(service, None, endpoint),
    ):
        assert_not_proven(response)


@spec("B-6")
def test_the_owner_reads_in_the_record_what_was_wrong(service: FlowClient) -> None:
    references = {
        "client_secret_must_match": by_basic(service, "wrong"),
        "client_must_be_known": ask(service, headers=basic("nobody", "wrong")),
        "confidential_client_must_authenticate": in_body(service, None),
        "client_must_be_named": ask(service, headers=NO_HEADER),
    }
    for rule, response in references.items():
        assert AuditEvent.objects.get(reference=response["X-OAuth-Reference"]).rule == rule


@spec("RFC 6749 §2.3.1", "B-6")
@pytest.mark.parametrize("made_so_by", ["deletion", "retirement", "expiry"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_confidential_client_without_a_live_secret_never_authenticates(
    service: FlowClient, endpoint: str, made_so_by: str
) -> None:
    for secret in ClientSecret.objects.all():
        past = timezone.now() - timedelta(seconds=1)
        if made_so_by == "deletion":
            secret.delete()
            continue
        setattr(secret, "retired" if made_so_by == "retirement" else "expires", past)
        secret.save()
    dot_column = service.registered.application.client_secret
    for presented in (service.registered.client_secret, "", dot_column, "!", "None"):
        assert_not_proven(by_basic(service, presented, endpoint))
        assert_not_proven(in_body(service, presented, endpoint))
    assert_not_proven(in_body(service, None, endpoint))


@spec("RFC 6749 §2.3.1", "B-6")
@pytest.mark.parametrize("is_hashed", [True, False])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_confidential_client_with_dots_blank_secret_never_authenticates(
    db: None, slow_hashes: Callable[[], int], endpoint: str, is_hashed: bool
) -> None:
    blank = stock_client(
        client_secret="",
        hash_client_secret=is_hashed,
        authorization_grant_type="client-credentials",
    )
    for _ in ("once", "and once it might have been upgraded"):
        assert_not_proven(by_basic(blank, "", endpoint))
        assert_not_proven(in_body(blank, "", endpoint))
        assert_not_proven(in_body(blank, None, endpoint))
    assert not ClientSecret.objects.exists()


# Public clients --------------------------------------------------------------------------------------


@spec("RFC 6749 §3.2.1", "B-5")
def test_a_public_client_says_who_it_is_and_no_more(single_page_app: FlowClient) -> None:
    tokens = single_page_app.tokens()
    assert single_page_app.refresh(tokens["refresh_token"]).status_code == 200
    assert single_page_app.post("revoke", token=tokens["access_token"]).status_code == 200


@spec("RFC 6749 §2.3.1", "B-5")
@pytest.mark.parametrize("secret", ["anything", "!"])
def test_a_public_client_that_sends_a_secret_is_refused(
    single_page_app: FlowClient, secret: str
) -> None:
    assert_not_proven(by_basic(single_page_app, secret))
    assert_not_proven(in_body(single_page_app, secret))
    assert_not_proven(
        by_basic(single_page_app, single_page_app.registered.application.client_secret)
    )


@spec("RFC 6749 §2.3.1", "RFC 6749 §3.2.1")
@pytest.mark.parametrize("send", [by_basic, in_body])
def test_an_empty_secret_of_a_public_client_is_none(
    single_page_app: FlowClient, send: Callable[..., Any]
) -> None:
    """Libraries that do not know of which kind a client is begin with it, and ask again after a 401."""
    assert send(single_page_app, "", "revoke").status_code == 200
    assert send(single_page_app, "").json()["error"] == "unauthorized_client"
    response = send(single_page_app, "", "introspect")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@spec("RFC 6749 §2.3.1", "RFC 6749 §4.1.3")
def test_a_code_is_redeemed_with_an_empty_secret_in_the_header(single_page_app: FlowClient) -> None:
    empty = basic(single_page_app.registered.client_id, "")
    answer = single_page_app.redeem(single_page_app.code(), headers=empty)
    assert answer.status_code == 200
    refresh_token = answer.json()["refresh_token"]
    assert single_page_app.refresh(refresh_token, headers=empty).status_code == 200


@spec("RFC 6749 §2.3.1", "RFC 6749 §5.2")
@pytest.mark.parametrize("send", [by_basic, in_body])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_empty_secret_of_a_confidential_client_proves_nothing(
    service: FlowClient, endpoint: str, send: Callable[..., Any]
) -> None:
    assert_not_proven(send(service, "", endpoint))


@spec("RFC 6749 §2.3.1", "RFC 6749 §5.2")
@pytest.mark.parametrize(
    "grant_type", sorted({flow.grant_type for flow in FLOWS if flow.grant_type})
)
def test_no_grant_type_takes_an_empty_secret_of_a_confidential_client(
    service: FlowClient, grant_type: str
) -> None:
    sent = dict.fromkeys(("code", "refresh_token", "device_code", "subject_token", "username"), "x")
    sent |= {"grant_type": grant_type, "client_id": service.registered.client_id, "password": "x"}
    empty = basic(service.registered.client_id, "")
    assert_not_proven(service.post("token", headers=empty, **sent))
    assert_not_proven(service.post("token", headers=NO_HEADER, client_secret="", **sent))


@spec("RFC 6749 §4.4", "B-6")
def test_a_public_client_never_uses_client_credentials(single_page_app: FlowClient) -> None:
    policy = single_page_app.registered.policy
    for flows in (policy.flows, [*policy.flows, "client-credentials"]):
        policy.flows = flows
        policy.save()
        response = single_page_app.token(grant_type="client_credentials", scope="notes:read")
        assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")


@spec("RFC 7662 §2.1", "B-6")
def test_a_public_client_never_introspects(single_page_app: FlowClient) -> None:
    token = single_page_app.tokens()["access_token"]
    response = single_page_app.post("introspect", token=token)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@spec("B-6", "B-20")
def test_a_disabled_public_client_is_refused(single_page_app: FlowClient) -> None:
    token = single_page_app.tokens()["refresh_token"]
    single_page_app.registered.policy.is_enabled = False
    single_page_app.registered.policy.save()
    assert_not_proven(single_page_app.refresh(token))
    page = single_page_app.ask()
    assert page.status_code == 400
    assert "Location" not in page


@spec("B-10")
def test_a_client_without_the_password_flow_learns_nothing_of_a_password(
    single_page_app: FlowClient,
) -> None:
    person = PersonFactory()
    answers = {
        single_page_app.token(grant_type="password", username=name, password=password).json()[
            "error"
        ]
        for name, password in ((person.username, PASSWORD), (person.username, "wrong"), ("x", "y"))
    }
    assert answers == {"unauthorized_client"}
