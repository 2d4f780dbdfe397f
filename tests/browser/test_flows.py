"""A person walks through flows in the playground; the fragment of an address is read by its script."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import a_page
from tests.browser.test_demo import sign_in
from tests.marks import spec

pytestmark = pytest.mark.browser


@pytest.fixture(params=["desk-light", "phone-dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser with JavaScript: what stands in a fragment can be read in no other way."""
    with a_page(browser, request.param, has_scripts=True) as opened:
        yield opened


def begin(page: Page, demo: str, name: str) -> None:
    page.goto(f"{demo}/playground/flows/")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name="Try it").click()


def allow(page: Page, *, until: Locator) -> None:
    """The consent page, unless the same was agreed to before."""
    button = page.get_by_role("button", name="Allow")
    expect(button.or_(until)).to_be_visible()
    if button.is_visible():
        button.click()
    expect(until).to_be_visible()


@spec("RFC 7636 §4", "RFC 6749 §4.2.2", "RFC 6749 §4.4", "RFC 8628 §3.3")
def test_a_person_walks_through_several_flows(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/playground/flows/")
    picture("flows")
    page.get_by_role("link", name="Authorization code with PKCE").click()
    picture("flow-code")
    page.get_by_role("button", name="Try it").click()
    sign_in(page)
    allow(page, until=page.get_by_role("heading", name="The code is redeemed"))
    expect(page.get_by_text("Note G")).to_be_visible()
    page.get_by_text("At the token endpoint").click()
    picture("flow-code-walked")

    begin(page, demo, "Hybrid")
    allow(page, until=page.get_by_role("heading", name="The answer is behind the #"))
    expect(page).to_have_url(f"{demo}/playground/flows/hybrid/answer/")
    picture("flow-fragment")
    page.get_by_role("button", name="Give it to the client").click()
    expect(page.get_by_text("c_hash")).to_be_visible()
    expect(page.get_by_text("The API is called with the server's token")).to_be_visible()
    picture("flow-hybrid-walked")

    begin(page, demo, "Client credentials")
    expect(page.get_by_text('"count":')).to_be_visible()


@spec("RFC 8628 §3.3", "RFC 8628 §3.5", "B-24")
def test_a_person_pairs_the_page_with_a_device_page_in_another_tab(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    begin(page, demo, "Device code")
    picture("flow-device")
    with page.context.expect_page() as tab:
        page.get_by_role("link", name="/o/device/").click()
    other = tab.value
    sign_in(other)
    other.get_by_role("button", name="Continue").click()
    other.get_by_role("button", name="Yes, go on").click()
    other.get_by_role("button", name="Allow").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Your device is connected")

    page.get_by_role("button", name="Let the device ask").click()
    expect(page.get_by_text("Note G")).to_be_visible()


@spec("RFC 6749 §4.3")
def test_a_person_types_a_password_into_the_client(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/playground/flows/password/")
    page.get_by_label("Username").fill("grace")
    page.get_by_label("Password").fill("demo-grace-2026")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("The moth")).to_be_visible()
    picture("flow-password")
