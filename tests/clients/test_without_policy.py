"""Applications without a policy: a running site's clients keep what they had, and no row changes."""

from collections.abc import Callable
from typing import Any

import pytest
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import PersonFactory
from tests.clients.stock import stock_client
from tests.marks import spec


def signed_in(flow: FlowClient) -> FlowClient:
    flow.browser.force_login(PersonFactory())
    return flow


@pytest.fixture(autouse=True)
def fast(slow_hashes: Callable[[], int]) -> None:
    """DOT's own secrets cost half a second each; what they cost is a test of its own."""


@spec("RFC 6749 §4.1", "RFC 7636 §4.4", "B-9")
@pytest.mark.parametrize("client_type", ["confidential", "public"])
def test_the_code_flow_works_from_consent_to_refresh(db: None, client_type: str) -> None:
    flow = signed_in(stock_client(client_type=client_type))
    tokens = flow.tokens()
    assert tokens["scope"] == "notes:read"
    assert flow.refresh(tokens["refresh_token"]).status_code == 200
    assert flow.post("revoke", token=tokens["access_token"]).status_code == 200


@spec("RFC 6749 §4.4", "B-9")
def test_client_credentials_work(db: None) -> None:
    flow = stock_client(authorization_grant_type="client-credentials")
    assert flow.token(grant_type="client_credentials", scope="notes:read").status_code == 200


@spec("RFC 6749 §5.2", "RFC 6749 §4.1.2.1")
@pytest.mark.parametrize(
    ("stored", "may_sign_in", "may_act_for_itself", "may_refresh"),
    [
        ("authorization-code", True, False, True),
        ("openid-hybrid", True, False, True),
        ("client-credentials", False, True, True),
        ("implicit", False, False, False),
        ("password", False, False, True),
        ("urn:ietf:params:oauth:grant-type:device_code", False, False, True),
    ],
)
def test_an_application_keeps_the_one_flow_it_had(
    db: None, stored: str, may_sign_in: bool, may_act_for_itself: bool, may_refresh: bool
) -> None:
    flow = signed_in(stock_client(authorization_grant_type=stored))
    page = flow.ask()
    assert (page.status_code == 200) == may_sign_in
    assert may_sign_in or answered(page)["error"] == "unauthorized_client"
    own = flow.token(grant_type="client_credentials", scope="notes:read")
    assert (own.status_code == 200) == may_act_for_itself
    assert may_act_for_itself or own.json()["error"] == "unauthorized_client"
    refreshed = flow.refresh("unknown").json()["error"]
    assert refreshed == ("invalid_grant" if may_refresh else "unauthorized_client")


@spec("RFC 7636 §4.4.1", "B-13")
@pytest.mark.parametrize("client_type", ["confidential", "public"])
def test_pkce_is_asked_of_it_as_of_everyone(db: None, client_type: str) -> None:
    flow = signed_in(stock_client(client_type=client_type))
    without = {"code_challenge": None, "code_challenge_method": None}
    assert answered(flow.ask(**without))["error"] == "invalid_request"
    assert answered(flow.ask(code_challenge_method="plain"))["error"] == "invalid_request"


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_project_that_switched_pkce_off_keeps_its_old_clients(db: None, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": False}
    without = {"code_challenge": None, "code_challenge_method": None}
    confidential = signed_in(stock_client())
    code = answered(confidential.decide(**without))["code"]
    assert confidential.redeem(code, code_verifier=None).status_code == 200
    public = signed_in(stock_client(client_type="public"))
    assert answered(public.ask(**without))["error"] == "invalid_request"


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_projects_function_says_which_clients_with_a_secret_need_pkce(
    db: None, settings: Any
) -> None:
    asked: list[str] = []
    old, new = signed_in(stock_client()), signed_in(stock_client())
    public = signed_in(stock_client(client_type="public"))

    def needs_pkce(client_id: str) -> bool:
        asked.append(client_id)
        return client_id != old.registered.client_id

    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": needs_pkce}
    without = {"code_challenge": None, "code_challenge_method": None}
    code = answered(old.decide(**without))["code"]
    assert old.redeem(code, code_verifier=None).status_code == 200
    assert answered(new.ask(**without))["error"] == "invalid_request"
    assert answered(public.ask(**without))["error"] == "invalid_request"
    assert public.registered.client_id not in asked


@spec("RFC 6749 §3.3", "B-9")
def test_its_scopes_are_those_of_dots_backend_and_none_by_default(db: None, settings: Any) -> None:
    flow = stock_client(authorization_grant_type="client-credentials")
    facts = client_of(flow.registered.client_id)
    assert facts is not None
    assert facts.scopes == frozenset(settings.OAUTH2_PROVIDER["SCOPES"])
    assert facts.default_scopes == frozenset()
    assert flow.token(grant_type="client_credentials").json()["error"] == "invalid_scope"
    beyond = flow.token(grant_type="client_credentials", scope="notes:read admin")
    assert beyond.json()["scope"] == "notes:read"


@spec("RFC 6749 §3.3", "B-9")
def test_a_projects_own_default_scopes_are_given(db: None, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["profile"]}
    flow = stock_client(authorization_grant_type="client-credentials")
    assert flow.token(grant_type="client_credentials").json()["scope"] == "profile"


@spec("B-15")
def test_dots_own_word_on_consent_is_kept(db: None) -> None:
    asked = signed_in(stock_client())
    assert asked.ask().status_code == 200
    trusted = signed_in(stock_client(skip_authorization=True))
    assert "code" in answered(trusted.ask())


@spec("RFC 8252 §7.3", "B-8")
def test_its_loopback_port_is_as_free_as_it_was(db: None) -> None:
    flow = signed_in(stock_client(redirect_uris="http://127.0.0.1/cb", client_type="public"))
    assert flow.ask(redirect_uri="http://127.0.0.1:5000/cb").status_code == 200


def test_using_it_touches_no_row_of_its_own(db: None) -> None:
    flow = signed_in(stock_client())
    rows = get_application_model().objects.filter(client_id=flow.registered.client_id)
    before = rows.values().get()
    flow.refresh(flow.tokens()["refresh_token"])
    assert rows.values().get() == before
    assert not ClientPolicy.objects.exists()


@spec("B-20")
def test_disabling_it_takes_a_policy(db: None) -> None:
    flow = signed_in(stock_client())
    token = flow.tokens()["refresh_token"]
    ClientPolicy.objects.create(
        application=flow.registered.application,
        preset="web-app",
        flows=["authorization-code-pkce", "refresh-token"],
        scopes=["notes:read"],
        is_enabled=False,
    )
    assert flow.refresh(token).status_code == 401
