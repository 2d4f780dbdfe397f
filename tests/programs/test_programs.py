"""Programs written by others, with the defaults of their documentation, sign a person in at the demo."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.marks import spec
from tests.programs.conftest import Running
from tests.relying_parties.conftest import Provider

pytestmark = [pytest.mark.browser, pytest.mark.real_client]


@spec("OpenID Connect Core §3.1", "OpenID Connect Core §5.4", "RFC 6749 §4.1")
def test_a_person_signs_in_and_is_known_by_name_and_address(page: Page, running: Running) -> None:
    sign_in(page, running)

    told = json.loads(page.inner_text("body"))
    assert told["email"] == "ada@example.org"
    assert told["name"] == "Ada Lovelace"


@spec("RFC 6749 §6", "OpenID Connect Core §12")
def test_its_tokens_are_refreshed(page: Page, running: Running) -> None:
    if not running.program.refresh:
        pytest.skip("it never refreshes")
    sign_in(page, running)

    page.goto(running.origin + running.program.refresh)

    assert json.loads(page.inner_text("body"))["sub"]


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-31")
def test_a_person_signs_out_of_both(page: Page, running: Running, provider: Provider) -> None:
    if not running.program.sign_out:
        pytest.skip("it signs out of itself alone")
    sign_in(page, running)

    page.goto(running.origin + running.program.sign_out)
    press(page, "Sign out")

    page.wait_for_url(re.compile(re.escape(f"{running.origin}/") + r"(\?state=\w+)?$"))
    assert json.loads(page.inner_text("body")) is None
    page.goto(f"{provider.issuer}/connected-apps/")
    expect(page.get_by_label("Password")).to_be_visible()


@spec("RFC 6749 §4.1.2.1")
def test_a_persons_no_is_told(page: Page, running: Running) -> None:
    start(page, running, name="grace")
    page.get_by_role("button", name="Deny").click()

    assert page.url.startswith(running.origin)
    assert running.program.after_denial in page.inner_text("body")


def start(page: Page, running: Running, *, name: str = "ada") -> None:
    """As far as the consent page."""
    page.goto(running.origin + running.program.sign_in)
    press(page, "Sign in", "Continue")
    assert not page.url.startswith(running.origin), page.inner_text("body")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"demo-{name}-2026")
    page.get_by_role("button", name="Sign in").click()


def press(page: Page, *labels: str) -> None:
    """Press the program's own buttons, where it has some."""
    for label in labels:
        button = page.get_by_role("button", name=label, exact=True)
        if page.get_by_label("Password").count() == 0 and button.count():
            button.click()


def sign_in(page: Page, running: Running) -> None:
    start(page, running)
    if not page.url.startswith(running.origin):
        everything = page.get_by_label("I allow all of this")
        if everything.count():
            everything.check()
        page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{running.origin}/")
