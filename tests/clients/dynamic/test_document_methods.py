"""A document that lists several methods: its client proves itself where it did before, or comes without."""

from typing import Any

import pytest

from django_oauthflows.clients.dynamic.document_methods import with_method
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.assertions import client_key, key_set_of
from django_oauthflows.testing.client import answered
from tests.admin.pages import CLIENTS, administrator, change
from tests.clients.dynamic.registering import Registrar
from tests.clients.dynamic.test_documents import (
    DOCUMENT,
    ID,
    Publisher,
    later,
    looked_up,
    publisher,
    story,
)
from tests.marks import spec
from tests.stories import Story, error_of

__all__ = ["publisher"]

METHODS = "token_endpoint_auth_methods_supported"
#: As that of ChatGPT.
BOTH: dict[str, Any] = {
    **DOCUMENT,
    "token_endpoint_auth_method": "private_key_jwt",
    METHODS: ["none", "private_key_jwt"],
    "grant_types": ["authorization_code", "refresh_token"],
    "jwks": key_set_of(client_key()),
}


@pytest.fixture
def app(publisher: type[Publisher]) -> Story:
    publisher.documents[ID] = dict(BOTH)
    return story()


def tokens_of(app: Story, **proof: str) -> dict[str, Any]:
    answer = app.redeem(app.code(scope="profile"), **proof)
    assert answer.status_code == 200, answer.content
    tokens: dict[str, Any] = answer.json()
    return tokens


@spec("RFC 7523 §2.2", "RFC 6749 §6", "B-5")
def test_tokens_that_were_got_by_an_assertion_are_refreshed_by_one(app: Story) -> None:
    tokens = tokens_of(app, **app.client_assertion())
    refused = app.refresh(tokens["refresh_token"])
    assert error_of(refused) == (401, "invalid_client")
    # Whoever found it ended nothing by that.
    again = app.refresh(tokens["refresh_token"], **app.client_assertion())
    assert again.status_code == 200
    refused = app.refresh(again.json()["refresh_token"])
    assert error_of(refused) == (401, "invalid_client")


@spec("RFC 6749 §2.1", "RFC 6749 §6")
def test_tokens_that_were_got_without_are_refreshed_without_or_by_more(app: Story) -> None:
    tokens = tokens_of(app)
    tokens = app.refresh(tokens["refresh_token"]).json()
    assert app.refresh(tokens["refresh_token"], **app.client_assertion()).status_code == 200


@spec("RFC 7523 §3", "B-5")
@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "https://elsewhere.example/"},
        {"exp": 1},
        {"sub": "https://other.example/client.json"},
        {"key": "another"},
    ],
    ids=str,
)
def test_an_assertion_that_is_wrong_never_falls_back_to_none(
    app: Story, wrong: dict[str, Any]
) -> None:
    code = app.code(scope="profile")
    if wrong.get("key") == "another":
        wrong = {"key": type(client_key()).generate_key("P-256", {"kid": "test-client"})}
    assert app.redeem(code, **app.client_assertion(**wrong)).status_code in (400, 401)
    garbage = {**app.client_assertion(), "client_assertion": "a.b.c"}
    assert error_of(app.redeem(code, **garbage)) == (401, "invalid_client")
    assert error_of(app.redeem(code, client_secret="guessed")) == (401, "invalid_client")
    assert app.redeem(code, **app.client_assertion()).status_code == 200


@spec("OAuth 2.1 §4.1.1", "B-13", "B-6")
def test_without_a_proof_it_is_a_public_client(app: Story) -> None:
    unproven = {"code_challenge": None, "code_challenge_method": None, "nonce": "a-nonce"}
    assert answered(app.ask(scope="openid", **unproven))["error"] == "invalid_request"
    assert error_of(app.post("introspect", token="x")) == (401, "invalid_client")
    assert app.post("introspect", token="x", **app.client_assertion()).status_code == 200
    ClientPolicy.objects.update(
        flows=["authorization-code", "authorization-code-pkce", "client-credentials"]
    )
    forget_clients()
    assert answered(app.ask(scope="openid", **unproven))["error"] == "invalid_request"
    refused = app.token(grant_type="client_credentials", scope="profile")
    assert error_of(refused)[1] == "unauthorized_client"
    proven = app.token(grant_type="client_credentials", scope="profile", **app.client_assertion())
    assert proven.status_code == 200


@spec("OAuth Client ID Metadata Document §4.1")
def test_a_document_that_no_longer_lists_none_has_to_be_proven(
    app: Story, publisher: type[Publisher]
) -> None:
    tokens = tokens_of(app)
    publisher.documents[ID] = {**BOTH, METHODS: ["private_key_jwt"]}
    later()
    assert error_of(app.refresh(tokens["refresh_token"])) == (401, "invalid_client")
    assert app.refresh(tokens["refresh_token"], **app.client_assertion()).status_code == 200


@spec("OAuth Client ID Metadata Document §4.1")
def test_what_an_administrator_chose_since_is_not_left_out(app: Story) -> None:
    client = looked_up(ID)
    assert client is not None
    assert (client.is_confidential, client.authentication_is_optional) == (True, True)
    ClientPolicy.objects.update(authentication_method="client_secret_basic")
    forget_clients()
    client = client_of(ID)
    assert client is not None
    assert not client.authentication_is_optional


@spec("OAuth Client ID Metadata Document §4.1")
def test_administrators_see_that_its_proof_may_be_left_out(
    app: Story, publisher: type[Publisher]
) -> None:
    row = "May leave out authentication"
    assert looked_up(ID) is not None
    policy = ClientPolicy.objects.get()
    page = administrator().get(f"{CLIENTS}{policy.application_id}/change/").content.decode()
    assert row in page
    assert "It has a key, and may come without its proof." in page
    # Nobody writes it by hand.
    change(administrator(), policy.application_id, policy__authentication_is_optional="")
    policy.refresh_from_db()
    assert policy.authentication_is_optional
    publisher.documents[ID] = {**BOTH, METHODS: ["private_key_jwt"]}
    later()
    assert looked_up(ID) is not None
    page = administrator().get(f"{CLIENTS}{policy.application_id}/change/").content.decode()
    assert row not in page
    assert "may come without its proof" not in page


KEYS = {"jwks_uri": "https://app.example/keys"}


@spec("OAuth Client ID Metadata Document §4.1", "B-6")
@pytest.mark.parametrize(
    ("said", "method", "is_optional"),
    [
        ({}, "none", False),
        ({"token_endpoint_auth_method": "none"}, "none", False),
        ({"token_endpoint_auth_method": "private_key_jwt", **KEYS}, "private_key_jwt", False),
        ({METHODS: ["private_key_jwt"], **KEYS}, "private_key_jwt", False),
        ({METHODS: ["none", "private_key_jwt"], **KEYS}, "private_key_jwt", True),
        ({METHODS: ["none", "private_key_jwt"]}, "none", False),
        ({METHODS: ["none", "client_secret_basic"], **KEYS}, "none", False),
        (
            {"token_endpoint_auth_method": "none", METHODS: ["none", "private_key_jwt"], **KEYS},
            "private_key_jwt",
            True,
        ),
        (
            {
                "token_endpoint_auth_method": "client_secret_basic",
                METHODS: ["client_secret_basic", "private_key_jwt"],
                **KEYS,
            },
            "private_key_jwt",
            False,
        ),
        # Refused by the rules: what means to authenticate is not made public.
        (
            {"token_endpoint_auth_method": "client_secret_basic", METHODS: ["none"]},
            "client_secret_basic",
            False,
        ),
        (
            {"token_endpoint_auth_method": "private_key_jwt", METHODS: ["none"]},
            "private_key_jwt",
            True,
        ),
        ({METHODS: "none"}, "none", False),
        ({METHODS: [1, "private_key_jwt"], **KEYS}, "none", False),
        ({"token_endpoint_auth_method": ["none"]}, ["none"], False),
    ],
    ids=str,
)
def test_the_strongest_method_that_is_listed_goes(
    said: dict[str, Any], method: Any, is_optional: bool
) -> None:
    members = with_method(said)
    assert members["token_endpoint_auth_method"] == method
    assert ("none" in members.get(METHODS, ())) is is_optional


@spec("OAuth Client ID Metadata Document §4.1", "B-6")
@pytest.mark.parametrize(
    "said",
    [
        {"token_endpoint_auth_method": "client_secret_basic", METHODS: ["none"]},
        {"token_endpoint_auth_method": "private_key_jwt", METHODS: ["none"]},
        {"token_endpoint_auth_method": "tls_client_auth", METHODS: ["none", "tls_client_auth"]},
    ],
    ids=str,
)
def test_a_document_of_a_client_that_would_become_public_is_refused(
    publisher: type[Publisher], said: dict[str, Any]
) -> None:
    publisher.documents[ID] = {**DOCUMENT, **said}
    assert looked_up(ID) is None


@spec("RFC 7591 §2", "B-6")
def test_a_registration_has_one_method(open_registration: Registrar) -> None:
    told = open_registration.registered(**{METHODS: ["none", "client_secret_basic"]})
    assert METHODS not in told
    client = client_of(told["client_id"])
    assert client is not None
    assert client.is_confidential
    assert not client.authentication_is_optional
