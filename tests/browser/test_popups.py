"""A single-page app signs a person in within a pop-up window, and gets its answer from it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from tests.marks import spec
from tests.servers import html_site

#: The app opens a window, and waits; the window that came back tells it what it brought.
APP = """<!doctype html><h1>The app</h1><p id="told">nothing yet</p>
<button onclick="window.open('{url}', 'sign-in', 'width=500,height=700')">Sign in</button>
<script>
addEventListener('message', event => document.getElementById('told').textContent = event.data)
</script>"""
CALLBACK = """<!doctype html><script>
if (window.opener) {
  opener.postMessage(location.search.includes('code=') ? 'signed in' : 'refused', '*')
  close()
}
</script>Nobody is waiting."""


@pytest.fixture
def app() -> Iterator[Any]:
    """The site of the app, on another host than the server's, and the link that its button opens."""
    link = {"url": ""}

    def page_at(path: str) -> str:
        return CALLBACK if path.startswith("/callback") else APP.replace("{url}", link["url"])

    with html_site(page_at) as site:
        yield site, link


@pytest.mark.parametrize("is_allowed", [True, False])
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.endpoints.urls_with_popups")
@spec("HTML Standard §7.1.3")
def test_the_window_that_was_opened_brings_the_answer_back(
    browser: Browser, live_server: Any, app: Any, settings: Any, is_allowed: bool
) -> None:
    settings.OAUTHFLOWS = {"ALLOW_POPUPS": is_allowed}
    site, link = app
    server = live_server.url.replace("127.0.0.1", "localhost")
    person = PersonFactory()
    redirect_uri = f"{site}/callback"
    registered = ClientFactory(preset="native-app", redirect_uris=[redirect_uri])
    flow = FlowClient(registered=registered)
    link["url"] = server + flow.authorization_url(redirect_uri=redirect_uri)
    with browser.new_page() as page:
        page.goto(site)
        with page.expect_popup() as opened:
            page.get_by_role("button", name="Sign in").click()
        popup = opened.value
        popup.get_by_label("Username").fill(person.username)
        popup.get_by_label("Password").fill(PASSWORD)
        popup.get_by_role("button", name="Log in").click()
        popup.get_by_role("button", name="Allow").click()
        if is_allowed:
            expect(page.locator("#told")).to_have_text("signed in")
        else:
            expect(popup.get_by_text("Nobody is waiting.")).to_be_visible()
            expect(page.locator("#told")).to_have_text("nothing yet")
