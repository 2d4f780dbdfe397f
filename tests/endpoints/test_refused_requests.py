"""A refused request changes nothing: what was presented stays usable by its rightful holder."""

from base64 import b64encode
from typing import Any

import pytest
from django.apps import apps

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.marks import spec

MODELS = (
    "oauth2_provider.Grant",
    "oauth2_provider.AccessToken",
    "oauth2_provider.RefreshToken",
    "oauthflows.Authorization",
    "oauthflows.Consent",
    "oauthflows.ClientPolicy",
)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Every row of what a request could change."""
    models = {name: apps.get_model(name)._default_manager for name in MODELS}
    return {name: list(rows.order_by("pk").values()) for name, rows in models.items()}


def other_client() -> FlowClient:
    return FlowClient(registered=ClientFactory())


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


#: What may be wrong with any request for tokens: the error it earns, and how it is made.
BOTH: dict[str, tuple[str, dict[str, Any]]] = {
    "two resources of which one is none": (
        "invalid_target",
        {"resource": ["https://a.example", "b"]},
    ),
    "a resource that is no URI at all": ("invalid_target", {"resource": "http://["}),
    "a repeated parameter": ("invalid_request", {"grant_type": ["a", "b"]}),
    "an unknown grant type": ("unsupported_grant_type", {"grant_type": "unheard_of"}),
    "a grant type of others": ("unauthorized_client", {"grant_type": "client_credentials"}),
    "no grant type": ("invalid_request", {"grant_type": None}),
    "two ways of authenticating": ("invalid_request", {"client_secret": "x"}),
    "another client's id": ("invalid_request", {"client_id": "another"}),
    "a wrong secret": ("invalid_client", {"headers": "wrong"}),
    "no secret": ("invalid_client", {"headers": "none"}),
    "an overlong parameter": ("invalid_request", {"state": "a" * 4097}),
    "a NUL": ("invalid_request", {"x": "\x00"}),
}

OF_A_CODE: dict[str, tuple[str, dict[str, Any]]] = {
    "a wrong verifier": ("invalid_grant", {"code_verifier": "a" * 43}),
    "a malformed verifier": ("invalid_grant", {"code_verifier": "short"}),
    "no verifier": ("invalid_grant", {"code_verifier": None}),
    "another redirect URI": ("invalid_grant", {"redirect_uri": "https://client.example/"}),
}

OF_A_REFRESH_TOKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "a scope the person did not grant": ("invalid_scope", {"scope": "notes:write"}),
    "a scope nobody has": ("invalid_scope", {"scope": "notes:read unheard-of"}),
}


def prepared(flow: FlowClient, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes of a request, with the headers they name filled in."""
    headers = {
        "wrong": basic(flow.registered.client_id, "wrong"),
        "none": {"X-Nothing": "said"},
    }.get(changes.get("headers", ""))
    named = {"client_id": flow.registered.client_id} if changes.get("headers") == "none" else {}
    return {**changes, **named, **({"headers": headers} if headers else {})}


@spec("RFC 6749 §5.2", "B-3", "B-11")
@pytest.mark.parametrize(("error", "changes"), (cases := BOTH | OF_A_CODE).values(), ids=cases)
def test_a_refused_redemption_leaves_the_code_usable(
    flow: FlowClient, error: str, changes: dict[str, Any]
) -> None:
    code = flow.code()
    before = tables()
    refused = flow.redeem(code, **prepared(flow, changes))
    assert refused.json()["error"] == error
    assert tables() == before
    assert flow.redeem(code).status_code == 200


@spec("RFC 6749 §5.2", "B-3", "B-18")
@pytest.mark.parametrize(
    ("error", "changes"), (cases := BOTH | OF_A_REFRESH_TOKEN).values(), ids=cases
)
def test_a_refused_refresh_leaves_the_refresh_token_usable(
    flow: FlowClient, error: str, changes: dict[str, Any]
) -> None:
    token = flow.tokens(scope="notes:read")["refresh_token"]
    before = tables()
    sent = {"grant_type": "refresh_token", "refresh_token": token, **prepared(flow, changes)}
    refused = flow.token(**sent)
    assert refused.json()["error"] == error
    assert tables() == before
    assert flow.refresh(token).status_code == 200


@spec("RFC 6749 §10.5", "B-3", "B-11")
def test_another_client_cannot_spoil_a_code(flow: FlowClient) -> None:
    code, thief = flow.code(), other_client()
    before = tables()
    refused = thief.redeem(code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert tables()["oauth2_provider.Grant"] == before["oauth2_provider.Grant"]
    assert tables()["oauthflows.Authorization"] == before["oauthflows.Authorization"]
    assert flow.redeem(code).status_code == 200


@spec("RFC 6749 §10.4", "B-3", "B-18")
def test_another_client_cannot_spoil_a_refresh_token(flow: FlowClient) -> None:
    token, thief = flow.tokens()["refresh_token"], other_client()
    refused = thief.refresh(token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert flow.refresh(token).status_code == 200


@spec("RFC 7009 §2.1", "B-3", "B-21")
def test_another_client_cannot_revoke_a_token(flow: FlowClient) -> None:
    tokens, thief = flow.tokens(), other_client()
    before = [tables()[name] for name in MODELS[:-1]]
    for value in (tokens["access_token"], tokens["refresh_token"]):
        assert thief.post("revoke", token=value).json() == {}
    assert [tables()[name] for name in MODELS[:-1]] == before
    assert flow.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 6749 §4.1.2.1", "B-3")
def test_a_refused_authorization_request_changes_nothing(flow: FlowClient) -> None:
    flow.tokens()
    before = tables()
    flow.decide("deny", prompt="consent")
    flow.decide(scopes=(), prompt="consent")
    flow.decide(scope="unheard-of")
    flow.decide(redirect_uri="https://evil.example/")
    flow.decide(code_challenge=None)
    assert tables() == before
