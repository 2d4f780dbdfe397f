"""Who calls an API: the token in the header, checked on each call, and every refusal a challenge."""

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from rest_framework.test import APIRequestFactory

from django_oauthflows.resource_server import ClientPrincipal, OAuth2TokenAuthentication
from tests.marks import spec
from tests.stories import Story, begin, dot_application

pytestmark = pytest.mark.django_db

METADATA = "http://testserver/.well-known/oauth-protected-resource/api/notes/"


def challenge_of(response: object) -> dict[str, str]:
    """The members of a Bearer challenge (RFC 9110 §11.6.1)."""
    scheme, _, members = response["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', members))


def service_token(**client: object) -> tuple[Story, str]:
    story = begin(preset="service", redirect_uris=(), **client)
    tokens = story.token(grant_type="client_credentials", scope="notes:read").json()
    return story, tokens["access_token"]


@spec("RFC 6750 §2.1", "B-26")
def test_a_token_in_the_header_stands_for_its_person_client_and_scopes() -> None:
    story = begin()
    token = story.tokens(scope="notes:read")["access_token"]
    for path in ("/api/notes/", "/api/own/", "/api/open/"):
        assert story.call(token, path).json() == {
            "person": story.person.username,
            "client_id": story.registered.client_id,
            "scope": "notes:read",
        }


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@spec("RFC 9110 §11.1", "B-26")
def test_the_scheme_may_be_written_in_any_case(scheme: str) -> None:
    story, token = service_token()
    response = story.back_channel.get("/api/notes/", headers={"Authorization": f"{scheme} {token}"})
    assert response.status_code == 200


@spec("RFC 6750 §3", "RFC 9728 §5.1", "B-26")
def test_no_token_is_a_plain_challenge() -> None:
    response = Client().get("/api/notes/")
    assert response.status_code == 401
    assert challenge_of(response) == {
        "realm": "api",
        "resource_metadata": METADATA,
        "scope": "notes:read",
    }


@spec("RFC 6750 §3.1", "RFC 9728 §5.1", "B-26")
def test_a_bad_token_is_a_challenge_that_says_so() -> None:
    response = begin().call("no-such-token")
    challenge = challenge_of(response)
    assert response.status_code == 401
    assert challenge["error"] == "invalid_token"
    assert challenge["resource_metadata"] == METADATA
    assert challenge["error_description"]


@spec("RFC 9728 §3", "B-26")
def test_the_challenge_leads_to_a_document_that_names_the_server() -> None:
    document = Client().get(METADATA).json()
    assert document["authorization_servers"] == ["http://testserver/o"]
    assert document["bearer_methods_supported"] == ["header"]


@spec("RFC 6750 §3.1", "B-26")
def test_a_bad_token_is_never_an_anonymous_request() -> None:
    assert Client().get("/api/open/").status_code == 200
    assert begin().call("no-such-token", "/api/open/").status_code == 401


@pytest.mark.parametrize("value", ["", "a b", "tök", "x" * 5000, "a\tb", '"', "\x7f"])
@spec("RFC 6750 §2.1", "B-1", "B-26")
def test_a_malformed_token_is_refused(value: str) -> None:
    response = begin().call(value, "/api/open/")
    assert response.status_code == 401
    assert challenge_of(response)["error"] == "invalid_token"


@pytest.mark.parametrize("value", ["eyA.b.c", "eyJhbGciOiJub25lIn0.e30.", "ey.ey.ey", "a.b.c.d.e"])
@pytest.mark.parametrize("oidc", [False, True])
@spec("B-23", "B-26")
def test_what_looks_like_a_jwt_and_is_none_is_refused(
    value: str, oidc: bool, settings: pytest.FixtureRequest
) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "OIDC_ENABLED": oidc}
    story = begin()
    for path in ("/api/notes/", "/api/stock/"):
        assert story.call(value, path).status_code == 401


@spec("RFC 9700 §4.3.2", "B-26")
def test_a_token_in_the_address_or_the_body_is_not_read() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    assert Client().get("/api/notes/", {"access_token": token}).status_code == 401
    assert Client().post("/api/notes/", {"access_token": token}).status_code == 401
    assert Client().get("/api/stock/", {"access_token": token}).status_code == 401


@spec("RFC 6750 §3.1", "B-27")
def test_an_expired_token_is_refused() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert story.call(token).status_code == 401


@spec("RFC 6749 §4.4", "B-26")
def test_a_service_is_authenticated_and_nobody() -> None:
    story, token = service_token()
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    user, auth = OAuth2TokenAuthentication().authenticate(request)
    assert isinstance(user, ClientPrincipal)
    assert user.is_authenticated
    assert {user.is_anonymous, user.is_staff, user.is_superuser} == {False}
    assert user.pk is None
    assert not user.has_perm("notes.view_note")
    assert story.registered.client_id in str(user)
    assert auth.application.client_id == story.registered.client_id


# Audience -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("http://testserver/api/notes/", 200),
        ("http://testserver/api/", 200),
        ("http://testserver/", 200),
        ("http://testserver/api/own/", 401),
        ("http://testserver/api/no", 401),
        ("https://testserver/api/notes/", 401),
        ("http://testserver.evil.example/api/notes/", 401),
    ],
)
@spec("RFC 8707 §2", "B-27")
def test_a_token_works_at_its_resource_alone(resource: str, status: int) -> None:
    story = begin()
    token = story.tokens(resource=resource)["access_token"]
    response = story.call(token)
    assert response.status_code == status
    if status == 401:
        assert challenge_of(response)["error"] == "invalid_token"


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_two_resources_works_at_both() -> None:
    story = begin()
    token = story.tokens(resource=["http://testserver/api/notes/", "http://testserver/api/own/"])[
        "access_token"
    ]
    assert story.call(token).status_code == 200
    assert story.call(token, "/api/own/").status_code == 200
    assert story.call(token, "/api/open/").status_code == 401


@spec("RFC 8707 §2", "B-27")
def test_django_oauth_toolkits_class_checks_the_audience_too() -> None:
    story = begin()
    elsewhere = story.tokens(resource="https://elsewhere.example/")["access_token"]
    here = story.tokens(resource="http://testserver/api/stock/")["access_token"]
    assert story.call(elsewhere, "/api/stock/").status_code == 401
    assert story.call(here, "/api/stock/").status_code == 200


# Side by side with django-oauth-toolkit -----------------------------------------------------------------


@spec("B-26")
def test_django_oauth_toolkits_class_accepts_our_tokens() -> None:
    story = begin()
    token = story.tokens(scope="notes:read")["access_token"]
    response = story.call(token, "/api/stock/")
    assert response.json()["person"] == story.person.username
    assert response.json()["scope"] == "notes:read"


@spec("B-26")
def test_django_oauth_toolkits_permission_refuses_our_token_without_the_scope() -> None:
    story = begin()
    token = story.tokens(scope="profile")["access_token"]
    assert story.call(token, "/api/stock/").status_code == 403


@override_settings(ROOT_URLCONF="tests.resource_server.urls")
@spec("B-26")
def test_our_class_accepts_the_tokens_of_django_oauth_toolkits_endpoint() -> None:
    story = begin(registered=dot_application(authorization_grant_type="client-credentials"))
    response = story.back_channel.post(
        "/dot/token/",
        {"grant_type": "client_credentials", "scope": "notes:read"},
        headers=story.basic,
    )
    token = response.json()["access_token"]
    called = story.call(token).json()
    assert called["client_id"] == story.registered.client_id
    assert called["scope"] == "notes:read"
    assert story.introspect(token)["active"]


@spec("B-26")
def test_a_token_stored_in_the_clear_is_accepted_too() -> None:
    story = begin(registered=dot_application())
    get_access_token_model().objects.create(
        user=story.person,
        application=story.registered.application,
        token="a-token-of-old",
        scope="notes:read",
        expires=timezone.now() + timedelta(hours=1),
    )
    assert story.call("a-token-of-old").json()["person"] == story.person.username


# The person's and the client's state --------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/notes/", "/api/stock/"])
@spec("B-20", "B-27")
def test_a_deactivated_persons_token_is_refused(path: str) -> None:
    story = begin()
    token = story.tokens()["access_token"]
    assert story.call(token, path).status_code == 200
    type(story.person).objects.update(is_active=False)
    assert story.call(token, path).status_code == 401


@pytest.mark.parametrize("path", ["/api/notes/", "/api/stock/"])
@spec("B-20", "B-27")
def test_a_disabled_clients_token_is_refused(path: str) -> None:
    story, token = service_token()
    assert story.call(token, path).status_code == 200
    type(story.registered.policy).objects.update(is_enabled=False)
    assert story.call(token, path).status_code == 401


@spec("B-20", "B-27")
def test_a_deactivated_person_is_told_what_an_unknown_token_is_told() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    type(story.person).objects.update(is_active=False)
    assert story.call(token).json() == story.call("no-such-token").json()


@spec("B-20")
def test_an_application_model_may_have_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    story, token = service_token()
    assert story.call(token).status_code == 200
    asked = []
    model = type(story.registered.application)
    monkeypatch.setattr(model, "is_usable", lambda self, request: asked.append(request))
    assert story.call(token).status_code == 401
    assert asked[0].path == "/api/notes/"
    assert story.post("introspect", token=token).json() == {"active": False}
