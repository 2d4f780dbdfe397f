"""A client reads, changes and deletes its own registration, and nobody else's (RFC 7592)."""

from dataclasses import fields
from typing import Any

import pytest
from django.test import Client
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_refresh_token_model,
)

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import trust_marks
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.rules.client_metadata import ClientMetadata
from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.tokens.models import Authorization
from tests.clients.dynamic.registering import CALLBACK, PUBLIC_KEYS, Registrar, story_of
from tests.marks import spec
from tests.stories import error_of

#: What is told once, or is not the client's to say.
PRIVATE = ("client_secret", "client_secret_expires_at")
SECTOR = "https://client.example/sector.json"


@spec("RFC 7592 §2.1")
def test_a_client_reads_what_it_is_registered_with(open_registration: Registrar) -> None:
    told = open_registration.registered(logo_uri="https://client.example/logo.png")
    read = open_registration.read(told)
    assert read.status_code == 200
    assert read["Cache-Control"] == "no-store"
    assert read.json() == {name: told[name] for name in told if name not in PRIVATE}


@spec("RFC 7592 §2.1")
def test_it_reads_what_an_administrator_made_of_it(open_registration: Registrar) -> None:
    told = open_registration.registered()
    application = get_application_model().objects.get(client_id=told["client_id"])
    application.name = "Renamed"
    application.save()
    ClientPolicy.objects.filter(application=application).update(scopes=["openid"])
    read = open_registration.read(told).json()
    assert (read["client_name"], read["scope"]) == ("Renamed", "openid")


@spec("RFC 7592 §2.2")
def test_a_client_replaces_what_it_is_registered_with(open_registration: Registrar) -> None:
    told = open_registration.registered(
        logo_uri="https://client.example/logo.png", require_auth_time=True
    )
    changed = open_registration.update(
        told, client_name="Renamed", redirect_uris=["https://client.example/elsewhere"]
    )
    assert changed.status_code == 200
    now = changed.json()
    assert (now["client_name"], now["redirect_uris"]) == (
        "Renamed",
        ["https://client.example/elsewhere"],
    )
    assert "logo_uri" not in now
    client = client_of(told["client_id"])
    assert client is not None
    assert (client.name, client.logo_uri) == ("Renamed", "")
    assert client.redirect_uris == ("https://client.example/elsewhere",)
    assert not client.openid.require_auth_time
    assert open_registration.read(now).json()["client_name"] == "Renamed"


@spec("RFC 7592 §2.2", "B-9", "B-14")
def test_what_an_administrator_decided_stays(open_registration: Registrar) -> None:
    told = open_registration.registered(grant_types=["authorization_code", "refresh_token"])
    ClientPolicy.objects.update(
        scopes=["openid", "notes:read"],
        flows=["authorization-code-pkce", "refresh-token"],
        is_verified=True,
        skips_consent=True,
    )
    forget_clients()
    told = open_registration.update(
        told, grant_types=["authorization_code"], default_max_age=60
    ).json()
    client = client_of(told["client_id"])
    assert client is not None
    assert client.scopes == {"openid", "notes:read"}
    assert client.flows == {"authorization-code-pkce"}
    assert (client.is_verified, client.skips_consent) == (True, True)


@spec("RFC 7592 §2.2", "B-14")
@pytest.mark.parametrize(
    "said",
    [
        {"client_name": "Your bank"},
        {"client_name#de": "Deine Bank"},
        {"client_uri": "https://bank.example/"},
        {"logo_uri": "https://bank.example/logo.png"},
        {"redirect_uris": [CALLBACK, "https://client.example/another"]},
        {"policy_uri": "https://bank.example/privacy"},
        {"tos_uri": "https://bank.example/terms"},
        {"tos_uri#de": "https://bank.example/terms"},
        {"post_logout_redirect_uris": ["https://bank.example/"]},
        {"initiate_login_uri": "https://bank.example/begin"},
        {"backchannel_logout_uri": "https://bank.example/out"},
        {"frontchannel_logout_uri": "https://client.example/out"},
        {"request_uris": ["https://bank.example/request"]},
        {"jwks": PUBLIC_KEYS},
        {"jwks_uri": "https://bank.example/keys"},
        {"sector_identifier_uri": SECTOR},
        {"subject_type": "pairwise"},
        {"application_type": "native"},
        {"token_endpoint_auth_method": "none"},
    ],
    ids=" ".join,
)
def test_nobody_vouches_for_a_client_that_shows_itself_as_another(
    open_registration: Registrar, documents: dict[str, Any], said: dict[str, Any]
) -> None:
    documents[SECTOR] = [CALLBACK]
    told = open_registration.registered()
    ClientPolicy.objects.update(is_verified=True, skips_consent=True)
    forget_clients()
    assert open_registration.update(told, **said).status_code == 200
    client = client_of(told["client_id"])
    assert client is not None
    assert (client.is_verified, client.skips_consent) == (False, False)


def test_each_member_that_leads_somewhere_or_is_seen_is_among_the_trusted() -> None:
    leads = {
        field.name
        for field in fields(ClientMetadata)
        if field.name.endswith(("_uri", "_uris")) or field.name.startswith("jwks")
    }
    seen = {"client_name": "name", "token_endpoint_auth_method": "authentication_method"}
    known = {member.name for member in trust_marks.MEMBERS}
    assert known >= leads | set(seen.values()) | {"translations"}


@spec("RFC 7592 §2.2")
def test_its_token_is_new_after_a_change_and_the_old_one_gone(
    open_registration: Registrar, settings: Any
) -> None:
    told = open_registration.registered()
    changed = open_registration.update(told).json()
    assert changed["registration_access_token"] != told["registration_access_token"]
    assert open_registration.read(told).status_code == 401
    assert open_registration.read(changed).status_code == 200
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "DCR_ROTATE_REGISTRATION_TOKEN_ON_UPDATE": False,
    }
    again = open_registration.update(changed).json()
    assert again["registration_access_token"] == changed["registration_access_token"]


@spec("RFC 7592 §2.2", "B-3")
@pytest.mark.parametrize(
    "said",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"registration_access_token": "mine"},
        {"client_id_issued_at": 0},
        {"client_secret_expires_at": 0},
        {"registration_client_uri": "https://client.example/"},
        {"client_secret": "a-secret-of-my-own-choice-that-is-long-enough-to-be-one"},
        {"client_secret": 7},
        {"grant_types": ["password"]},
        {"logo_uri": "javascript:alert(1)"},
    ],
    ids=" ".join,
)
def test_a_change_that_is_refused_changes_nothing(
    open_registration: Registrar, said: dict[str, Any]
) -> None:
    told = open_registration.registered(client_uri="https://client.example/")
    refused = open_registration.update(told, **said)
    assert error_of(refused) == (400, "invalid_client_metadata")
    assert open_registration.read(told).json()["client_uri"] == "https://client.example/"


@spec("RFC 7592 §2.2")
def test_a_client_may_repeat_its_secret_and_keeps_it(open_registration: Registrar) -> None:
    told = open_registration.registered()
    changed = open_registration.update(told, client_secret=told["client_secret"])
    assert changed.status_code == 200
    assert "client_secret" not in changed.json()
    assert ClientSecret.objects.count() == 1


@spec("RFC 7592 §2.2", "B-6")
def test_a_client_that_needs_another_secret_is_given_one(open_registration: Registrar) -> None:
    told = open_registration.registered()
    public = open_registration.update(told, token_endpoint_auth_method="none").json()
    client = client_of(told["client_id"])
    assert client is not None
    assert (client.is_confidential, client.secrets) == (False, ())
    again = open_registration.update(public).json()
    assert again["client_secret"] != told["client_secret"]
    readable = open_registration.update(again, id_token_signed_response_alg="HS256").json()
    assert len(readable["client_secret"]) == 64


@spec("RFC 7592 §2", "B-6")
@pytest.mark.parametrize("method", ["read", "update", "delete"])
def test_nobody_without_its_token_manages_a_client(
    open_registration: Registrar, method: str
) -> None:
    told, other = open_registration.registered(), open_registration.registered()
    nobody = {"registration_client_uri": "/o/register/nobody/", "client_id": "nobody"}
    manage = getattr(open_registration, method)
    answers = [
        manage(told, token=other["registration_access_token"]),
        manage(told, token="wrong"),
        manage(told, token=""),
        manage(told, token="a" * 5000),
        manage(nobody, token=told["registration_access_token"]),
        manage({**nobody, "registration_client_uri": "/o/register/%00/"}, token="wrong"),
    ]
    said = {answer.json()["error_description"].partition(" (")[0] for answer in answers}
    assert len(said) == 1
    for answer in answers:
        assert error_of(answer) == (401, "invalid_token")
        assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert ClientRegistration.objects.count() == 2


@spec("RFC 7592 §2", "B-6")
def test_an_unknown_client_costs_as_many_statements_as_a_wrong_token(
    open_registration: Registrar, django_assert_num_queries: Any
) -> None:
    told = open_registration.registered()
    open_registration.read(told, token="warm")
    nobody = {"registration_client_uri": "/o/register/nobody/"}
    with django_assert_num_queries(2):  # the registration, and the record of the refusal
        open_registration.read(told, token="wrong")
    with django_assert_num_queries(2):
        open_registration.read(nobody, token="wrong")


@spec("RFC 7592 §2", "B-20")
def test_a_disabled_client_manages_nothing(open_registration: Registrar) -> None:
    told = open_registration.registered()
    ClientPolicy.objects.update(is_enabled=False)
    assert open_registration.read(told).status_code == 401


def test_a_client_of_the_admins_is_managed_there_alone(open_registration: Registrar) -> None:
    client_id = ClientFactory().client_id
    own = {"registration_client_uri": f"/o/register/{client_id}/"}
    for token in ("", "wrong"):
        assert open_registration.read(own, token=token).status_code == 401


@spec("RFC 7592 §2")
def test_an_access_token_manages_no_client(open_registration: Registrar) -> None:
    told = open_registration.registered()
    tokens = story_of(told).tokens(scope="profile")
    assert open_registration.read(told, token=tokens["access_token"]).status_code == 401


@spec("RFC 7592 §2.3", "B-21")
@pytest.mark.django_db(transaction=True)
def test_a_client_that_deletes_itself_leaves_nothing(open_registration: Registrar) -> None:
    told = open_registration.registered(grant_types=["authorization_code", "refresh_token"])
    story = story_of(told)
    tokens = story.tokens(scope="openid profile")
    assert story.introspect(tokens["access_token"])["active"]
    deleted = open_registration.delete(told)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert deleted["Cache-Control"] == "no-store"
    assert open_registration.read(told).status_code == 401
    assert story.refresh(tokens["refresh_token"]).status_code == 401
    for model in (
        get_application_model(),
        get_access_token_model(),
        get_refresh_token_model(),
        Authorization,
        Consent,
        ClientSecret,
        ClientRegistration,
    ):
        assert not model.objects.exists(), model
    events = dict(AuditEvent.objects.values_list("event", "client_id"))
    assert events["client.deleted"] == told["client_id"]
    assert "authorization.revoked" in events


@spec("RFC 7592 §2.2", "B-14", "B-15")
def test_people_are_asked_again_by_a_client_that_sends_them_elsewhere(
    open_registration: Registrar,
) -> None:
    told = open_registration.registered()
    story = story_of(told)
    story.decide(scope="profile")
    assert story.ask(scope="profile").status_code == 302
    same_host = [CALLBACK, "https://client.example/other"]
    told = open_registration.update(told, redirect_uris=same_host).json()
    assert story.ask(scope="profile").status_code == 302
    elsewhere = [CALLBACK, "https://elsewhere.example/"]
    told = open_registration.update(told, redirect_uris=elsewhere).json()
    assert b"asks to use your account" in story.ask(scope="profile").content


@spec("RFC 7591 §5", "B-32")
def test_a_client_changes_itself_only_so_often(open_registration: Registrar, settings: Any) -> None:
    told = open_registration.registered()
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_PER_NETWORK": 1}
    told = open_registration.update(told).json()
    assert open_registration.update(told).status_code == 429
    assert open_registration.read(told).status_code == 200


@spec("RFC 7591 §1.2")
def test_what_its_initial_token_allowed_goes_on(
    open_registration: Registrar,
) -> None:
    token = initial_tokens.issue(label="Ada", scopes=["notes:write"])[1]
    service = {"client_name": "Counter", "grant_types": ["client_credentials"]}
    told = open_registration.register(service, token).json()
    assert told["scope"] == "notes:write"
    response = open_registration.send(
        "put",
        told["registration_client_uri"],
        {**service, "client_id": told["client_id"], "client_name": "Better counter"},
        token=told["registration_access_token"],
    )
    assert (response.status_code, response.json()["scope"]) == (200, "notes:write")


@spec("RFC 7592 §2", "OpenID Connect Dynamic Client Registration §3")
def test_which_methods_there_are(open_registration: Registrar) -> None:
    url = open_registration.registered()["registration_client_uri"]
    asked = Client().options(url)
    assert asked["Access-Control-Allow-Methods"] == "GET, PUT, DELETE"
    refused = Client().patch(url)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, PUT, DELETE, OPTIONS")


def test_where_registration_was_switched_off_nothing_is_managed(
    open_registration: Registrar, settings: Any
) -> None:
    told = open_registration.registered()
    settings.OAUTHFLOWS = {}
    assert open_registration.read(told).status_code == 404


@spec("RFC 7592 §2.2", "RFC 6819 §5.1.5.1")
def test_a_client_that_changes_itself_manages_no_others_any_more(
    open_registration: Registrar,
) -> None:
    """Its registration access token gives it addresses and secrets: no management scope outlives that."""
    told = open_registration.registered()
    policy = story_of(told).registered.policy
    policy.scopes = [*policy.scopes, "oauthflows:clients:write"]
    policy.save()
    current = open_registration.read(told).json()
    for said in ({}, {"scope": current["scope"]}):
        open_registration.update(told, **said, redirect_uris=["https://elsewhere.example/callback"])
        application = get_application_model().objects.get(client_id=told["client_id"])
        has_moved = "elsewhere" in application.redirect_uris
        policy.refresh_from_db()
        assert not (has_moved and "oauthflows:clients:write" in policy.scopes), said
