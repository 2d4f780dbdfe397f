"""Every kind of screen in django-unfold, whose look comes from none of Django's own styles."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MANAGE, Demo, a_demo, a_page
from tests.browser.test_start_page import make_traffic

pytestmark = pytest.mark.browser

CLIENTS = "/admin/oauth2_provider/application/"
LEGACY = ("--preset=legacy-app", "--name=Old Desk", "--scope=notes:read")


@pytest.fixture(scope="module")
def running_demo(demo_folder: Path) -> Iterator[Demo]:
    with a_demo(demo_folder, DJANGO_SETTINGS_MODULE="tests.settings.unfold_demo") as running:
        subprocess.run(
            [
                *MANAGE,
                "oauthflows_register_client",
                *LEGACY,
                "--redirect-uri=https://desk.example/cb",
            ],
            env=running.environment,
            capture_output=True,
            check=True,
        )
        yield running


@pytest.fixture(params=["desk-light", "phone-dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """unfold shows nothing without its scripts."""
    with a_page(browser, request.param, has_scripts=True) as opened:
        yield opened


def log_in(page: Page, address: str) -> None:
    """Its labels are no labels of their fields."""
    page.goto(address)
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()


def has_a_frame(page: Page, selector: str) -> bool:
    """unfold takes the frame from everything that can be filled in; ours has to come from us."""
    script = "element => getComputedStyle(element).borderTopWidth"
    return all(
        element.evaluate(script) != "0px"
        for element in page.locator(selector).all()
        if element.is_visible()
    )


def test_a_client_is_added_and_its_secret_replaced(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    log_in(page, f"{demo}{CLIENTS}add/")
    picture("unfold-choose")
    page.goto(f"{demo}{CLIENTS}add/?preset=service")
    expect(page.get_by_role("heading", name="Add a client")).to_be_visible()
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text("Please correct the errors below.")).to_be_visible()
    assert has_a_frame(page, "#content input:not([type=checkbox]), #content textarea")
    picture("unfold-add-wrong")
    page.get_by_label("Name", exact=True).fill("Nightly report")
    page.get_by_label("notes:read: Read your notes").first.check()
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text("Copy the secret now")).to_be_visible()
    picture("unfold-created")
    page.get_by_role("link", name="Go to the client").click()
    assert has_a_frame(page, "#content :is(input:not([type=checkbox]), textarea, select)")
    picture("unfold-client")
    page.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("The old one works until")).to_be_visible()
    picture("unfold-secret")
    page.reload()
    expect(page.get_by_text("There is nothing to show here any more.")).to_be_visible()
    picture("unfold-shown-already")
    page.get_by_role("link", name="Go back").click()
    page.get_by_role("link", name="Retire now").first.click()
    expect(page.get_by_role("button", name="Retire the secret")).to_be_visible()
    picture("unfold-retire")


def test_a_client_is_reviewed_and_made_safer(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    log_in(page, f"{demo}{CLIENTS}")
    picture("unfold-clients")
    page.get_by_role("link", name="By risk").click()
    picture("unfold-by-risk")
    page.get_by_role("link", name="Old Desk").first.click()
    page.get_by_role("link", name="Show the change: It may use the password flow.").click()
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    picture("unfold-fix")


def test_requests_are_shown_a_refusal_found_and_tokens_revoked(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    make_traffic(page, demo)
    log_in(page, f"{demo}/admin/oauthflows/")
    flows = page.get_by_role("figure", name="Answered, by flow")
    expect(flows.get_by_role("img", name="Authorization code with PKCE")).to_be_visible()
    picture("unfold-start-page")
    page.get_by_role("link", name="client_must_be_known").click()
    expect(page.locator("#result_list")).to_contain_text("client_must_be_known")
    picture("unfold-audit")
    page.locator("#result_list tbody a:visible").first.click()
    expect(page.get_by_text("What to do")).to_be_visible()
    picture("unfold-refusal")
    page.goto(f"{demo}/admin/oauthflows/authorization/")
    picture("unfold-grants")
    page.get_by_role("link", name="Revoke tokens").click()
    page.get_by_label("Person").fill("grace")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("This is what would end:")).to_be_visible()
    picture("unfold-revoke")


def test_lists_fit_the_screen(page: Page, demo: str, picture: Callable[[str], None]) -> None:
    log_in(page, f"{demo}/admin/")
    for name in ("consent", "providersession", "signingkey", "initialaccesstoken"):
        page.goto(f"{demo}/admin/oauthflows/{name}/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        picture(f"unfold-{name}")
