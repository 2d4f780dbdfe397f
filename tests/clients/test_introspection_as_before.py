"""Introspection by clients that django-oauth-toolkit left without a policy: nothing of theirs stops."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as project
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.review.gathering import review_of
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import administrator, change
from tests.clients.stock import stock_client
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

INACTIVE = {"active": False}
RESOURCE = "https://api.example/notes"
WITH_THE_SCOPE = {**project.OAUTH2_PROVIDER["SCOPES"], "introspection": "Ask about tokens"}


@pytest.fixture(autouse=True)
def fast(slow_hashes: Callable[[], int]) -> None:
    """DOT's own secrets cost half a second each; what they cost is a test of its own."""


@pytest.fixture(autouse=True)
def with_the_scope(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**project.OAUTH2_PROVIDER, "SCOPES": WITH_THE_SCOPE}


def dots_api(**columns: Any) -> FlowClient:
    """An API that asks as a confidential client which nobody touched since the swap."""
    return stock_client(name="An API", **columns)


def by_post(api: FlowClient, token: str, **parameters: Any) -> Any:
    return api.post("introspect", token=token, **parameters)


def by_get(api: FlowClient, headers: dict[str, str], **query: str) -> Any:
    return api.back_channel.get(f"/o/introspect/?{urlencode(query)}", headers=headers)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token_of_dots(api: FlowClient, **columns: Any) -> str:
    """A token as somebody made it in DOT's admin, for whomever."""
    value = f"a-token-of-dots-{get_access_token_model().objects.count()}"
    get_access_token_model().objects.create(
        **{
            "token": value,
            "application": api.registered.application,
            "expires": timezone.now() + timedelta(days=300),
            "scope": "introspection",
            **columns,
        }
    )
    return value


def rule_of(response: Any) -> str:
    rule: str = AuditEvent.objects.get(reference=response["X-OAuth-Reference"]).rule
    return rule


# What goes on --------------------------------------------------------------------------------------


@spec("RFC 7662 §2.1", "RFC 7662 §2.2", "B-22")
@pytest.mark.parametrize("scope", ["notes:read", "notes:read profile"])
def test_it_is_told_of_another_clients_token_what_it_was_told(scope: str) -> None:
    story = begin()
    token = story.tokens(scope=scope)["access_token"]
    row = get_access_token_model().objects.get()
    told = by_post(dots_api(), token).json()
    assert (
        told.items()
        >= {
            "active": True,
            "scope": scope,
            "exp": int(row.expires.timestamp()),
            "client_id": story.registered.client_id,
            "username": story.person.get_username(),
        }.items()
    )
    assert "aud" not in told


@spec("RFC 7662 §2.2", "RFC 8707 §2", "B-22")
def test_a_token_for_a_resource_has_its_audience_as_a_list() -> None:
    token = begin().tokens(resource=RESOURCE)["access_token"]
    assert by_post(dots_api(), token).json()["aud"] == [RESOURCE]


@spec("RFC 7662 §2.2", "RFC 9068 §3", "B-22")
def test_a_signed_token_for_this_site_is_no_token_for_a_resource() -> None:
    """Its reader takes `aud` for a limit, and would refuse the token at its own address."""
    story = begin(token_format="jwt")
    told = by_post(dots_api(), story.tokens()["access_token"]).json()
    assert told["active"]
    assert "aud" not in told


@spec("RFC 7662 §2.1", "B-22")
def test_get_goes_on() -> None:
    api = dots_api()
    token = begin().tokens()["access_token"]
    answer = by_get(api, api.basic, token=token)
    assert answer.status_code == 200, answer.content
    assert answer.json() == by_post(api, token).json()
    assert answer["Cache-Control"] == "no-store"


@spec("RFC 7662 §2.1", "B-22")
@pytest.mark.parametrize("is_persons", [True, False])
def test_a_token_with_the_scope_opens_it_whoever_it_was_issued_to(is_persons: bool) -> None:
    api = dots_api()
    by = token_of_dots(api, user=PersonFactory() if is_persons else None)
    token = begin().tokens()["access_token"]
    posted = api.post("introspect", headers=bearer(by), token=token)
    assert posted.json()["active"]
    assert by_get(api, bearer(by), token=token).json() == posted.json()


# What does not ------------------------------------------------------------------------------------


def policyless(source: str, client_type: str = "confidential") -> FlowClient:
    api = dots_api(client_type=client_type)
    get_application_model().objects.filter(client_id=api.registered.client_id).update(
        registration_source=source
    )
    return api


@spec("RFC 7662 §4", "B-22")
@pytest.mark.parametrize("source", ["dcr", "cimd"])
def test_a_client_that_registered_itself_learns_of_no_other_client(source: str) -> None:
    api = policyless(source)
    token = begin().tokens()["access_token"]
    assert by_post(api, token).json() == INACTIVE
    assert error_of(by_get(api, api.basic, token=token)) == (405, "invalid_request")
    response = api.post("introspect", headers=bearer(token_of_dots(api)), token=token)
    assert rule_of(response) == "introspecting_client_must_be_registered_by_hand"


@spec("RFC 7662 §2.1", "B-22")
def test_a_public_client_cannot_ask_even_with_its_secret() -> None:
    api = dots_api(client_type="public")
    token = begin().tokens()["access_token"]
    known = {"client_id": api.registered.client_id, "client_secret": "a-secret"}
    for parameters in (known, {"client_id": known["client_id"]}):
        assert error_of(by_post(api, token, **parameters)) == (401, "invalid_client")
    response = api.post("introspect", headers=bearer(token_of_dots(api)), token=token)
    assert rule_of(response) == "introspecting_client_must_be_registered_by_hand"


@spec("RFC 7662 §2.3", "B-22")
@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"scope": "notes:read"}, "introspecting_token_must_have_the_scope"),
        ({"expires": timezone.now() - timedelta(1)}, "access_token_must_not_be_expired"),
        ({"resource": [RESOURCE]}, "access_token_must_be_meant_for_this_resource"),
        ({"application": None}, "access_token_client_must_be_enabled"),
    ],
)
def test_a_token_that_is_not_good_for_it_opens_nothing(columns: Any, rule: str) -> None:
    api = dots_api()
    by = token_of_dots(api, **columns)
    for response in (
        api.post("introspect", headers=bearer(by), token="x"),
        by_get(api, bearer(by), token="x"),
    ):
        assert error_of(response) == (401, "invalid_token")
        assert rule_of(response) == rule


@spec("RFC 7662 §4", "B-22")
def test_another_clients_refresh_token_is_nobodys_business() -> None:
    assert by_post(dots_api(), begin().tokens()["refresh_token"]).json() == INACTIVE


@spec("RFC 6749 §2.3.1", "RFC 9700 §4.3.2", "B-22")
@pytest.mark.parametrize("name", ["client_secret", "client_assertion"])
def test_no_credentials_are_taken_from_the_url(name: str) -> None:
    api = dots_api()
    query = {"client_id": api.registered.client_id, name: "a-secret", "token": "x"}
    assert error_of(by_get(api, {}, **query)) == (405, "invalid_request")
    response = by_get(api, api.basic, **query)
    assert error_of(response) == (400, "invalid_request")
    assert rule_of(response) == "credentials_must_not_be_in_the_query"


@spec("RFC 7662 §2.1", "B-22")
def test_by_get_nobody_asks_without_proof_or_token() -> None:
    api = dots_api()
    wrong = b64encode(f"{api.registered.client_id}:wrong".encode()).decode()
    response = by_get(api, {"Authorization": f"Basic {wrong}"}, token="x")
    assert error_of(response) == (401, "invalid_client")
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert (row.client_id, row.detail) == (api.registered.client_id, {})
    assert error_of(by_get(api, api.basic)) == (400, "invalid_request")


@spec("RFC 7662 §2.1", "B-6", "B-22")
def test_wrong_secrets_are_counted_by_get_too(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLIENT_GUESSES_PER_NETWORK": 3}
    api = dots_api()
    wrong = b64encode(f"{api.registered.client_id}:wrong".encode()).decode()
    header = {"Authorization": f"Basic {wrong}"}
    statuses = [by_get(api, header, token="x").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


@spec("RFC 7662 §2.1", "B-22")
def test_a_client_with_a_policy_asks_by_post_alone() -> None:
    story: Story = begin()
    token = story.tokens()["access_token"]
    response = story.back_channel.get(f"/o/introspect/?token={token}", headers=story.basic)
    assert error_of(response) == (405, "invalid_request")
    assert rule_of(response) == "introspection_must_be_asked_by_post"
    assert token not in str(AuditEvent.objects.values_list("detail"))


# When it gets its policy ----------------------------------------------------------------------------


@spec("RFC 7662 §4", "B-22")
@pytest.mark.parametrize(("source", "is_kept"), [("manual", True), ("dcr", False)])
def test_its_first_policy_begins_with_the_right_it_had(source: str, is_kept: bool) -> None:
    api = policyless(source)
    key = api.registered.application.pk
    change(
        administrator(),
        key,
        policy__preset="web-app",
        policy__flows=["authorization-code-pkce"],
        policy__scopes=["notes:read"],
    )
    policy = ClientPolicy.objects.get(application_id=key)
    assert policy.may_introspect_all is is_kept
    token = begin().tokens()["access_token"]
    assert by_post(api, token).json()["active"] is is_kept
    found = review_of(get_application_model().objects.get(pk=key)).findings
    assert ("introspection_should_be_of_its_own" in {one.name for one in found}) is is_kept


@spec("RFC 7662 §4", "B-22")
def test_saving_its_page_without_a_policy_makes_none() -> None:
    api = dots_api()
    change(administrator(), api.registered.application.pk, name="Another name")
    assert not ClientPolicy.objects.filter(application=api.registered.application).exists()
