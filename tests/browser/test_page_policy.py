"""A browser finds nothing in any page of the demo that its Content-Security-Policy stops.

Each page is opened with JavaScript; code, a style or a picture that is stopped fails the test (`a_page`).
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from django_oauthflows.flows.catalogue import FLOWS
from tests.browser.conftest import Demo, a_page
from tests.browser.test_administration import log_in
from tests.marks import spec

pytestmark = pytest.mark.browser

OF_EVERYBODY = (
    "/",
    "/client/",
    "/accounts/login/",
    "/playground/flows/",
    *(f"/playground/flows/{flow.slug}/" for flow in FLOWS),
    "/playground/flows/implicit/answer/",
    "/nowhere/",
)
OF_ADMINISTRATORS = (
    "/admin/",
    "/admin/oauth2_provider/application/",
    "/admin/oauth2_provider/application/add/",
    "/admin/oauth2_provider/application/add/?preset=web-app",
    "/admin/oauth2_provider/application/review/",
    "/admin/oauthflows/",
    "/admin/oauthflows/auditevent/",
    "/admin/oauthflows/signingkey/",
    "/admin/oauthflows/initialaccesstoken/add/",
    "/admin/auth/user/add/",
    "/admin/notes/note/add/",
    "/o/connected-apps/",
    "/o/sessions/",
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, "desk-light", has_scripts=True) as opened:
        yield opened


def look_at(page: Page, url: str) -> None:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status in (200, 404), url
    assert "default-src" in answer.headers["content-security-policy"], url
    page.wait_for_load_state("load")
    # The style came: a page without it has the browser's own font.
    assert page.evaluate("document.styleSheets.length") > 0 or "/nowhere/" in url


@spec("B-2")
def test_pages_of_everybody(page: Page, running_demo: Demo) -> None:
    for path in OF_EVERYBODY:
        look_at(page, f"{running_demo.origin}{path}")
    for site in running_demo.sites:
        look_at(page, site)


@spec("B-2")
def test_pages_of_administrators(page: Page, running_demo: Demo) -> None:
    page.goto(f"{running_demo.origin}/admin/")
    log_in(page)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    for path in OF_ADMINISTRATORS:
        look_at(page, f"{running_demo.origin}{path}")
    page.goto(f"{running_demo.origin}/admin/oauth2_provider/application/")
    page.locator("#result_list tbody th a").first.click()
    for name in ("How to connect", "Try another security profile"):
        page.get_by_role("link", name=name).first.click()
        page.wait_for_load_state("load")
        page.go_back()
