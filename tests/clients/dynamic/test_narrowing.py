"""A client that lists more than it may have is registered with what it may have, and told so."""

from typing import Any

import pytest
from django.test import Client

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.flows.device_code import DEVICE_CODE
from tests.clients.dynamic.registering import Registrar, story_of
from tests.clients.dynamic.test_documents import DOCUMENT, ID, Publisher, looked_up, publisher
from tests.marks import spec
from tests.stories import error_of

__all__ = ["publisher"]

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
CODE, REFRESH, DEVICE = "authorization_code", "refresh_token", DEVICE_CODE.grant_type

#: What is listed, and what is left of it.
MORE: tuple[tuple[list[str], list[str], list[str], list[str]], ...] = (
    ([CODE, REFRESH, BEARER], ["code"], [CODE, REFRESH], ["code"]),
    ([CODE, REFRESH, "client_credentials", EXCHANGE], ["code"], [CODE, REFRESH], ["code"]),
    ([CODE, "password", "made:up"], ["code"], [CODE], ["code"]),
    ([CODE, "implicit"], ["code", "token", "code id_token"], [CODE], ["code"]),
    ([CODE, "implicit"], ["code"], [CODE], ["code"]),
    ([CODE, REFRESH, DEVICE], ["code", "none"], [CODE, REFRESH, DEVICE], ["code"]),
    (["implicit", DEVICE], ["token"], [DEVICE], []),
)


@spec("RFC 7591 §2", "RFC 7591 §3.2.1")
@pytest.mark.parametrize(("grants", "kinds", "grants_left", "kinds_left"), MORE)
def test_a_registration_is_answered_with_what_is_given(
    open_registration: Registrar,
    grants: list[str],
    kinds: list[str],
    grants_left: list[str],
    kinds_left: list[str],
) -> None:
    told = open_registration.registered(grant_types=grants, response_types=kinds)
    assert (told["grant_types"], told["response_types"]) == (grants_left, kinds_left)
    assert open_registration.read(told).json()["grant_types"] == grants_left
    again = open_registration.update(told, grant_types=grants, response_types=kinds).json()
    assert (again["grant_types"], again["response_types"]) == (grants_left, kinds_left)


@spec("RFC 7591 §5", "RFC 6749 §4.4")
def test_what_was_left_out_is_not_given_at_the_token_endpoint(open_registration: Registrar) -> None:
    told = open_registration.registered(
        grant_types=[CODE, "client_credentials", BEARER, "password"]
    )
    story = story_of(told)
    for grant in (
        {"grant_type": "client_credentials", "scope": "openid"},
        {"grant_type": BEARER, "assertion": "a.b.c"},
        {"grant_type": "password", "username": "ada", "password": "x"},
    ):
        assert story.token(**grant).status_code in (400, 401)
    client = client_of(told["client_id"])
    assert client is not None
    assert client.flows == {"authorization-code", "authorization-code-pkce"}


@spec("RFC 7591 §2")
@pytest.mark.parametrize(
    "said",
    [
        {"grant_types": [BEARER, REFRESH], "response_types": []},
        {"grant_types": ["implicit", CODE], "response_types": ["token"]},
        {"grant_types": ["client_credentials"], "response_types": ["code"]},
        {"grant_types": [REFRESH], "response_types": ["code"]},
        {"grant_types": [CODE], "response_types": ["token"]},
        {"scope": "notes:write"},
        {"scope": "oauthflows:clients:write oauthflows:keys:write"},
    ],
    ids=str,
)
def test_where_nothing_useful_is_left_it_is_refused(
    open_registration: Registrar, said: dict[str, Any]
) -> None:
    assert error_of(open_registration.register(**said)) == (400, "invalid_client_metadata")
    assert not ClientRegistration.objects.exists()


@spec("RFC 7591 §2", "RFC 6749 §3.3")
@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("claudeai", "email openid profile"),
        ("claudeai openid", "openid"),
        ("openid notes:write", "openid"),
        ("openid oauthflows:clients:write oauthflows:self:read", "openid"),
        (None, "email openid profile"),
    ],
)
def test_scopes_are_narrowed_to_those_for_strangers(
    open_registration: Registrar, asked: str | None, given: str
) -> None:
    said = {} if asked is None else {"scope": asked}
    told = open_registration.registered(**said)
    assert told["scope"] == given
    client = client_of(told["client_id"])
    assert client is not None
    assert client.default_scopes == set(given.split())
    assert client.scopes == {"openid", "email", "profile"}


@spec("RFC 7591 §2", "B-6")
@pytest.mark.parametrize(
    "method", ["tls_client_auth", "self_signed_tls_client_auth", "private_key_jwt", "made_up"]
)
def test_a_client_that_means_to_authenticate_is_never_made_public(
    open_registration: Registrar, method: str
) -> None:
    refused = open_registration.register(token_endpoint_auth_method=method)
    assert error_of(refused) == (400, "invalid_client_metadata")
    listed = open_registration.register(
        token_endpoint_auth_method=method, token_endpoint_auth_methods_supported=["none", method]
    )
    assert error_of(listed) == (400, "invalid_client_metadata")


@spec("RFC 7591 §3")
def test_a_client_that_was_introduced_keeps_what_works_without_a_person(
    open_registration: Registrar,
) -> None:
    _, token = initial_tokens.issue(label="A service", max_uses=None)
    grants = [CODE, "client_credentials"]
    told = open_registration.registered(token=token, grant_types=grants)
    assert told["grant_types"] == grants
    public = open_registration.registered(
        token=token, grant_types=grants, token_endpoint_auth_method="none"
    )
    assert public["grant_types"] == [CODE]


@spec("OAuth Client ID Metadata Document §4", "RFC 7591 §2")
def test_a_document_is_narrowed_as_a_registration_is(publisher: type[Publisher]) -> None:
    """As that of claude.ai, which lists the JWT bearer grant as well."""
    publisher.documents[ID] = {
        **DOCUMENT,
        "grant_types": [CODE, REFRESH, BEARER],
        "response_types": ["code"],
        "scope": "claudeai profile",
    }
    client = looked_up(ID)
    assert client is not None
    assert client.flows == {"authorization-code-pkce", "refresh-token"}
    assert client.default_scopes == {"profile"}
    assert client.scopes == {"openid", "email", "profile"}
    assert not client.is_confidential


@spec("OAuth Client ID Metadata Document §4")
def test_a_document_that_is_read_again_is_no_change(publisher: type[Publisher]) -> None:
    publisher.documents[ID] = {**DOCUMENT, "grant_types": [CODE, BEARER], "scope": "profile x"}
    assert looked_up(ID) is not None
    kept = ClientRegistration.objects.get().metadata
    assert kept["grant_types"] == [CODE]
    forget_clients()
    assert looked_up(ID) is not None
    assert ClientRegistration.objects.get().metadata == kept


@spec("RFC 7591 §3")
def test_the_server_metadata_lists_what_may_be_registered(
    open_registration: Registrar, client: Client
) -> None:
    offered = client.get("/.well-known/oauth-authorization-server/o").json()
    told = open_registration.registered(
        grant_types=offered["grant_types_supported"],
        response_types=offered["response_types_supported"],
    )
    assert CODE in told["grant_types"]
