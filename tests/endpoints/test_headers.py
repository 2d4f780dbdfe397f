"""The headers of every answer: kept by nobody, framed by nobody, running nothing."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.marks import spec

JSON_ENDPOINTS = ("token", "revoke", "introspect", "device-authorization")

#: Script or style that a page would have to be allowed to run inline.
INLINE = re.compile(r"<script|<style|<base|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def directives(response: Any) -> dict[str, list[str]]:
    """A Content-Security-Policy, taken apart."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def assert_no_store(response: Any) -> None:
    assert response["Cache-Control"] == "no-store"


def assert_json(response: Any, status: int) -> None:
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert_no_store(response)


@spec("RFC 6749 §5.1", "RFC 7662 §2.2", "B-2")
def test_answers_to_clients_are_json_that_nobody_keeps(flow: FlowClient) -> None:
    issued = flow.redeem(flow.code())
    tokens = issued.json()
    refreshed = flow.refresh(tokens["refresh_token"])
    token = refreshed.json()["access_token"]
    for response in (
        issued,
        refreshed,
        flow.post("introspect", token=token),
        flow.post("introspect", token="unknown"),
        flow.post("revoke", token=token),
        flow.post("revoke", token="unknown"),
    ):
        assert_json(response, 200)


@spec("RFC 6749 §5.2", "B-2")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
def test_refusals_to_clients_are_json_that_nobody_keeps(flow: FlowClient, endpoint: str) -> None:
    url = reverse(f"oauthflows:{endpoint}")
    nobody = {"Authorization": "Basic bm9ib2R5OndpdGhvdXQ="}
    assert_json(flow.post(endpoint, unheard_of="x"), 400)
    assert_json(flow.post(endpoint, headers=nobody, token="x", grant_type="password"), 401)
    assert_json(Client().post(url, "{}", content_type="application/json"), 415)


@spec("RFC 6749 §5.2", "B-2")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
def test_a_refusal_says_what_was_wrong_and_under_which_reference(
    flow: FlowClient, endpoint: str
) -> None:
    response = flow.post(endpoint, unheard_of="x")
    assert set(response.json()) == {"error", "error_description"}
    assert response["X-OAuth-Reference"] in response.json()["error_description"]


@spec("RFC 6749 §3.2", "B-2")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_clients_use_post(db: None, endpoint: str, method: str) -> None:
    response = Client().generic(method, reverse(f"oauthflows:{endpoint}"))
    assert_json(response, 405)
    assert response["Allow"] == "POST, OPTIONS"


@spec("RFC 6749 §3.1", "B-2")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_people_use_get_and_post(flow: FlowClient, method: str) -> None:
    response = flow.browser.generic(method, flow.authorization_url())
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


@pytest.fixture
def pages(flow: FlowClient) -> dict[str, Any]:
    """Every page the app shows to people."""
    flow.tokens()
    flow.ask(prompt="login")
    return {
        "sign in again": flow.ask(prompt="login"),
        "choose an account": flow.ask(prompt="select_account"),
        "consent": flow.ask(prompt="consent"),
        "consent with an error": flow.decide(scopes=(), prompt="consent"),
        "error": flow.ask(redirect_uri="https://evil.example/"),
        "connected apps": flow.browser.get(reverse("oauthflows:connected-apps")),
    }


@spec("RFC 9700 §4.16", "RFC 9700 §4.2.4", "B-2")
def test_pages_are_kept_framed_and_referred_to_by_nobody(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        assert page["Content-Type"].startswith("text/html"), name
        assert_no_store(page)
        assert page["X-Frame-Options"] == "DENY"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Content-Type-Options"] == "nosniff"


@spec("B-2")
def test_pages_run_nothing(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        policy = directives(page)
        assert policy["default-src"] == ["'none'"]
        assert policy["frame-ancestors"] == ["'none'"]
        assert policy["base-uri"] == ["'none'"]
        assert policy["style-src"] == ["'self'"]
        assert "script-src" not in policy
        assert "unsafe" not in page["Content-Security-Policy"]
        assert not INLINE.search(page.content.decode()), name


@spec("B-2")
@pytest.mark.parametrize(
    ("preset", "redirect_uri", "form_action"),
    [
        ("web-app", "https://client.example/callback", {"'self'", "https:"}),
        ("web-app", "http://localhost:3000/cb", {"'self'", "https:", "http://localhost:3000"}),
        ("native-app", "http://127.0.0.1:5001/cb", {"'self'", "https:", "http://127.0.0.1:5001"}),
        ("native-app", "http://[::1]:5001/cb", {"'self'", "https:", "http://[::1]:5001"}),
        ("native-app", "com.example.app:/cb", {"'self'", "https:", "com.example.app:"}),
    ],
)
def test_the_consent_forms_answer_may_leave_for_the_client_and_no_other_scheme(
    db: None, preset: str, redirect_uri: str, form_action: set[str]
) -> None:
    flow = FlowClient(registered=ClientFactory(preset=preset, redirect_uris=(redirect_uri,)))
    flow.browser.force_login(PersonFactory())
    assert set(directives(flow.ask())["form-action"]) == form_action


@spec("B-2")
def test_a_page_that_leads_nowhere_sends_its_forms_to_this_site_alone(
    pages: dict[str, Any],
) -> None:
    for name in ("error", "connected apps"):
        assert directives(pages[name])["form-action"] == ["'self'"]


@spec("B-2")
def test_a_clients_logo_is_the_one_foreign_image(flow: FlowClient) -> None:
    flow.registered.policy.logo_uri = "https://cdn.example/logo.png"
    flow.registered.policy.save()
    assert directives(flow.ask())["img-src"] == ["'self'", "https://cdn.example"]


@spec("RFC 6749 §4.1.2", "RFC 9700 §4.2.4", "B-2")
def test_the_way_back_to_the_client_is_kept_by_nobody(flow: FlowClient) -> None:
    for response in (flow.decide(), flow.decide("deny", prompt="consent"), flow.ask(scope="x")):
        assert response.status_code in (302, 303)
        assert_no_store(response)
        assert response["Referrer-Policy"] == "no-referrer"


@spec("RFC 9700 §4.12", "B-2")
def test_no_browser_posts_the_persons_form_on_to_the_client(flow: FlowClient) -> None:
    assert flow.decide().status_code == 303
    assert flow.decide("deny", prompt="consent").status_code == 303


@spec("B-2")
def test_the_way_to_the_sign_in_page_is_kept_by_nobody(flow: FlowClient) -> None:
    flow.browser.logout()
    response = flow.ask()
    assert response.status_code == 302
    assert_no_store(response)
