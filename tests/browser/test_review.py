"""The security review as an administrator sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.marks import spec

pytestmark = pytest.mark.browser


@spec("RFC 9700 §2.4")
def test_an_administrator_finds_the_riskiest_client_and_looks_at_a_fix(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/admin/oauth2_provider/application/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()
    picture("clients")
    page.get_by_role("link", name="By risk").click()
    picture("clients-by-risk")

    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.get_by_text("It may use the password flow.")).to_be_visible()
    picture("client-review")
    page.get_by_role("link", name="Show the change: It may use the password flow.").click()
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    picture("client-fix")
    page.get_by_role("link", name="Leave it").click()
    expect(page.get_by_text("It may use the password flow.")).to_be_visible()
