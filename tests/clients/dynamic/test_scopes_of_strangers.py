"""What a client may ask for that nobody has looked at, where the project says nothing of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from django_oauthflows.resource_server import HasScopes, OAuth2TokenAuthentication
from tests import api, urls
from tests.clients.dynamic.registering import PROVIDER, Registrar, story_of
from tests.marks import spec
from tests.stories import error_of

SITE = "http://testserver"


class Files(OAuth2TokenAuthentication):
    resource = f"{SITE}/mcp/files/"


class FileServer(api.WhoCalled):
    authentication_classes = (Files,)
    permission_classes = (
        HasScopes(GET="notes:read", POST="notes:write oauthflows:clients:write", PUT="unknown"),
    )


urlpatterns = [
    *urls.urlpatterns,
    path("mcp/files/", FileServer.as_view()),
    path("manage/", include("django_oauthflows.api.urls")),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def registrar(settings: Any) -> Registrar:
    settings.OAUTH2_PROVIDER = {
        **PROVIDER,
        "SCOPES": {**PROVIDER["SCOPES"], "address": "Where you live", "admin": "Everything"},
    }
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_PER_NETWORK": 1000}
    return Registrar()


@spec("RFC 7591 §2", "RFC 9728 §2")
def test_it_gets_who_somebody_is_and_the_scopes_of_declared_resources(registrar: Registrar) -> None:
    told = registrar.registered()
    assert told["scope"] == "email notes:read notes:write openid profile"
    document = Client().get("/.well-known/oauth-protected-resource/mcp/files/").json()
    assert document["scopes_supported"] == ["notes:read", "notes:write"]
    story = story_of(told)
    token = story.tokens(
        scope=" ".join(document["scopes_supported"]), resource=document["resource"]
    )["access_token"]
    assert story.call(token, "/mcp/files/").status_code == 200


@pytest.mark.urls("tests.urls")
@spec("RFC 7591 §2")
def test_scopes_of_views_that_declare_nothing_are_for_nobody_unknown(registrar: Registrar) -> None:
    assert registrar.registered()["scope"] == "email openid profile"


@spec("RFC 7591 §5", "B-9")
@pytest.mark.parametrize("asked", ["oauthflows:clients:write", "oauthflows:self:read", "admin"])
def test_management_scopes_and_those_of_no_such_view_are_never_given(
    registrar: Registrar, asked: str
) -> None:
    assert error_of(registrar.register(scope=asked)) == (400, "invalid_client_metadata")
    assert registrar.registered(scope=f"openid {asked}")["scope"] == "openid"


@spec("RFC 7591 §5", "B-9")
@pytest.mark.parametrize(
    ("defaults", "given"),
    [
        (["__all__"], "email notes:read notes:write openid profile"),
        (["__all__", "address"], "address email notes:read notes:write openid profile"),
        (["address"], "address email notes:read notes:write openid profile"),
    ],
)
def test_all_scopes_by_default_are_not_for_nobody_unknown(
    registrar: Registrar, settings: Any, defaults: list[str], given: str
) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": defaults}
    told = registrar.registered()
    assert told["scope"] == given
    refused = registrar.register(scope="admin")
    assert error_of(refused) == (400, "invalid_client_metadata")


@spec("RFC 7591 §5")
def test_sensitive_scopes_are_given_only_where_the_project_says_so(
    registrar: Registrar, settings: Any
) -> None:
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "SENSITIVE_SCOPES": ["notes:write", "email"]}
    assert registrar.registered()["scope"] == "notes:read openid profile"
    document = Client().get("/.well-known/oauth-protected-resource/mcp/files/").json()
    assert document["scopes_supported"] == ["notes:read"]
    chosen = {**settings.OAUTHFLOWS, "REGISTRATION_SCOPES": ["notes:write"]}
    settings.OAUTHFLOWS = chosen
    assert registrar.registered()["scope"] == "notes:write"


@spec("RFC 7591 §2")
def test_without_openid_nothing_says_who_somebody_is(registrar: Registrar, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "OIDC_ENABLED": False}
    assert registrar.registered()["scope"] == "notes:read notes:write"
    assert registrar.registered(scope="openid notes:read")["scope"] == "notes:read"
