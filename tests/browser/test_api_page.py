"""The demo's API page: its button signs a person in within a pop-up window, and a call brings their notes."""

import re
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import a_page
from tests.marks import spec

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_spec("drf_spectacular_sidecar"), reason="needs the demo's extra"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, "desk-light", has_scripts=True) as opened:
        yield opened


@spec("RFC 7636 §4.1", "OAuth 2.0 for Browser-Based Applications §6.3")
def test_a_person_signs_in_by_the_button_and_reads_their_notes(page: Page, demo: str) -> None:
    page.goto(demo)
    page.get_by_role("link", name="/api/docs/").click()
    page.get_by_role("button", name="Authorize").first.click()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Apply given OAuth2 credentials").first.click()
    popup = opened.value
    popup.get_by_label("Username").fill("ada")
    popup.get_by_label("Password").fill("demo-ada-2026")
    popup.get_by_role("button", name="Sign in").click()
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="Authorized").first).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).first.click()

    page.get_by_role("button", name=re.compile(r"^GET .api.notes.$")).click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/notes/")) as answered:
        page.get_by_role("button", name="Execute").click()

    assert answered.value.status == 200
    assert "Note G" in answered.value.text()
