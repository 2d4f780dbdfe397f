"""Public applications of django-oauth-toolkit that send their secret: it is looked at, and proves no more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import PersonFactory
from tests.clients.stock import SECRET, stock_client
from tests.clients.test_authentication import basic
from tests.marks import spec

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast(slow_hashes: Callable[[], int]) -> None:
    """DOT's own secrets cost half a second each; what they cost is a test of its own."""


def public_app(secret: str = SECRET, **columns: Any) -> FlowClient:
    """A public application whose program sends a secret with each request."""
    made = stock_client(**{"client_type": "public", **columns})
    flow = FlowClient(registered=replace(made.registered, client_secret=secret))
    flow.browser.force_login(PersonFactory())
    return flow


def refused(response: Any) -> str:
    """How it was refused: in the words of RFC 6749 §5.2 to the client, by the rule in the log."""
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    rule: str = AuditEvent.objects.get(reference=response["X-OAuth-Reference"]).rule
    return rule


@spec("RFC 6749 §2.3.1", "RFC 6749 §4.1.3", "RFC 6749 §6", "RFC 7009 §2.1")
@pytest.mark.parametrize("is_hashed", [True, False])
@pytest.mark.parametrize("where", ["header", "body"])
def test_the_right_secret_is_taken_at_code_refresh_and_revocation(
    where: str, is_hashed: bool
) -> None:
    app = public_app(hash_client_secret=is_hashed)
    said: dict[str, Any] = {"headers": app.basic}
    if where == "body":
        known = {"client_id": app.registered.client_id, "client_secret": SECRET}
        said = {"headers": {"Accept": "*/*"}, **known}
    tokens = app.redeem(app.code(), **said).json()
    refreshed = app.refresh(tokens["refresh_token"], **said)
    assert refreshed.status_code == 200, refreshed.content
    token = refreshed.json()["access_token"]
    assert app.post("revoke", token=token, **said).status_code == 200
    assert ClientSecret.objects.get().is_from_dot


@spec("RFC 6749 §3.2.1")
def test_it_may_leave_the_secret_out_as_before() -> None:
    app = public_app(secret="")
    assert app.refresh(app.tokens()["refresh_token"]).status_code == 200


@spec("RFC 6749 §5.2")
def test_a_wrong_secret_is_refused_and_the_code_stays_good() -> None:
    app = public_app()
    code = app.code()
    wrong = basic(app.registered.client_id, "wrong")
    assert refused(app.redeem(code, headers=wrong)) == "client_secret_must_match"
    tokens = app.redeem(code).json()
    assert (
        refused(app.refresh(tokens["refresh_token"], headers=wrong)) == "client_secret_must_match"
    )
    assert refused(app.post("revoke", token=tokens["access_token"], headers=wrong))
    assert app.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 6749 §2.3.1", "B-32")
def test_wrong_secrets_are_counted(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLIENT_GUESSES_PER_NETWORK": 3}
    app = public_app()
    wrong = basic(app.registered.client_id, "wrong")
    statuses = [app.refresh("x", headers=wrong).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


@spec("RFC 9700 §2.1.1", "RFC 7636 §4.4.1")
def test_its_secret_is_no_reason_to_leave_pkce_out(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": False}
    without = {"code_challenge": None, "code_challenge_method": None}
    assert answered(public_app().ask(**without))["error"] == "invalid_request"


@spec("RFC 6749 §4.4", "RFC 7662 §2.1")
@pytest.mark.parametrize("pkce", [True, False])
def test_its_secret_makes_it_no_confidential_client(settings: Any, pkce: bool) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": pkce}
    service = public_app(authorization_grant_type="client-credentials")
    own = service.token(grant_type="client_credentials", scope="notes:read")
    assert (own.status_code, own.json()["error"]) == (400, "unauthorized_client")
    asked = service.post("introspect", token="x")
    assert refused(asked) == "introspecting_client_must_be_confidential"


@spec("RFC 6749 §2.3")
def test_another_clients_secret_is_a_wrong_one() -> None:
    app = public_app()
    other = public_app(client_secret="another-secret-of-another-application")
    swapped = basic(app.registered.client_id, "another-secret-of-another-application")
    assert refused(app.refresh("x", headers=swapped)) == "client_secret_must_match"
    assert other.registered.client_id != app.registered.client_id


@spec("RFC 6749 §2.3.1")
def test_its_secret_goes_on_once_it_has_a_policy() -> None:
    app = public_app()
    ClientPolicy.objects.create(
        application=app.registered.application,
        preset="single-page-app",
        flows=["authorization-code-pkce", "refresh-token"],
        scopes=["notes:read"],
    )
    assert app.redeem(app.code()).status_code == 200


@spec("RFC 6749 §2.3.1")
@pytest.mark.parametrize("client_secret", ["", "!unusable"])
def test_one_that_has_no_secret_has_to_send_none(client_secret: str) -> None:
    app = public_app()
    rows = get_application_model().objects.filter(client_id=app.registered.client_id)
    rows.update(client_secret=client_secret)
    for sent in ("", "!unusable", "anything"):
        response = app.refresh("x", headers=basic(app.registered.client_id, sent))
        if sent:
            assert refused(response) == "public_client_must_not_send_a_secret"
        else:
            assert response.json()["error"] == "invalid_grant"


@spec("RFC 6749 §4.3", "RFC 9700 §2.4")
@pytest.mark.parametrize("secret", ["", SECRET])
@pytest.mark.parametrize("is_opened", [True, False])
def test_the_password_grant_is_for_public_ones_too_where_the_project_opened_it(
    settings: Any, is_opened: bool, secret: str
) -> None:
    if is_opened:
        opened = {"COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": False}
        settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, **opened}
    person = PersonFactory()
    person.set_password("correct horse")
    person.save()
    app = public_app(secret, authorization_grant_type="password")
    said = {"username": person.get_username(), "password": "correct horse", "scope": "notes:read"}
    answer = app.token(grant_type="password", **said)
    assert answer.status_code == (200 if is_opened else 400), answer.content
    assert is_opened or answer.json()["error"] == "unauthorized_client"
