"""Introspection: who may learn what of a token, and that everybody else learns nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from django_oauthflows.audit.models import AuditEvent
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

INACTIVE = {"active": False}


def api(**policy: object) -> Story:
    """A resource server, with what its policy says of it."""
    story = begin(preset="service", redirect_uris=())
    for name, value in policy.items():
        setattr(story.registered.policy, name, value)
    story.registered.policy.save()
    return story


@spec("RFC 7662 §2.2", "B-22")
def test_a_client_sees_its_own_access_token() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:read profile")
    row = get_access_token_model().objects.get()
    assert story.introspect(tokens["access_token"]) == {
        "active": True,
        "scope": "notes:read profile",
        "client_id": story.registered.client_id,
        "username": story.person.username,
        "sub": str(story.person.pk),
        "token_type": "Bearer",
        "iss": "http://testserver/o",
        "iat": int(row.created.timestamp()),
        "exp": int(row.expires.timestamp()),
    }


@spec("RFC 7662 §2.2", "B-22")
def test_a_client_sees_its_own_refresh_token() -> None:
    story = begin()
    members = story.introspect(story.tokens(scope="notes:read")["refresh_token"])
    assert members["active"]
    assert members["scope"] == "notes:read"
    assert members["sub"] == str(story.person.pk)
    assert members["exp"] > timezone.now().timestamp()


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@spec("RFC 7662 §2.2", "B-22")
def test_another_client_sees_nothing(kind: str) -> None:
    tokens = begin().tokens()
    assert api().introspect(tokens[kind]) == INACTIVE
    stranger = begin()
    assert stranger.introspect(tokens[kind]) == INACTIVE
    counts = []
    for value in ("no-such-token", tokens[kind]):
        with CaptureQueriesContext(connection) as captured:
            stranger.introspect(value)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@spec("RFC 7662 §2.2", "B-22")
def test_a_resource_server_sees_tokens_meant_for_it() -> None:
    server = api(resources=["https://api.example/notes"])
    story = begin()
    meant = story.tokens(resource="https://api.example/notes")
    other = story.tokens(resource="https://api.example/other")
    unbound = story.tokens()
    assert server.introspect(meant["access_token"])["aud"] == "https://api.example/notes"
    assert server.introspect(other["access_token"]) == INACTIVE
    assert server.introspect(unbound["access_token"]) == INACTIVE


@spec("RFC 7662 §2.2", "RFC 8707 §2", "B-22")
@pytest.mark.parametrize("hosts", [["*"], [".example.com", "testserver"]])
def test_an_api_elsewhere_is_not_this_site_because_the_host_header_says_so(
    hosts: list[str], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = hosts
    token = begin().tokens()["access_token"]
    elsewhere = api(resources=["http://prices.example.com/"])
    forged = {**elsewhere.basic, "Host": "prices.example.com"}
    answer = elsewhere.post("introspect", token=token, headers=forged)
    assert answer.json() == INACTIVE
    row = AuditEvent.objects.get(reference=answer["X-OAuth-Reference"])
    assert "prices" not in str(row.detail)
    settings.ALLOWED_HOSTS = ["prices.example.com"]
    answer = elsewhere.post("introspect", token=token, headers=forged).json()
    assert (answer["active"], answer["aud"]) == (True, "http://prices.example.com")


@spec("RFC 7662 §2.2", "RFC 8707 §2", "B-22")
@pytest.mark.parametrize("setting", ["ISSUER", "RESOURCE"])
def test_the_api_of_this_site_is_named_by_the_settings_where_any_host_is_allowed(
    setting: str, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.OAUTHFLOWS = {setting: "https://id.example.com"}
    token = begin().tokens()["access_token"]
    assert api(resources=["https://id.example.com/"]).introspect(token)["active"]


@spec("RFC 7662 §4", "B-22")
def test_a_refresh_token_is_no_resource_servers_business() -> None:
    server = api(resources=["https://api.example/notes"], may_introspect_all=True)
    tokens = begin().tokens(resource="https://api.example/notes")
    assert server.introspect(tokens["refresh_token"]) == INACTIVE


@spec("RFC 7662 §2.2", "B-22")
def test_a_resource_server_may_see_all_by_policy() -> None:
    story = begin()
    tokens = story.tokens()
    members = api(may_introspect_all=True).introspect(tokens["access_token"])
    assert members["client_id"] == story.registered.client_id


@spec("RFC 7662 §2.2", "B-22")
def test_an_unknown_token_is_not_active() -> None:
    assert begin().introspect("no-such-token") == INACTIVE


@spec("RFC 7662 §2.2", "B-22")
def test_an_expired_token_is_not_active() -> None:
    story = begin()
    tokens = story.tokens()
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert story.introspect(tokens["access_token"]) == INACTIVE


@spec("RFC 7662 §2.2", "B-22")
def test_a_rotated_refresh_token_is_not_active() -> None:
    story = begin()
    first = story.tokens()
    story.refresh(first["refresh_token"])
    assert story.introspect(first["refresh_token"]) == INACTIVE


@spec("RFC 7662 §2.1", "B-22")
def test_nobody_asks_without_authentication() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    unnamed = story.post("introspect", headers={"Accept": "*/*"}, token=token)
    unproven = story.post(
        "introspect",
        headers={"Accept": "*/*"},
        client_id=story.registered.client_id,
        token=token,
    )
    assert error_of(unnamed) == error_of(unproven) == (401, "invalid_client")


@spec("RFC 7662 §2.1", "B-6", "B-22")
def test_a_public_client_cannot_ask() -> None:
    story = begin(preset="single-page-app")
    response = story.post("introspect", token=story.tokens()["access_token"])
    assert error_of(response) == (401, "invalid_client")


@spec("RFC 7662 §2.3", "B-22")
def test_a_persons_access_token_is_no_way_to_ask() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    response = story.post("introspect", headers={"Authorization": f"Bearer {token}"}, token=token)
    assert error_of(response) == (401, "invalid_token")


@spec("RFC 7662 §2.1", "B-22")
def test_asking_by_get_is_refused() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    response = story.back_channel.get(f"/o/introspect/?token={token}", headers=story.basic)
    assert response.status_code == 405
    assert "POST" in response["Allow"]


@spec("RFC 7662 §2.1")
def test_a_missing_token_is_a_malformed_request() -> None:
    response = begin().post("introspect", token_type_hint="access_token")
    assert error_of(response) == (400, "invalid_request")


@spec("RFC 7662 §2.2", "B-2")
def test_no_answer_may_be_kept() -> None:
    story = begin()
    response = story.post("introspect", token=story.tokens()["access_token"])
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"
