"""What a person does at a program and at the provider, in Chromium."""

import json
from typing import Any

from playwright.sync_api import Page, TimeoutError, expect

from tests.programs.conftest import Running


def start(page: Page, running: Running, *, name: str = "ada") -> None:
    """Sign in, as far as the consent page."""
    page.goto(running.origin + running.program.sign_in)
    if running.program.button:
        page.get_by_role("button", name=running.program.button, exact=True).click()
    enter(page, name)


def enter(page: Page, name: str) -> None:
    """Fill in the provider's sign-in page."""
    try:
        page.get_by_label("Username").fill(name)
    except TimeoutError as error:
        error.add_note(f"{page.url}\n{page.inner_text('body')}")
        raise
    page.get_by_label("Password").fill(f"demo-{name}-2026")
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, running: Running) -> None:
    """Sign in, and allow all."""
    start(page, running)
    allow = page.get_by_role("button", name="Allow")
    if not page.url.startswith(running.origin):
        # Consent is asked for once. Later a form may still be on its way; Chromium shows JSON in `pre`.
        expect(allow.or_(page.locator("pre"))).to_be_visible()
    if allow.count():
        everything = page.get_by_label("I allow all of this")
        if everything.count():
            everything.check()
        allow.click()
    page.wait_for_url(f"{running.origin}/")


def told(page: Page) -> Any:
    """What a program answers with, or what its script writes into its page."""
    expect(page.locator("body")).not_to_be_empty()
    return json.loads(page.inner_text("body"))
