"""What a person sees: the whole way from the demo client to the connected apps page and back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from django_oauthflows.rules.pkce import s256
from django_oauthflows.testing.assertions import client_key, key_set_of
from tests.browser.conftest import Demo
from tests.marks import spec

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str = "ada") -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"demo-{name}-2026")
    page.get_by_role("button", name="Sign in").click()


def start(page: Page, demo: str) -> None:
    page.goto(f"{demo}/client/")
    page.get_by_role("button", name="Sign in with the demo provider").click()


@spec("RFC 6749 §4.1", "RFC 7636 §4", "B-14", "B-15", "B-21")
def test_a_person_consents_to_less_and_later_withdraws(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(demo)
    picture("start")
    start(page, demo)
    picture("sign-in")
    sign_in(page)

    expect(page.get_by_role("heading", level=1)).to_contain_text("Notes Web")
    picture("consent")
    page.get_by_label("Write and change your notes").uncheck()
    page.get_by_role("button", name="Allow").click()

    expect(page).to_have_url(f"{demo}/client/")
    expect(page.get_by_text("Note G")).to_be_visible()
    expect(page.get_by_text("You did not let this app write notes.")).to_be_visible()
    picture("notes")

    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_text("Note G")).to_be_visible()

    page.goto(f"{demo}/o/connected-apps/")
    expect(page.get_by_text("Notes Web")).to_be_visible()
    expect(page.get_by_text("Write and change your notes")).not_to_be_visible()
    picture("connected-apps")
    page.get_by_role("link", name="Withdraw access").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw the access of Notes Web?")
    picture("withdraw")
    page.get_by_role("link", name="No, keep it").click()
    page.get_by_role("link", name="Withdraw access").click()
    page.get_by_role("button", name="Withdraw access").click()
    expect(page.get_by_role("status")).to_contain_text("Notes Web no longer has access.")
    picture("withdrawn")

    answer = page.goto(f"{demo}/client/")
    assert answer is not None
    expect(page.get_by_role("alert")).to_contain_text(
        "The provider says this access was withdrawn."
    )
    expect(page.get_by_role("alert")).to_contain_text("401")
    picture("ended")


@spec("RFC 6749 §4.1.2.1", "B-16")
def test_a_person_denies(page: Page, demo: str, picture: Callable[[str], None]) -> None:
    start(page, demo)
    sign_in(page, "grace")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_contain_text("access_denied")
    picture("denied")


@spec("RFC 6749 §4.1.2.1", "B-8")
def test_a_wrong_redirect_uri_ends_on_a_page(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(
        f"{demo}/o/authorize/?response_type=code&client_id=nobody&redirect_uri=https://evil.example/"
    )
    assert page.url.startswith(demo)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture("error")


@spec("RFC 6749 §2.3.1", "B-7")
def test_an_administrator_adds_a_service_and_sees_its_secret_once(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/admin/oauth2_provider/application/add/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()
    picture("admin-presets")
    page.get_by_role("link", name="A service", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Nightly report")
    page.get_by_label("notes:read: Read your notes").first.check()
    picture("admin-add")
    page.get_by_role("button", name="Add client").click()
    secret = page.locator("code.oauthflows-secret").inner_text()
    assert len(secret) == 43
    picture("admin-secret")
    page.get_by_role("link", name="Go to the client").click()
    assert secret not in page.content()
    picture("admin-client")


@spec("RFC 7591 §2", "RFC 7523 §2.1")
def test_an_administrator_adds_a_service_with_a_key_of_its_own(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/admin/oauth2_provider/application/add/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="A service with a key of its own").click()
    page.get_by_label("Name", exact=True).fill("Courier")
    page.get_by_label("notes:read: Read your notes").first.check()
    private = json.dumps({"keys": [client_key().as_dict(private=True)]})
    page.get_by_label("Public keys (optional)", exact=True).fill(private)
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text("this is a private key")).to_be_visible()
    picture("admin-add-key")
    page.get_by_label("Public keys (optional)", exact=True).fill(
        json.dumps(key_set_of(client_key()))
    )
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text("it signs with its own key")).to_be_visible()
    picture("admin-key-added")
    page.get_by_role("link", name="Go to the client").click()
    expect(page.get_by_label("Keep it readable")).to_be_visible()
    picture("admin-client-with-key")


@spec("RFC 8252 §7.3", "RFC 8252 §8.6", "B-2")
def test_a_native_app_is_reached_on_the_port_it_listens_at(page: Page, running_demo: Demo) -> None:
    """The browser holds the redirect after the consent form against the page's form-action."""
    with listening_app() as (redirect_uri, arrived):
        query = {
            "response_type": "code",
            "client_id": running_demo.client_id("native-app"),
            "redirect_uri": redirect_uri,
            "scope": "notes:read",
            "code_challenge": s256("a" * 43),
            "code_challenge_method": "S256",
        }
        page.goto(f"{running_demo.origin}/o/authorize/?{urlencode(query)}")
        sign_in(page, "grace")
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_text("You may close this window.")).to_be_visible()
    answer = parse_qs(urlsplit(arrived[0]).query)
    assert answer["iss"] == [f"{running_demo.origin}/o"]
    assert len(answer["code"][0]) >= 43


@contextmanager
def listening_app() -> Iterator[tuple[str, list[str]]]:
    """A native app that waits at a loopback port: its redirect URI, and the requests it got."""
    arrived: list[str] = []

    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            arrived.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>You may close this window.</p>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), App)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/callback", arrived
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
