"""What a person sees of two sites that know them from one provider."""

import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MANAGE, Demo
from tests.browser.test_demo import sign_in
from tests.marks import spec
from tests.servers import eventually

pytestmark = pytest.mark.browser


@spec("OpenID Connect Core §3.1", "OpenID Connect Core §5.3", "B-29", "B-30")
@spec(
    "OpenID Connect RP-Initiated Logout 1.0 §2",
    "OpenID Connect Back-Channel Logout 1.0 §2.5",
    "B-31",
)
def test_a_person_signs_in_and_out_once_for_two_sites(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    reading_room, tea_house = running_demo.sites
    page.goto(reading_room)
    picture("site-start")
    page.get_by_role("link", name="Sign in with the demo provider").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reading Room")
    picture("site-consent")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed in as Ada Lovelace")
    expect(page.get_by_text("ada@example.org")).to_be_visible()
    picture("site-signed-in")

    rotate_keys(running_demo)

    page.goto(tea_house)
    page.get_by_role("link", name="Sign in with the demo provider").click()
    # Nobody asked for a password again.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tea House")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed in as Ada Lovelace")
    picture("site-signed-in-too")

    # The hint that goes with the sign-out was signed by the key before.
    page.goto(reading_room)
    page.get_by_role("button", name="Sign out everywhere").click()
    # Without scripts it is one press more.
    page.get_by_role("button", name="Continue to the provider").click()
    expect(page).to_have_url(f"{reading_room}/")
    expect(page.get_by_role("link", name="Sign in with the demo provider")).to_be_visible()
    picture("site-signed-out")
    eventually(lambda: is_signed_out(page, tea_house))

    page.goto(f"{running_demo.origin}/o/connected-apps/")
    sign_in(page)
    for name in ("Reading Room", "Tea House"):
        page.get_by_role("link", name=f"Withdraw access {name}").click()
        page.get_by_role("button", name="Withdraw access").click()
        expect(page.get_by_role("status")).to_contain_text(f"{name} no longer has access.")


@spec("RFC 6749 §4.1.2.1", "B-16")
def test_a_person_does_not_let_a_site_know_them(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    page.goto(running_demo.sites[0])
    page.get_by_role("link", name="Sign in with the demo provider").click()
    sign_in(page, "grace")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_contain_text("You are not signed in.")
    picture("site-denied")


def is_signed_out(page: Page, site: str) -> bool:
    page.goto(site)
    return page.get_by_role("link", name="Sign in with the demo provider").is_visible()


def rotate_keys(demo: Demo) -> None:
    """A new key signs from now on, as after a leak."""
    subprocess.run([*MANAGE, "oauthflows_rotate_keys", "--now"], env=demo.environment, check=True)
