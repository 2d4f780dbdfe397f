"""What an administrator sees of a token that nobody has been given."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_administration import log_in
from tests.marks import spec

pytestmark = pytest.mark.browser


def open_client(page: Page, demo: str, kind: str) -> None:
    """The rehearsal of a client of this kind, from its own page."""
    page.goto(f"{demo}/admin/oauth2_provider/application/?oauthflows_policy__preset={kind}")
    log_in(page)
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="What token would this get?").click()
    expect(page.get_by_role("button", name="Rehearse")).to_be_visible()


@spec("B-14", "B-29")
def test_an_administrator_rehearses_what_a_person_would_see_and_the_app_would_get(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    open_client(page, demo, "web-app")
    picture("rehearsal-form")
    page.get_by_label("Person", exact=True).fill("grace")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("heading", name="It would get a token")).to_be_visible()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="asks to use your account")).to_be_visible()
    expect(frame.get_by_role("button", name="Allow")).to_be_disabled()
    expect(frame.get_by_role("button", name="Deny")).to_be_disabled()
    # The page's own style is there: a frame without an origin still gets it.
    body = frame.locator("body.of-page")
    assert body.evaluate("body => getComputedStyle(body).fontFamily") != "Times New Roman"
    page.locator("iframe").scroll_into_view_if_needed()
    picture("rehearsal-given")


@spec("RFC 6749 §4.1.2.1")
def test_an_administrator_reads_why_a_request_would_be_refused(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    open_client(page, demo, "web-app")
    page.get_by_label("Person", exact=True).fill("grace")
    page.get_by_text("The person’s sign-in, resources and OpenID Connect").click()
    picture("rehearsal-further")
    page.get_by_label("prompt", exact=True).fill("none")
    page.get_by_label("The person signed in").select_option("not at all")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("heading", name="Refused: login_required")).to_be_visible()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    picture("rehearsal-refused")


@spec("RFC 6749 §4.4")
def test_an_administrator_rehearses_a_service(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    open_client(page, demo, "service")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("heading", name="It would get a token")).to_be_visible()
    expect(page.get_by_text("The client acts for itself, and asks again")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    picture("rehearsal-service")
