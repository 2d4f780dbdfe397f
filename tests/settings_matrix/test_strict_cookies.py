"""Session cookies with SameSite=Strict: whoever comes from a client is still known as who they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec
from tests.servers import html_site
from tests.stories import begin

#: What a browser says of a page that another site led it to, and of one that it opened from this site.
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
HERE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}


@pytest.fixture(autouse=True)
def strict(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.SESSION_COOKIE_SAMESITE = "Strict"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["authorize", "logout"])
@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-31")
def test_a_page_that_lacks_the_cookie_is_opened_again_from_this_site(page: str) -> None:
    story = begin(scopes=("openid",))
    url = story.authorization_url() if page == "authorize" else "/o/logout/?state=a%26b"
    cookie = story.browser.cookies.pop("sessionid")
    once = story.browser.get(url, headers=ELSEWHERE)
    assert once.status_code == 200
    assert 'http-equiv="refresh"' in once.content.decode()
    assert url.replace("&", "&amp;") in once.content.decode()
    assert "signed out" not in once.content.decode()
    story.browser.cookies["sessionid"] = cookie.value
    again = story.browser.get(url, headers=HERE)
    assert 'http-equiv="refresh"' not in again.content.decode()
    assert story.person.username in again.content.decode() or page == "logout"
    assert "_auth_user_id" in story.browser.session


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        {},
        {**ELSEWHERE, "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"},
    ],
)
def test_any_other_request_is_answered_at_once(headers: dict[str, str]) -> None:
    story = begin()
    story.browser.cookies.pop("sessionid")
    assert story.browser.get(story.authorization_url(), headers=headers).status_code == 302


@pytest.mark.django_db
def test_a_cookie_that_comes_along_anyway_needs_nothing(settings: Any) -> None:
    story = begin()
    assert b"decision" in story.browser.get(story.authorization_url(), headers=ELSEWHERE).content
    settings.SESSION_COOKIE_SAMESITE = "Lax"
    story.browser.cookies.pop("sessionid")
    assert story.browser.get(story.authorization_url(), headers=ELSEWHERE).status_code == 302


@pytest.fixture
def client_site() -> Iterator[Any]:
    """A client's site on another host than the server's, with links to wherever it is told."""
    links: dict[str, str] = {}

    def page_at(_: str) -> str:
        named = "".join(f'<a href="{url}">{name}</a>' for name, url in links.items())
        return f"<h1>The client</h1>{named}"

    with html_site(page_at) as site:
        yield site, links


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-31")
def test_a_real_browser_brings_the_cookie_along(
    browser: Browser, live_server: Any, client_site: Any
) -> None:
    site, links = client_site
    server = live_server.url.replace("127.0.0.1", "localhost")
    person = PersonFactory()
    flow = FlowClient(registered=ClientFactory(scopes=("openid",)))
    links["Sign in"] = server + flow.authorization_url().replace("&", "&amp;")
    links["Sign out"] = f"{server}/o/logout/"
    page = browser.new_page()
    page.goto(f"{server}/accounts/login/?next=/o/sessions/")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Where you are signed in").wait_for()

    page.goto(site)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Allow").wait_for()

    page.goto(site)
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.close()
