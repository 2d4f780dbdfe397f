"""A 401 leads to the document of the very resource that was asked, whose tokens open it alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.resource_server import (
    ActsForPerson,
    HasScopes,
    LocalJWTAuthentication,
    OAuth2TokenAuthentication,
)
from tests import api, urls
from tests.marks import spec
from tests.resource_server.test_authentication import challenge_of
from tests.stories import Story, begin

SITE = "http://testserver"
WELL_KNOWN = "/.well-known/oauth-protected-resource"


class Mail(OAuth2TokenAuthentication):
    resource = f"{SITE}/mcp/mail"


class Files(OAuth2TokenAuthentication):
    resource = f"{SITE}/mcp/files/"


class Elsewhere(OAuth2TokenAuthentication):
    resource = "https://notes.example.com/"


class Root(OAuth2TokenAuthentication):
    resource = "urn:example:archive"


class Signed(LocalJWTAuthentication):
    resource = f"{SITE}/mcp/signed/"


class MailServer(api.WhoCalled):
    authentication_classes = (Mail,)
    permission_classes = (ActsForPerson & HasScopes("notes:read"),)


class FileServer(api.WhoCalled):
    authentication_classes = (Files,)
    permission_classes = (HasScopes(GET="notes:read", POST="notes:write oauthflows:keys:write"),)


class NamedElsewhere(api.Notes):
    authentication_classes = (Elsewhere,)


class Archive(api.Notes):
    authentication_classes = (Root,)


class SignedServer(api.Local):
    authentication_classes = (Signed,)


class Choosing(ViewSet):
    """Its permissions follow from the action."""

    authentication_classes = (OAuth2TokenAuthentication,)

    def get_permissions(self) -> list[Any]:
        if self.action == "list":
            return [(HasScopes("notes:read") | HasScopes("profile"))()]
        return [(HasScopes("notes:write") & ~HasScopes("email"))()]

    def list(self, request: Any) -> Response:
        return Response([])

    def create(self, request: Any) -> Response:
        return Response({})


urlpatterns = [
    *urls.urlpatterns,
    path("mcp/mail", MailServer.as_view()),
    path("mcp/mail/folders", MailServer.as_view()),
    path("mcp/files/", FileServer.as_view()),
    path("mcp/files/<str:name>", FileServer.as_view()),
    path("mcp/elsewhere/", NamedElsewhere.as_view()),
    path("mcp/archive/", Archive.as_view()),
    path("mcp/signed/", SignedServer.as_view()),
    path("mcp/notes/<str:name>/", api.Notes.as_view()),
    path("mcp/choosing/", Choosing.as_view({"get": "list", "post": "create"})),
    path(
        "mcp/public/",
        api.WhoCalled.as_view(authentication_classes=[], permission_classes=[AllowAny]),
    ),
    path("mcp/written/", api.Notes.as_view(authentication_classes=[Mail])),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def document_of(path: str, **headers: str) -> dict[str, Any]:
    """The document that the 401 of a path leads to."""
    refused = Client().get(path, headers=headers)
    assert refused.status_code == 401
    url = challenge_of(refused)["resource_metadata"]
    origin, _, way = url.partition("/.well-known/")
    assert "://" in origin
    answer = Client().get(f"/.well-known/{way}", headers=headers)
    assert answer.status_code == 200, url
    document: dict[str, Any] = answer.json()
    return document


@spec("RFC 9728 §3.3", "RFC 9728 §5.1")
@pytest.mark.parametrize(
    ("asked", "resource", "scopes"),
    [
        ("/api/notes/", f"{SITE}/api/notes/", ["notes:read", "notes:write"]),
        ("/api/notes/?page=2&resource=x", f"{SITE}/api/notes/", ["notes:read", "notes:write"]),
        ("/mcp/mail", f"{SITE}/mcp/mail", ["notes:read", "notes:write"]),
        ("/mcp/mail/folders", f"{SITE}/mcp/mail", ["notes:read", "notes:write"]),
        ("/mcp/written/", f"{SITE}/mcp/mail", ["notes:read", "notes:write"]),
        ("/mcp/files/", f"{SITE}/mcp/files/", ["notes:read", "notes:write"]),
        ("/mcp/files/a%20b", f"{SITE}/mcp/files/", ["notes:read", "notes:write"]),
        (
            "/mcp/notes/a%20b%3Fc%25/",
            f"{SITE}/mcp/notes/a%20b%3Fc%25/",
            ["notes:read", "notes:write"],
        ),
        ("/mcp/elsewhere/", "https://notes.example.com/", ["notes:read", "notes:write"]),
        ("/mcp/archive/", "urn:example:archive", ["notes:read", "notes:write"]),
        ("/mcp/choosing/", f"{SITE}/mcp/choosing/", ["notes:read", "notes:write", "profile"]),
        ("/o/userinfo/", f"{SITE}/o/userinfo/", None),
    ],
)
def test_a_challenge_leads_to_the_resource_that_was_asked(
    asked: str, resource: str, scopes: list[str] | None
) -> None:
    document = document_of(asked)
    assert document["resource"] == resource
    assert document.get("scopes_supported") == scopes
    assert document["authorization_servers"] == [f"{SITE}/o"]


@spec("RFC 9728 §3.3")
def test_a_refusal_for_want_of_scope_leads_there_too() -> None:
    story = begin()
    token = story.tokens(scope="profile", resource=f"{SITE}/mcp/files/")["access_token"]
    refused = story.call(token, "/mcp/files/report")
    assert refused.status_code == 403
    assert challenge_of(refused)["resource_metadata"] == f"{SITE}{WELL_KNOWN}/mcp/files/"


@spec("RFC 9728 §3.1")
@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/mcp",
        "/mcp/mail/",
        "/mcp/mail/nothing",
        "/mcp/public/",
        "/admin/login/",
        "/accounts/login/",
        "/o/token/",
        "//evil.example/",
        "/api",
        "/%00",
    ],
)
def test_a_path_that_leads_to_no_protected_view_has_no_document(path: str) -> None:
    answer = Client().get(WELL_KNOWN + path)
    assert answer.status_code == 404
    assert "X-OAuth-Reference" in answer
    # Clients in a browser ask for one path after the other, and have to see that there is none.
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-store"
    assert AuditEvent.objects.count() == 1


@spec("RFC 9728 §3.1")
def test_clients_that_leave_out_the_last_slash_are_told_the_true_url(settings: Any) -> None:
    assert Client().get(f"{WELL_KNOWN}/api/notes").json()["resource"] == f"{SITE}/api/notes/"
    settings.APPEND_SLASH = False
    assert Client().get(f"{WELL_KNOWN}/api/notes").status_code == 404


@spec("RFC 9728 §1.2")
def test_the_host_is_the_issuers_or_else_one_that_is_allowed(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    other = document_of("/api/notes/", host="other.example")
    assert other["resource"] == "http://other.example/api/notes/"
    assert Client().get("/api/notes/", headers={"host": "evil.example"}).status_code == 400
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example.com/o"}
    for host in ("testserver", "other.example"):
        document = document_of("/api/notes/", host=host)
        assert document["resource"] == "https://id.example.com/api/notes/"


@spec("RFC 8707 §2", "B-27")
def test_no_forged_host_makes_this_site_the_one_a_token_is_for(settings: Any) -> None:
    """Whoever is given a token for another server cannot open this one with it."""
    settings.ALLOWED_HOSTS = ["*"]
    story = begin()
    token = story.tokens(resource="http://elsewhere.example/api/notes/")["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Host": "elsewhere.example"}
    assert Client().get("/api/notes/", headers=headers).status_code == 401
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    assert Client().get("/api/notes/", headers=headers).status_code == 200


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_the_issuers_host_is_good_behind_a_proxy(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example.com/o"}
    story = begin()
    for resource in ("https://id.example.com/api/notes/", f"{SITE}/api/notes/"):
        token = story.tokens(resource=resource)["access_token"]
        assert story.call(token).status_code == 200
    settings.ALLOWED_HOSTS = ["*"]
    assert story.call(token).status_code == 401


def signed(story: Story, resource: str) -> str:
    token: str = story.tokens(resource=resource)["access_token"]
    return token


@spec("RFC 8707 §2", "RFC 9068 §4", "B-27")
@pytest.mark.parametrize("format", ["opaque", "jwt"])
def test_two_resources_of_one_site_do_not_open_each_other(format: str) -> None:
    story = begin(token_format=format)
    opened = {
        resource: [
            path
            for path in ("/mcp/mail", "/mcp/files/", "/mcp/signed/", "/api/notes/")
            if story.call(signed(story, resource), path).status_code == 200
        ]
        for resource in (
            f"{SITE}/mcp/mail",
            f"{SITE}/mcp/files/",
            f"{SITE}/mcp/signed/",
            f"{SITE}/mcp/",
            f"{SITE}/",
            SITE,
        )
    }
    assert opened == {
        f"{SITE}/mcp/mail": ["/mcp/mail"],
        f"{SITE}/mcp/files/": ["/mcp/files/"],
        f"{SITE}/mcp/signed/": ["/mcp/signed/"] if format == "jwt" else [],
        f"{SITE}/mcp/": [],
        f"{SITE}/": ["/api/notes/"],
        SITE: ["/api/notes/"],
    }


@spec("RFC 9728 §4")
def test_the_server_lists_the_resources_that_are_declared() -> None:
    listed = Client().get("/.well-known/oauth-authorization-server/o").json()["protected_resources"]
    assert listed == [
        SITE,
        f"{SITE}/mcp/files/",
        f"{SITE}/mcp/mail",
        f"{SITE}/mcp/signed/",
        "https://notes.example.com/",
    ]


@spec("RFC 9728 §2")
def test_what_a_client_is_told_to_ask_for_is_what_it_can_get(settings: Any) -> None:
    """Several agents ask for all that is listed; one scope that they may not have would refuse them."""
    scopes = {**settings.OAUTH2_PROVIDER["SCOPES"], "offline_access": "Stay signed in"}
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "SCOPES": scopes}
    site = Client().get(WELL_KNOWN).json()
    assert site["resource"] == SITE
    assert site["scopes_supported"] == ["notes:read", "notes:write", "profile"]
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_SCOPES": ["notes:read"]}
    assert document_of("/mcp/files/")["scopes_supported"] == ["notes:read"]
    assert document_of("/api/notes/")["scopes_supported"] == ["notes:read"]
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_SCOPES": ["profile"]}
    assert "scopes_supported" not in document_of("/mcp/files/")


@spec("RFC 9728 §2")
def test_pages_about_the_api_that_settings_name_are_in_the_document(settings: Any) -> None:
    pages = {
        "resource_documentation": "https://docs.example/",
        "resource_policy_uri": "https://docs.example/policy",
        "resource_tos_uri": "https://docs.example/terms",
    }
    names = {"DOCUMENTATION": "resource_documentation", "POLICY_URI": "resource_policy_uri"}
    names["TOS_URI"] = "resource_tos_uri"
    url = "/.well-known/oauth-protected-resource"
    assert not pages.keys() & Client().get(url).json().keys()

    written = {f"OAUTH2_PROTECTED_RESOURCE_{name}": pages[one] for name, one in names.items()}
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, **written}

    assert Client().get(url).json().items() >= pages.items()
