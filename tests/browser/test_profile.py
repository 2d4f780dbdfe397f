"""An administrator tightens a client: what that would have refused is seen before it is refused."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MANAGE, Demo
from tests.browser.test_demo import sign_in
from tests.marks import spec
from tests.servers import free_port, html_site
from tests.tls import certificates, tls_front

pytestmark = pytest.mark.browser


@pytest.fixture
def callback(tmp_path: Path) -> Iterator[str]:
    """The redirect URI of a site on the web: on a person's own device each code needs PKCE."""
    port = free_port()
    with html_site(lambda path: "<h1>The desk</h1>") as site:
        certificate = certificates(tmp_path).server
        with tls_front(port, passes_on_to=urlsplit(site).port or 0, certificate=certificate):
            yield f"https://desk.clients.test:{port}/callback"


def old_client(demo: Demo, name: str, callback: str) -> str:
    """The id of a new client of the legacy profile."""
    command = ["oauthflows_register_client", "--preset", "web-app", "--profile", "legacy"]
    chosen = [
        "--name",
        name,
        "--redirect-uri",
        callback,
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


def request_without_pkce(demo: Demo, client_id: str, callback: str, state: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": callback,
        "scope": "notes:read",
        "state": state,
    }
    return f"{demo.origin}/o/authorize/?{urlencode(asked)}"


@spec("OAuth 2.1 §4.1.1")
def test_an_administrator_tries_a_profile_and_then_chooses_it(
    page: Page,
    running_demo: Demo,
    picture: Callable[[str], None],
    request: pytest.FixtureRequest,
    callback: str,
) -> None:
    name = f"Old Desk {request.node.callspec.id}"
    client_id = old_client(running_demo, name, callback)
    page.goto(request_without_pkce(running_demo, client_id, callback, "first"))
    sign_in(page)
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile("code="))
    page.goto(request_without_pkce(running_demo, client_id, callback, "second"))
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
    page.goto(request_without_pkce(running_demo, client_id, callback, "third"))
    expect(page).to_have_url(re.compile("error=invalid_request"))
