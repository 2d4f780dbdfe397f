"""The scopes of the API exist where it is served, and nobody has them by default."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from oauth2_provider.models import get_application_model

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.forms import InitialAccessTokenForm
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.registration import register_client
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.dynamic.registering import Registrar
from tests.management_api.calling import ALL, URLS
from tests.marks import spec
from tests.stories import begin, dot_application

served = pytest.mark.urls(URLS)
pytestmark = pytest.mark.django_db

READ = "oauthflows:clients:read"
METADATA = (
    "/.well-known/oauth-authorization-server/o",
    "/.well-known/oauth-protected-resource",
    "/o/.well-known/openid-configuration",
)


def scopes_of(client_id: str) -> frozenset[str]:
    forget_clients()
    facts = client_of(client_id, network="203.0.113.1")
    assert facts is not None
    return facts.scopes | facts.default_scopes


@spec("RFC 6749 §3.3", "B-9")
def test_they_do_not_exist_where_the_api_is_not_served() -> None:
    assert not own_scopes.is_served()
    assert own_scopes.PREFIX not in "".join(dot.all_scopes())
    with pytest.raises(ValidationError, match="Unknown scope: oauthflows:clients:read"):
        register_client(preset="service", name="Too early", scopes=[READ])


@spec("RFC 6749 §3.3", "B-9")
def test_whoever_held_one_holds_nothing_once_the_api_is_gone(settings: Any) -> None:
    settings.ROOT_URLCONF = URLS
    made = ClientFactory(preset="service", redirect_uris=(), scopes=[READ, "notes:read"])
    assert scopes_of(made.client_id) == {READ, "notes:read"}
    settings.ROOT_URLCONF = "tests.urls"
    assert scopes_of(made.client_id) == {"notes:read"}


@served
def test_where_it_is_served_they_are_said_in_plain_words() -> None:
    assert dot.all_scopes().items() >= own_scopes.offered().items()
    assert set(own_scopes.offered()) == set(ALL)
    story = begin(scopes=["oauthflows:self:read"])
    assert "See which apps you connected and where you are signed in" in (
        story.ask().content.decode()
    )


@served
@pytest.mark.parametrize("address", METADATA)
def test_no_document_offers_them(address: str) -> None:
    """Many clients ask for whatever is offered."""
    answer = Client().get(address)
    assert answer.status_code in (200, 404)
    assert own_scopes.PREFIX not in answer.content.decode()


@served
def test_the_documents_offer_all_others(settings: Any) -> None:
    offered = Client().get(METADATA[0]).json()["scopes_supported"]
    assert offered == sorted({*settings.OAUTH2_PROVIDER["SCOPES"], "offline_access"})


@served
@spec("RFC 6749 §3.3", "B-9")
def test_a_client_that_may_ask_for_every_scope_may_not_ask_for_these(settings: Any) -> None:
    made = register_client(preset="service", name="Every scope there is")
    assert set(made.scopes) == {*settings.OAUTH2_PROVIDER["SCOPES"]} - {"profile"}
    story = begin(registered=made)
    refused = story.token(grant_type="client_credentials", scope=READ)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


@served
@spec("RFC 6749 §3.3", "B-9")
def test_an_application_without_a_policy_has_none(settings: Any) -> None:
    application = dot_application(authorization_grant_type="client-credentials")
    assert scopes_of(application.client_id) == set(settings.OAUTH2_PROVIDER["SCOPES"])


@served
@spec("RFC 6749 §3.3", "B-9")
def test_a_project_that_lists_one_itself_gives_it_to_nobody_by_that(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "SCOPES": {**settings.OAUTH2_PROVIDER["SCOPES"], READ: "Ours"},
        "DEFAULT_SCOPES": [READ, "profile"],
    }
    assert dot.server_default_scopes() == {"profile"}
    assert READ not in register_client(preset="service", name="Every scope").scopes
    assert READ not in scopes_of(dot_application().client_id)
    given = ClientFactory(preset="service", redirect_uris=(), scopes=[READ, "profile"])
    asked_for_nothing = begin(registered=given).token(grant_type="client_credentials")
    assert asked_for_nothing.json()["scope"] == "profile"


@served
@spec("RFC 7591 §2", "B-9")
def test_no_client_registers_itself_with_one(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_SCOPES": [READ, "profile"]}
    answer = Registrar().register(scope=f"{READ} profile")
    # Given what may be had of what it asked for, or refused: never the scope.
    assert answer.status_code in (201, 400)
    assert not any(READ in scopes_of(row.client_id) for row in _applications())
    unasked = Registrar().registered()
    assert READ not in scopes_of(unasked["client_id"])


@served
@spec("RFC 7591 §1.2", "B-9")
def test_no_initial_access_token_brings_one(settings: Any) -> None:
    with pytest.raises(ValidationError, match="oauthflows:clients:read"):
        initial_tokens.issue(label="Ada", scopes=[READ])
    choices = dict(InitialAccessTokenForm().fields["scopes"].choices)  # type: ignore[attr-defined]
    assert set(choices) == set(settings.OAUTH2_PROVIDER["SCOPES"])
    settings.OAUTHFLOWS = {"REGISTRATION": "token"}
    row, token = initial_tokens.issue(label="Ada", scopes=["profile"], max_uses=None)
    row.scopes = [READ, "profile"]
    row.save()
    Registrar().register(token=token, scope=f"{READ} profile")
    told = Registrar().registered(token=token)
    assert scopes_of(told["client_id"]) == {"profile"}
    assert not any(READ in scopes_of(row.client_id) for row in _applications())


@served
@spec("OAuth Client ID Metadata Document §4", "B-9")
def test_no_metadata_document_brings_one(settings: Any) -> None:
    identifier = "https://app.example/client.json"
    settings.OAUTHFLOWS = {"REGISTRATION_SCOPES": [READ, "profile"]}
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "CIMD_ENABLED": True,
        "CIMD_METADATA_FETCHER": f"{__name__}.Publisher",
        "CIMD_REGISTRATION_PERMISSION_CLASSES": [f"{__name__}.Anybody"],
    }
    Publisher.document = {
        "client_id": identifier,
        "client_name": "Notes of app.example",
        "redirect_uris": ["https://app.example/callback"],
    }
    assert scopes_of(identifier) == {"profile"}


class Publisher:
    """Stands for DOT's fetcher."""

    document: dict[str, Any]

    def fetch(self, client_id: str) -> tuple[Any, int]:
        return self.document, 300


class Anybody:
    def has_permission(self, request: Any, client_id: str) -> bool:
        return True


def _applications() -> Any:
    return get_application_model().objects.all()
