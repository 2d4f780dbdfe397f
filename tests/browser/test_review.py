"""The security review as an administrator sees it."""

import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MANAGE, Demo
from tests.marks import spec

pytestmark = pytest.mark.browser


@spec("RFC 9700 §2.4")
def test_an_administrator_finds_a_risky_client_and_looks_at_a_fix(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    subprocess.run(
        [
            *(
                *MANAGE,
                "oauthflows_register_client",
                "--preset",
                "legacy-app",
                "--name",
                "Old Desk",
            ),
            *("--redirect-uri", "https://desk.example/callback", "--scope", "notes:read"),
        ],
        env=running_demo.environment,
        capture_output=True,
        check=True,
    )
    page.goto(f"{running_demo.origin}/admin/oauth2_provider/application/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="By risk")).to_be_visible()
    picture("clients")
    page.get_by_role("link", name="By risk").click()
    expect(page.get_by_role("link", name="All clients")).to_be_visible()
    picture("clients-by-risk")
    page.get_by_role("button", name="Review all again").click()
    expect(page.get_by_text("clients were reviewed.")).to_be_visible()

    expect(page.locator("#content tbody tr").first).to_contain_text("high")
    page.get_by_role("link", name="Old Desk").first.click()
    expect(page.get_by_text("It may use the password flow.")).to_be_visible()
    picture("client-review")
    page.get_by_role("link", name="Show the change: It may use the password flow.").click()
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    picture("client-fix")
    page.get_by_role("link", name="Leave it").click()
    expect(page.get_by_text("It may use the password flow.")).to_be_visible()
