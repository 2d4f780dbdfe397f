"""A service that acts for itself: its own scopes, no person, nothing to refresh."""

import pytest
from django.conf import settings
from django.test import override_settings
from oauth2_provider.models import get_refresh_token_model

from tests.marks import spec
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db


def service(**client: object) -> Story:
    return begin(preset="service", redirect_uris=(), **client)


@spec("RFC 6749 §4.4.3", "B-9")
def test_a_service_gets_an_access_token_and_nothing_to_refresh() -> None:
    story = service()
    tokens = story.token(grant_type="client_credentials", scope="notes:read").json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope"}
    assert tokens["scope"] == "notes:read"
    assert not get_refresh_token_model().objects.exists()


@spec("RFC 6749 §4.4")
def test_its_token_stands_for_nobody() -> None:
    story = service()
    tokens = story.token(grant_type="client_credentials", scope="notes:read").json()
    called = story.call(tokens["access_token"]).json()
    assert called["client_id"] == story.registered.client_id
    assert called["person"] is None
    members = story.introspect(tokens["access_token"])
    assert members["sub"] == story.registered.client_id
    assert "username" not in members


@spec("RFC 6749 §3.3", "B-9")
def test_a_service_gets_no_scope_beyond_its_own() -> None:
    story = service(scopes=("notes:read",))
    response = story.token(grant_type="client_credentials", scope="notes:read notes:write")
    assert error_of(response) == (400, "invalid_scope")


@spec("RFC 6749 §3.3", "B-9")
def test_a_service_that_names_no_scope_gets_none_by_default() -> None:
    response = service().token(grant_type="client_credentials")
    assert error_of(response) == (400, "invalid_scope")


@spec("RFC 6749 §3.3", "B-9")
def test_a_service_that_names_no_scope_gets_the_default_within_its_own() -> None:
    default = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["notes:read", "profile"]}
    with override_settings(OAUTH2_PROVIDER=default):
        story = service(scopes=("notes:read", "notes:write"), default_scopes=())
        tokens = story.token(grant_type="client_credentials").json()
    assert tokens["scope"] == "notes:read"


@spec("RFC 6749 §4.4", "B-6")
def test_a_public_client_is_refused_even_where_its_policy_names_the_flow() -> None:
    story = begin(preset="single-page-app")
    story.registered.policy.flows = ["client-credentials"]
    story.registered.policy.save()
    response = story.token(grant_type="client_credentials", scope="notes:read")
    assert error_of(response) == (400, "unauthorized_client")


@spec("RFC 6749 §5.2")
def test_a_web_app_may_not_use_it() -> None:
    response = begin().token(grant_type="client_credentials", scope="notes:read")
    assert error_of(response) == (400, "unauthorized_client")


@spec("RFC 6749 §5.2")
def test_a_service_may_not_ask_for_a_person() -> None:
    response = service().token(grant_type="authorization_code", code="any")
    assert error_of(response) == (400, "unauthorized_client")


@pytest.mark.parametrize("grant_type", ["implicit", "client-credentials", "CLIENT_CREDENTIALS"])
@spec("RFC 6749 §5.2")
def test_an_unknown_grant_type_is_refused(grant_type: str) -> None:
    response = service().token(grant_type=grant_type, scope="notes:read")
    assert error_of(response) == (400, "unsupported_grant_type")


@spec("RFC 6749 §5.2")
def test_a_missing_grant_type_is_a_malformed_request() -> None:
    assert error_of(service().token(scope="notes:read")) == (400, "invalid_request")


@spec("RFC 6749 §5.2", "B-20")
def test_a_disabled_service_is_refused() -> None:
    story = service()
    tokens = story.token(grant_type="client_credentials", scope="notes:read").json()
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    refused = story.token(grant_type="client_credentials", scope="notes:read")
    assert error_of(refused) == (401, "invalid_client")
    assert story.call(tokens["access_token"]).status_code == 401


@spec("RFC 8707 §2", "B-27")
def test_a_service_may_bind_its_token_to_resources() -> None:
    story = service()
    tokens = story.token(
        grant_type="client_credentials",
        scope="notes:read",
        resource=["https://one.example/api", "https://two.example/api"],
    ).json()
    aud = story.introspect(tokens["access_token"])["aud"]
    assert aud == ["https://one.example/api", "https://two.example/api"]


@spec("RFC 8707 §2")
def test_a_resource_must_be_an_absolute_uri() -> None:
    response = service().token(
        grant_type="client_credentials", scope="notes:read", resource="notes"
    )
    assert error_of(response) == (400, "invalid_target")


@spec("RFC 6749 §4.4")
def test_an_application_without_a_policy_keeps_the_flow() -> None:
    story = begin(registered=dot_application(authorization_grant_type="client-credentials"))
    tokens = story.token(grant_type="client_credentials", scope="notes:read").json()
    assert tokens["scope"] == "notes:read"
    assert "refresh_token" not in tokens
