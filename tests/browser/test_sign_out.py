"""A person sees where they are signed in, and signs out, in a real browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from tests.browser.test_demo import sign_in
from tests.identity.stories import AS_PROVIDER
from tests.marks import conformance, spec

pytestmark = pytest.mark.browser


@spec("B-20", "B-31")
def test_an_administrator_signs_a_browser_out_after_a_question(
    page: Page, browser: Browser, demo: str, picture: Callable[[str], None]
) -> None:
    other = browser.new_context(java_script_enabled=False)
    telephone = other.new_page()
    telephone.goto(f"{demo}/o/sessions/")
    sign_in(telephone, "grace")
    page.goto(f"{demo}/o/sessions/")
    sign_in(page)
    page.goto(f"{demo}/admin/oauthflows/providersession/")
    page.locator("tr", has_text="grace").first.locator("[name=_selected_action]").check()
    page.locator("select[name=action]").select_option("end_selected")
    page.locator("button[name=index]").click()
    expect(page.get_by_text("1 row is chosen.")).to_be_visible()
    picture("sign-out-chosen")
    page.get_by_role("button", name="Sign out these browsers").click()
    expect(page.get_by_text("1 browser was signed out.")).to_be_visible()
    other.close()


@spec("B-20", "B-31")
def test_a_person_signs_a_forgotten_browser_out(
    page: Page, browser: Browser, demo: str, picture: Callable[[str], None]
) -> None:
    forgotten = browser.new_context(
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
        java_script_enabled=False,
    )
    telephone = forgotten.new_page()
    for one in (telephone, page):
        one.goto(f"{demo}/o/sessions/")
        sign_in(one, "grace")
        expect(one.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
    expect(page.get_by_text("This browser")).to_be_visible()
    picture("sessions")
    page.get_by_role("link", name="Sign out Safari on iPhone").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign out Safari on iPhone?")
    picture("sign-out-a-browser")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("That browser was signed out.")
    telephone.reload()
    expect(telephone.get_by_label("Username")).to_be_visible()
    forgotten.close()

    page.get_by_role("link", name="Connected apps").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connected apps")
    picture("connected-apps-tabs")
    page.get_by_role("link", name="Your browsers").click()
    page.get_by_role("link", name="Sign out here").click()
    picture("sign-out")
    page.get_by_role("button", name="No, stay").click()
    expect(page.get_by_role("status")).to_contain_text("You are still signed in")
    picture("stayed")
    page.get_by_role("link", name="where you are signed in").click()
    page.get_by_role("link", name="Sign out here").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    picture("signed-out")
    page.goto(f"{demo}/o/logout/?post_logout_redirect_uri=https://evil.example/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You were not signed out")
    picture("sign-out-refused")


@contextmanager
def client_site() -> Iterator[tuple[str, list[str]]]:
    """A client's own server: its origin, and which of its pages were opened."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/favicon.ico":
                opened.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>The client</h1>")

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal of the suite."""

    opened: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", opened
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def provider(settings: Any, live_server: Any) -> str:
    """The site of the tests, served, as an OpenID Provider."""
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    return str(live_server.url)


@spec("OpenID Connect Front-Channel Logout 1.0 §3", "B-31")
@conformance("oidcc-frontchannel-rp-initiated-logout")
def test_the_clients_page_is_loaded_and_the_browser_goes_on(
    page: Page, browser: Browser, provider: str, picture: Callable[[str], None]
) -> None:
    with client_site() as (client, opened):
        person = PersonFactory()
        registered = ClientFactory(
            redirect_uris=[f"{client}/callback"],
            post_logout_redirect_uris=[f"{client}/signed-out"],
            frontchannel_logout_uri=f"{client}/front",
        )
        flow = FlowClient(registered=registered)
        wanted = (
            f"{provider}/o/logout/?client_id={registered.client_id}"
            f"&post_logout_redirect_uri={client}/signed-out&state=s"
        )

        def sign_in_and_out(one: Page) -> None:
            one.goto(provider + flow.authorization_url())
            one.locator("[name=username]").fill(person.username)
            one.locator("[name=password]").fill(PASSWORD)
            one.locator("[type=submit]").click()
            # It is answered on this device, where nobody is let in in silence.
            one.get_by_role("button", name="Allow").click()
            one.wait_for_url(f"{client}/callback?*")
            flow.redeem(one.url.split("code=")[1].split("&")[0])
            opened.clear()
            one.goto(wanted)
            one.get_by_role("button", name="Sign out").click()

        sign_in_and_out(page)
        expect(page.get_by_role("status")).to_contain_text("You are signed out")
        picture("signed-out-with-frames")
        page.wait_for_url(f"{client}/signed-out?state=s")
        assert opened[0].startswith("/front?iss=")

        with_scripts = browser.new_context().new_page()
        said: list[str] = []
        with_scripts.on("console", lambda message: said.append(message.text))
        sign_in_and_out(with_scripts)
        with_scripts.wait_for_url(f"{client}/signed-out?state=s", timeout=3000)
        assert opened[0].startswith("/front?iss=")
        assert [text for text in said if "Content Security Policy" in text] == []
        with_scripts.context.close()
