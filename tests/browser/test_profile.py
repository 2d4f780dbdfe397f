"""An administrator tightens a client: what that would have refused is seen before it is refused."""

import json
import re
import subprocess
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MANAGE, Demo
from tests.browser.test_demo import sign_in
from tests.marks import spec

pytestmark = pytest.mark.browser

#: A page of the demo's own that is not there: its address is all that is looked at.
CALLBACK = "/desk/callback"


def old_client(demo: Demo, name: str) -> str:
    """The id of a new client of the legacy profile."""
    command = ["oauthflows_register_client", "--preset", "web-app", "--profile", "legacy"]
    chosen = [
        "--name",
        name,
        "--redirect-uri",
        demo.origin + CALLBACK,
        "--scope",
        "notes:read",
        "--json",
    ]
    printed = subprocess.run(
        [*MANAGE, *command, *chosen],
        env=demo.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    client_id: str = json.loads(printed.stdout)["client_id"]
    return client_id


def request_without_pkce(demo: Demo, client_id: str, state: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": demo.origin + CALLBACK,
        "scope": "notes:read",
        "state": state,
    }
    return f"{demo.origin}/o/authorize/?{urlencode(asked)}"


@spec("OAuth 2.1 §4.1.1")
def test_an_administrator_tries_a_profile_and_then_chooses_it(
    page: Page, running_demo: Demo, picture: Callable[[str], None], request: pytest.FixtureRequest
) -> None:
    name = f"Old Desk {request.node.callspec.id}"
    client_id = old_client(running_demo, name)
    page.goto(request_without_pkce(running_demo, client_id, "first"))
    sign_in(page)
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile("code="))
    page.goto(request_without_pkce(running_demo, client_id, "second"))
    expect(page).to_have_url(re.compile("state=second"))

    page.goto(f"{running_demo.origin}/admin/oauth2_provider/application/?q={client_id}")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name="Try another security profile")).to_be_visible()
    picture("client-with-profile")
    page.get_by_role("link", name="Try another security profile").click()
    expect(page.get_by_role("button", name="Try it")).to_be_visible()
    picture("profile")
    page.get_by_label("Security profile").select_option("standard")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("2 of 2 requests of the last 30 days")).to_be_visible()
    expect(page.get_by_text("code_challenge_must_be_sent").last).to_be_visible()
    picture("profile-tried")
    page.get_by_role("link", name="Leave it").click()

    page.get_by_role("link", name="All settings").first.click()
    page.locator("#id_oauthflows_policy-0-profile").select_option("standard")
    page.get_by_role("button", name="Save", exact=True).click()
    box = page.get_by_label("I have read which requests would have been refused")
    expect(box).to_be_visible()
    picture("all-settings-tried")

    page.goto(f"{running_demo.origin}/admin/oauth2_provider/application/?q={client_id}")
    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name="Try another security profile").click()
    page.get_by_label("Security profile").select_option("standard")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Choose this profile").click()
    expect(page.get_by_text("The client was changed.")).to_be_visible()
    page.goto(request_without_pkce(running_demo, client_id, "third"))
    expect(page).to_have_url(re.compile("error=invalid_request"))
