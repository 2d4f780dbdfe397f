"""A person signs in again because a client asks for it, chooses an account, and the answer is posted."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from django_oauthflows.rules.pkce import s256
from tests.browser.conftest import Demo
from tests.browser.test_demo import sign_in
from tests.marks import spec

pytestmark = pytest.mark.browser

CALLBACK = "http://localhost:5173/callback"


def link(demo: Demo, **changes: str) -> str:
    """An authorization request of the demo's single-page app."""
    query = {
        "response_type": "code",
        "client_id": demo.client_id("single-page-app"),
        "redirect_uri": CALLBACK,
        "scope": "notes:read",
        "state": 'a "state" <of> its own',
        "code_challenge": s256("a-verifier-of-legal-length-made-of-unreserved-characters"),
        "code_challenge_method": "S256",
        **changes,
    }
    return f"{demo.origin}/o/authorize/?{urlencode(query)}"


def listen(page: Page) -> list[Request]:
    """Stand in for the client's own site: what the browser sends it."""
    heard: list[Request] = []

    def answer(route: Route) -> None:
        heard.append(route.request)
        route.fulfill(status=200, content_type="text/html", body="<h1>The client</h1>")

    page.route(f"{CALLBACK}**", answer)
    return heard


@spec("OpenID Connect Core §3.1.2.1", "OAuth 2.0 Form Post Response Mode §2", "B-28")
def test_a_person_signs_in_again_and_the_answer_is_posted(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    heard = listen(page)
    again = link(running_demo, prompt="login", response_mode="form_post", login_hint="ada")
    page.goto(link(running_demo))
    sign_in(page)
    expect(page.get_by_role("button", name="Allow")).to_be_visible()

    page.goto(again)
    expect(page.get_by_label("Username")).to_have_value("ada")
    page.goto(again)
    expect(page.get_by_role("heading", level=1)).to_contain_text("sign in again")
    picture("sign-in-again")
    page.get_by_role("button", name="Sign in again").click()
    sign_in(page)
    page.get_by_role("button", name="Allow").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Back to the app")
    expect(page.get_by_text("localhost:5173")).to_be_visible()
    picture("form-post")
    assert heard == []
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The client")
    (posted,) = heard
    answer = parse_qs(posted.post_data or "")
    assert posted.method == "POST"
    assert answer["state"] == ['a "state" <of> its own']
    assert "code" in answer


@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_a_person_chooses_an_account(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    listen(page)
    page.goto(link(running_demo))
    sign_in(page)
    page.goto(link(running_demo, prompt="select_account consent"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which account")
    picture("choose-account")
    page.get_by_role("button", name="Use another account").click()
    sign_in(page, "grace")
    expect(page.locator(".of-account")).to_contain_text("Grace")


@spec("OAuth 2.0 Form Post Response Mode §2", "B-2", "B-28")
def test_the_form_is_posted_by_itself_where_scripts_run(
    browser: Browser, running_demo: Demo
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    heard = listen(page)
    page.goto(link(running_demo, response_mode="form_post", prompt="consent"))
    sign_in(page)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The client")
    assert parse_qs(heard[0].post_data or "")["error"] == ["access_denied"]
    assert [text for text in said if "Content Security Policy" in text] == []
    context.close()
