"""Registering a client: each kind gets what it needs, and whatever is wrong is said at once."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import secrets
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.presets import PRESETS, Preset
from django_oauthflows.clients.profiles import BY_SLUG as PROFILES
from django_oauthflows.clients.registration import register_client
from django_oauthflows.flows.catalogue import BY_SLUG as FLOWS
from django_oauthflows.testing.assertions import client_key, key_set_of
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.marks import spec

CALLBACK = "https://client.example/callback"


def errors(**arguments: Any) -> dict[str, list[str]]:
    """What is said of a registration, by field."""
    with pytest.raises(ValidationError) as refused:
        register_client(**arguments)
    return refused.value.message_dict


# Kinds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_a_kind_is_made_of_flows_and_profiles_that_exist(preset: Preset) -> None:
    assert set(preset.flows) <= FLOWS.keys()
    assert preset.profile in PROFILES
    assert preset.title
    assert preset.summary


@spec("RFC 9700 §2.1.1", "RFC 6749 §2.1", "B-7")
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_each_kind_is_registered_with_what_its_preset_says(db: None, preset: Preset) -> None:
    uris = (CALLBACK,) if preset.needs_redirect_uri else ()
    jwks = key_set_of(client_key()) if preset.has_own_key else None
    served = ["https://api.example/"] if preset.is_resource_server else []
    made = register_client(
        preset=preset.slug, name="A client", redirect_uris=uris, jwks=jwks, resources=served
    )
    assert made.policy.flows == list(preset.flows)
    assert (made.preset, made.profile) == (preset.slug, preset.profile)
    assert made.policy.authentication_method == preset.authentication_method
    assert made.application.client_type == ("confidential" if preset.is_confidential else "public")
    assert made.application.authorization_grant_type == preset.grant_type
    assert made.redirect_uris == uris
    has_secret = preset.is_confidential and not preset.has_own_key
    assert bool(made.client_secret) == has_secret
    assert ClientSecret.objects.count() == has_secret


@spec("RFC 7662 §2.1")
def test_an_api_says_what_it_serves_or_that_it_sees_all(db: None) -> None:
    assert errors(preset="api", name="Prices").keys() == {"resources"}
    serves = register_client(preset="api", name="Prices", resources=["https://api.example/"])
    sees_all = register_client(preset="api", name="Gateway", may_introspect_all=True)
    assert (serves.policy.flows, serves.policy.scopes, serves.scopes) == ([], [], ())
    assert not serves.policy.may_introspect_all
    assert sees_all.policy.may_introspect_all


def test_an_api_that_gets_tokens_too_names_their_scopes(db: None) -> None:
    said = {"preset": "api", "name": "Prices", "resources": ["https://api.example/"]}
    assert errors(**said, flows=["client-credentials"]).keys() == {"scopes"}
    made = register_client(**said, flows=["client-credentials"], scopes=["notes:read"])
    assert made.policy.flows == ["client-credentials"]


@spec("RFC 6749 §4.4", "B-6")
def test_a_service_gets_a_token_and_no_code(service: FlowClient) -> None:
    answer = service.token(grant_type="client_credentials", scope="notes:read")
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    refused = service.token(grant_type="authorization_code", code="a-code")
    assert refused.json()["error"] == "unauthorized_client"


@spec("RFC 7636 §4.4.1", "B-13")
@pytest.mark.parametrize("preset", ["web-app", "single-page-app", "native-app"])
def test_everyone_else_signs_people_in_and_refreshes(db: None, preset: str) -> None:
    flow = FlowClient(registered=ClientFactory(preset=preset))
    flow.browser.force_login(PersonFactory())
    tokens = flow.tokens()
    assert flow.refresh(tokens["refresh_token"]).status_code == 200
    own = flow.token(grant_type="client_credentials", scope="notes:read")
    assert own.json()["error"] == "unauthorized_client"


@spec("RFC 6749 §3.3", "B-9")
def test_scopes_are_the_servers_unless_some_are_named(db: None, settings: Any) -> None:
    everything = register_client(preset="service", name="All")
    assert everything.scopes == tuple(sorted({*settings.OAUTH2_PROVIDER["SCOPES"]} - {"profile"}))
    some = register_client(preset="service", name="Some", scopes=["notes:write", "notes:read"])
    assert some.scopes == ("notes:read", "notes:write")
    refused = FlowClient(registered=some).token(grant_type="client_credentials", scope="profile")
    assert refused.json()["error"] == "invalid_scope"


@spec("B-14")
def test_what_is_said_of_a_client_is_kept(db: None) -> None:
    owner = PersonFactory()
    made = register_client(
        preset="web-app",
        name="Notes printer",
        redirect_uris=[CALLBACK, "https://client.example/other"],
        post_logout_redirect_uris=["https://client.example/"],
        required_scopes=["notes:read"],
        profile="legacy",
        owner=owner,
        client_id="printer",
        is_verified=True,
        skips_consent=True,
    )
    policy = ClientPolicy.objects.get(application__client_id="printer")
    assert (policy.profile, policy.required_scopes) == ("legacy", ["notes:read"])
    assert (policy.is_verified, policy.skips_consent) == (True, True)
    application = get_application_model().objects.get(client_id="printer")
    assert (application.name, application.user) == ("Notes printer", owner)
    assert application.redirect_uris.split() == list(made.redirect_uris)
    assert application.post_logout_redirect_uris == "https://client.example/"


@spec("B-7")
def test_a_known_secret_may_be_given_where_it_is_strong_enough(db: None) -> None:
    secret = secrets.generate()
    made = register_client(preset="service", name="A service", client_secret=secret)
    assert made.client_secret == secret
    answer = FlowClient(registered=made).token(grant_type="client_credentials", scope="notes:read")
    assert answer.status_code == 200


def test_a_registration_is_recorded(db: None, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = register_client(preset="service", name="A service")
    row = AuditEvent.objects.get(event="client.registered")
    assert (row.client_id, row.detail) == (made.client_id, {"preset": "service"})


def test_the_record_names_who_registered_it(
    db: None, rf: RequestFactory, django_capture_on_commit_callbacks: Any
) -> None:
    person = PersonFactory()
    request = rf.post("/", REMOTE_ADDR="192.0.2.7")
    with django_capture_on_commit_callbacks(execute=True):
        by_person = register_client(preset="service", name="One", by=person, request=request)
        by_word = register_client(preset="service", name="Two", by="command")
    registered = AuditEvent.objects.filter(event="client.registered")
    row = registered.get(client_id=by_person.client_id)
    assert (row.actor, row.network) == (f"person:{person.pk}", "192.0.2.7")
    row = registered.get(client_id=by_word.client_id)
    assert (row.actor, row.network) == ("command", "")
    assert row.detail == {"preset": "service"}


def test_no_two_clients_get_one_id(db: None) -> None:
    made = {register_client(preset="service", name="A service").client_id for _ in range(20)}
    assert len(made) == 20


# What is wrong, said at once ---------------------------------------------------------------------------


@spec("B-8", "B-9")
def test_everything_that_is_wrong_is_said_at_once(db: None) -> None:
    ClientFactory(client_id="taken")
    said = errors(
        preset="web-app",
        name="  ",
        redirect_uris=["http://client.example/", "https://client.example/#", CALLBACK],
        post_logout_redirect_uris=["javascript:alert(1)"],
        scopes=["notes:read", "unheard-of", "another"],
        required_scopes=["profile"],
        profile="lax",
        client_id="taken",
        client_secret="short",
    )
    assert set(said) == {
        "name",
        "redirect_uris",
        "post_logout_redirect_uris",
        "scopes",
        "required_scopes",
        "profile",
        "client_id",
        "client_secret",
    }
    assert len(said["redirect_uris"]) == 2
    assert said["scopes"] == [
        "Unknown scope: another unheard-of. The server has: notes:read notes:write offline_access profile."
    ]
    assert said["required_scopes"] == ["Not among the client's scopes: profile."]
    assert said["profile"] == ["lax is not one of: standard, mcp, legacy."]
    assert said["client_id"] == ["This client ID is taken."]


@pytest.mark.parametrize(
    ("arguments", "field", "sentence"),
    [
        ({"preset": "toaster"}, "preset", "toaster is not one of: web-app, single-page-app"),
        ({"name": ""}, "name", "Give the client the name people will see."),
        ({"name": "x" * 256}, "name", "255"),
        ({"redirect_uris": []}, "redirect_uris", "at least one redirect URI"),
        ({"scopes": []}, "scopes", "Give the client at least one scope."),
        ({"client_id": "x" * 256}, "client_id", "255"),
        ({"client_secret": "x" * 42}, "client_secret", "43 characters"),
    ],
)
def test_each_thing_that_is_wrong_is_said_where_it_belongs(
    db: None, arguments: dict[str, Any], field: str, sentence: str
) -> None:
    good = {"preset": "web-app", "name": "A client", "redirect_uris": [CALLBACK]}
    said = errors(**{**good, **arguments})
    assert list(said) == [field]
    assert sentence in said[field][0]


def test_a_refused_registration_leaves_nothing_behind(db: None) -> None:
    errors(preset="web-app", name="", redirect_uris=[CALLBACK])
    assert not get_application_model().objects.exists()
    assert not ClientPolicy.objects.exists()
    assert not ClientSecret.objects.exists()


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"flows": []}, "flows"),
        ({"flows": ["carrier-pigeon"]}, "flows"),
        ({"flows": ["token-exchange", "hybrid"]}, "flows"),
        ({"token_format": "paper"}, "token_format"),
        ({"resources": ["api", "https://a.example/#x"]}, "resources"),
        ({"allowed_resources": [""]}, "allowed_resources"),
        ({"exchange_targets": ["a b", "a\nb", ""]}, "exchange_targets"),
    ],
)
@spec("RFC 8693 §2.1", "RFC 8707 §2")
def test_what_cannot_be_chosen_is_said_beside_its_field(db: None, choice: Any, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register_client(preset="service", name="A job", **choice)
    assert list(refused.value.message_dict) == [field]
    assert not get_application_model().objects.exists()


def test_flows_take_the_place_of_those_of_the_kind(db: None) -> None:
    made = register_client(preset="service", name="A job", flows=["token-exchange"])
    assert made.policy.flows == ["token-exchange"]
    assert register_client(preset="service", name="A job").policy.flows == ["client-credentials"]
