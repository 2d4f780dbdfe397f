"""What a person sees of a client that says too much of itself, and that it spoils no other page."""

import subprocess
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import MANAGE, Demo
from tests.browser.test_demo import sign_in, start
from tests.browser.test_registration import CALLBACK, asking, register
from tests.marks import spec

pytestmark = pytest.mark.browser


#: A row that is older than the rule about hosts: its logo would close every form.
SPOIL = """
from django_oauthflows.clients.models import ClientPolicy
logo = "https://x.example;form-action 'none',/logo.png"
ClientPolicy.objects.filter(application__name="Notes Web").update(logo_uri=logo)
"""


@spec("RFC 7591 §5", "B-14")
def test_a_person_is_told_that_a_home_page_was_not_verified(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    said = {
        "client_name": "Your Bank",
        "client_uri": "https://bank.example/",
        "logo_uri": "https://bank.example/logo.png",
        "policy_uri": "https://bank.example/privacy",
        "tos_uri": "https://bank.example/terms",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
    }
    told = register(demo, said)
    page.goto(asking(demo, told, scope=told["scope"].split()[-1], nonce="a-nonce"))
    sign_in(page)
    expect(page.get_by_text("It says its home page is at bank.example.")).to_be_visible()
    expect(page.get_by_text("It names a privacy policy at bank.example.")).to_be_visible()
    expect(page.get_by_text("Not verified")).to_have_count(4)
    expect(page.locator("img")).to_have_count(0)
    picture("consent-unverified-addresses")


@pytest.mark.parametrize("mode", ["query", "form_post"])
@spec("RFC 9700 §4.11.2", "RFC 6749 §4.1.2.1")
def test_a_link_of_a_stranger_leads_to_its_app_only_by_the_button(
    page: Page, demo: str, picture: Callable[[str], None], mode: str
) -> None:
    said = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
    told = requests.post(f"{demo}/o/register/", json=said, timeout=10).json()
    page.route(f"{CALLBACK}**", lambda route: route.fulfill(body="The app of a stranger"))
    request = {
        "response_type": "code",
        "client_id": told["client_id"],
        "redirect_uri": CALLBACK,
        "response_mode": mode,
        "scope": "openid",  # and no code_challenge
    }
    page.goto(f"{demo}/o/authorize/?{urlencode(request)}")
    expect(page.get_by_role("heading", name="Go back to the app?")).to_be_visible()
    picture(f"return-to-client-{mode}")
    # A form posts by its button, and a link is a link.
    page.get_by_text("Go to client.example").click()
    expect(page.get_by_text("The app of a stranger")).to_be_visible()
    assert ("error=invalid_request" in page.url) is (mode == "query")


@spec("B-15", "B-2")
def test_a_logo_that_would_end_a_directive_stops_no_form(page: Page, running_demo: Demo) -> None:
    start(page, running_demo.origin)
    sign_in(page)
    allow = page.get_by_role("button", name="Allow")
    if allow.count():
        allow.click()
    expect(page).to_have_url(f"{running_demo.origin}/client/")
    spoil = [*MANAGE, "shell", "-c", SPOIL]
    subprocess.run(spoil, env=running_demo.environment, check=True, capture_output=True)
    page.goto(f"{running_demo.origin}/o/connected-apps/")
    expect(page.locator("img")).to_have_count(0)
    page.get_by_role("link", name="Withdraw access").click()
    page.get_by_role("button", name="Withdraw access").click()
    expect(page.get_by_role("status")).to_contain_text("Notes Web no longer has access.")
