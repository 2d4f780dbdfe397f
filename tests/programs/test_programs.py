"""Programs written by others, with the defaults of their documentation, sign a person in at the demo."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from tests.marks import spec
from tests.programs.conftest import Running
from tests.programs.person import enter, sign_in, start, told
from tests.relying_parties.conftest import Provider

pytestmark = [pytest.mark.browser, pytest.mark.programs]


@spec("OpenID Connect Core §3.1", "OpenID Connect Core §5.4", "RFC 6749 §4.1")
def test_a_person_signs_in_and_is_known_by_name_and_address(page: Page, running: Running) -> None:
    sign_in(page, running)

    person = told(page)
    assert person["email"] == "ada@example.org"
    assert person["name"] == "Ada Lovelace"


@spec("OpenID Connect Core §3.1.2.1")
def test_a_pop_up_tells_it_who_signed_in(page: Page, running: Running) -> None:
    if not running.program.pop_up:
        pytest.skip("it opens no pop-up")
    with page.expect_popup() as opened:
        page.goto(running.origin + running.program.pop_up)
    enter(opened.value, "ada")
    # It closes by itself where consent was given before.
    with suppress(Error):
        opened.value.get_by_role("button", name="Allow").click()

    assert told(page)["name"] == "Ada Lovelace"


@spec("RFC 6749 §6", "OpenID Connect Core §12")
def test_its_tokens_are_refreshed(page: Page, running: Running) -> None:
    if not running.program.refresh:
        pytest.skip("it never refreshes")
    sign_in(page, running)

    page.goto(running.origin + running.program.refresh)

    assert told(page)["sub"]


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-31")
def test_a_person_signs_out_of_both(page: Page, running: Running, provider: Provider) -> None:
    if not running.program.sign_out:
        pytest.skip("it signs out of itself alone")
    sign_in(page, running)

    page.goto(running.origin + running.program.sign_out)
    button = page.get_by_role("button", name="Sign out")
    if page.url.startswith(running.origin) and button.count():
        button.click()

    page.wait_for_url(re.compile(re.escape(f"{running.origin}/") + r"(\?state=\w+)?$"))
    assert told(page) is None
    page.goto(f"{provider.issuer}/connected-apps/")
    expect(page.get_by_label("Password")).to_be_visible()


@spec("RFC 6749 §4.1.2.1")
def test_a_persons_no_is_told(page: Page, running: Running) -> None:
    start(page, running, name="grace")
    page.get_by_role("button", name="Deny").click()

    expect(page.locator("body")).to_contain_text(running.program.after_denial)
    assert page.url.startswith(running.origin)
