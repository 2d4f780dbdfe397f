"""What an administrator sees after an incident, and of a client's secrets and keys."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from django_oauthflows.testing.assertions import client_key, key_set_of
from tests.browser.test_demo import sign_in, start
from tests.marks import spec

pytestmark = pytest.mark.browser


def log_in(page: Page) -> None:
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("demo-ada-2026")
    page.get_by_role("button", name="Log in").click()


@spec("B-21")
def test_an_administrator_revokes_all_that_a_person_granted(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    start(page, demo)
    sign_in(page, "grace")
    allow = page.get_by_role("button", name="Allow")
    if allow.count():  # she is asked once for all tests of this file
        allow.click()
    expect(page).to_have_url(f"{demo}/client/")
    page.context.clear_cookies()
    page.goto(f"{demo}/admin/oauthflows/authorization/")
    log_in(page)
    page.get_by_role("link", name="Revoke tokens").click()
    picture("revoke")
    page.get_by_label("Scope").fill("two words")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("One scope alone.")).to_be_visible()
    picture("revoke-wrong")
    page.get_by_label("Scope").fill("")
    page.get_by_label("Person").fill("grace")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("This is what would end:")).to_be_visible()
    picture("revoke-counted")
    page.get_by_role("button", name="Revoke all of this").click()
    expect(page.get_by_text("nothing of it works any more")).to_be_visible()
    picture("revoke-done")


@spec("B-7", "RFC 7517 §4")
def test_an_administrator_replaces_a_secret_and_reads_the_keys(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}/admin/oauth2_provider/application/add/?preset=service")
    log_in(page)
    page.get_by_label("Name", exact=True).fill("Nightly report")
    page.get_by_label("notes:read: Read your notes").first.check()
    page.get_by_role("button", name="Add client").click()
    page.get_by_role("link", name="Go to the client").click()
    page.get_by_role("link", name="All settings").first.click()
    keys = page.locator("#id_oauthflows_policy-0-jwks")
    keys.fill(json.dumps(key_set_of(client_key())))
    page.get_by_role("button", name="Save and continue editing").click()
    picture("client-keys")
    page.get_by_label("The old one ends after").select_option("30")
    page.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("The old one works until")).to_be_visible()
    picture("secret-replaced")
    page.get_by_role("link", name="Go to the client").click()
    expect(page.get_by_text("Older, not used since")).to_be_visible()
    picture("client-secrets")
