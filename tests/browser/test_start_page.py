"""What an administrator sees of the requests of late, drawn without a script."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, a_demo
from tests.browser.test_administration import log_in
from tests.browser.test_demo import sign_in, start

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running_demo(demo_folder: Path) -> Iterator[Demo]:
    """The demo, whose numbers do not wait for a minute to be over."""
    with a_demo(demo_folder, DJANGO_SETTINGS_MODULE="tests.settings.counted_demo") as running:
        yield running


def make_traffic(page: Page, demo: str) -> None:
    """Somebody signs in, and a client that nobody knows is turned away."""
    start(page, demo)
    sign_in(page, "grace")
    allow = page.get_by_role("button", name="Allow")
    if allow.count():  # she is asked once for all tests of a module
        allow.click()
    expect(page).to_have_url(f"{demo}/client/")
    page.goto(f"{demo}/o/authorize/?client_id=nobody&response_type=code")
    page.context.clear_cookies()


def test_an_administrator_sees_how_many_requests_there_were(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    make_traffic(page, demo)
    page.goto(f"{demo}/admin/oauthflows/")
    log_in(page)
    flows = page.get_by_role("figure", name="Answered, by flow")
    drawn = flows.get_by_role("img", name="Authorization code with PKCE")
    expect(drawn).to_have_accessible_description(re.compile("highest bar"))
    picture("start-page")
    flows.get_by_text("The numbers as a table").click()
    expect(flows.get_by_role("columnheader", name="Authorization code with PKCE")).to_be_visible()
    picture("start-page-table")
    page.get_by_role("link", name="30 days").click()
    expect(flows.get_by_role("img", name="All together")).to_be_visible()
    picture("start-page-month")

    page.get_by_role("link", name="client_must_be_known").click()
    expect(page.locator("#result_list tbody tr").first).to_contain_text("client_must_be_known")
    picture("start-page-rule")
