"""What a person sees of a client that registered itself, and an administrator of those who may."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Page, expect

from django_oauthflows.rules.pkce import s256
from tests.browser.test_administration import log_in
from tests.browser.test_demo import sign_in
from tests.marks import spec

pytestmark = pytest.mark.browser

CALLBACK = "https://client.example/callback"
VERIFIER = "a-verifier-of-legal-length-made-of-unreserved-characters"


def register(demo: str, said: dict[str, Any]) -> dict[str, Any]:
    """What a client is told that registers itself."""
    told: dict[str, Any] = requests.post(f"{demo}/o/register/", json=said, timeout=10).json()
    return told


def asking(demo: str, told: dict[str, Any], **more: str) -> str:
    """The URL at which such a client asks for a code."""
    request = {
        "response_type": "code",
        "client_id": told["client_id"],
        "redirect_uri": CALLBACK,
        "code_challenge": s256(VERIFIER),
        "code_challenge_method": "S256",
        **more,
    }
    return f"{demo}/o/authorize/?{urlencode(request)}"


@spec("RFC 7591 §5", "B-14")
def test_a_person_is_told_that_a_client_registered_itself(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    said = {
        "client_name": "Notes of a Stranger",
        "client_uri": "https://client.example/",
        "policy_uri": "https://client.example/privacy",
        "tos_uri": "https://client.example/terms",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
    }
    told = register(demo, said)

    page.goto(asking(demo, told, scope=told["scope"].split()[-1], nonce="a-nonce"))
    sign_in(page)

    expect(page.get_by_role("heading", level=1)).to_contain_text("Notes of a Stranger")
    expect(page.get_by_text("This app registered itself.")).to_be_visible()
    picture("consent-registered-itself")


@spec("RFC 6749 §3.3", "RFC 7591 §2")
def test_a_person_sees_what_an_agent_asks_for_that_steps_up(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.route(f"{CALLBACK}**", lambda route: route.fulfill(body="Welcome back."))
    said = {
        "client_name": "An agent",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
        "scope": "profile",
    }
    told = register(demo, said)
    assert told["scope"] == "profile"
    page.goto(asking(demo, told, scope="profile"))
    sign_in(page)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Welcome back.")).to_be_visible()

    page.goto(asking(demo, told, scope="profile email"))
    expect(page.get_by_text("See your email address")).to_be_visible()
    picture("consent-step-up")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Welcome back.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{demo}/admin/oauth2_provider/application/?q={told['client_id']}")
    log_in(page)
    page.get_by_role("link", name="An agent").first.click()
    expect(page.get_by_text("People see a page before it gets more.")).to_be_visible()
    picture("client-that-steps-up")


@spec("RFC 7591 §1.2")
def test_an_administrator_issues_an_initial_access_token(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/admin/oauthflows/initialaccesstoken/add/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()
    picture("initial-token-add")
    page.get_by_label("Label").fill("Ada's team")
    page.get_by_role("button", name="Issue token").click()

    expect(page.get_by_text("Copy the token now")).to_be_visible()
    picture("initial-token-created")
    page.get_by_role("link", name="Go to the tokens").click()
    expect(page.get_by_role("link", name="Ada's team").first).to_be_visible()
