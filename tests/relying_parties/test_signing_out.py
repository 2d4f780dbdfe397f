"""Signing out by each client's own means, and being signed out of the others with it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
import requests

from tests.browsing import Person, forms
from tests.marks import spec
from tests.relying_parties.conftest import HOME, REDIRECT_URI, Provider
from tests.relying_parties.openid_client import Program
from tests.relying_parties.test_apache import let_in
from tests.relying_parties.test_second_site import sign_in
from tests.servers import eventually

pytestmark = pytest.mark.real_client


def press_sign_out(person: Person, site: str) -> requests.Response:
    """Sign out at one of the example project's sites; the page the browser comes back to."""
    page = person.open(site)
    (form,) = forms(page)
    # The next page posts the hint to the provider, by itself where there are scripts.
    onward = person.press(page, form)
    (form,) = forms(onward)
    return person.press(onward, form)


def is_asked_for_a_password(person: Person, url: str) -> bool:
    return any(form.asks_for("password") for form in forms(person.open(url)))


@spec(
    "OpenID Connect RP-Initiated Logout 1.0 §2",
    "OpenID Connect Back-Channel Logout 1.0 §2.5",
    "B-30",
    "B-31",
)
def test_who_signs_out_of_one_site_is_signed_out_of_the_other_and_of_the_provider(
    sites: dict[str, str], provider: Provider, person: Person
) -> None:
    reading_room, tea_house = sites["reading-room"], sites["tea-house"]
    sign_in(person, reading_room)
    sign_in(person, tea_house)
    # The ID token that is the hint was signed by a key that signs no more.
    provider.rotate_keys()

    back = press_sign_out(person, reading_room)

    assert back.url == f"{reading_room}/"
    assert "Signed in as" not in back.text
    eventually(lambda: "Signed in as" not in person.open(tea_house).text)
    assert is_asked_for_a_password(person, f"{tea_house}/oidc/authenticate/")


@spec("OpenID Connect Back-Channel Logout 1.0 §2.7", "B-31")
def test_a_sign_out_in_one_browser_leaves_the_other_signed_in(
    sites: dict[str, str], person: Person, another_browser: Person
) -> None:
    reading_room, tea_house = sites["reading-room"], sites["tea-house"]
    for each in (person, another_browser):
        sign_in(each, reading_room)
        sign_in(each, tea_house)

    press_sign_out(person, reading_room)

    eventually(lambda: "Signed in as" not in person.open(tea_house).text)
    assert "Signed in as" in another_browser.open(tea_house).text
    assert "Signed in as" in another_browser.open(reading_room).text


@spec("OpenID Connect Back-Channel Logout 1.0 §2.6")
@pytest.mark.parametrize("token", ["", "eyA.b.c", "\0", "{}", "e30.e30.e30"])
def test_a_site_believes_no_logout_token_that_is_none(sites: dict[str, str], token: str) -> None:
    url = f"{sites['reading-room']}/oidc/backchannel-logout/"
    assert requests.post(url, {"logout_token": token}, timeout=30).status_code == 400


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "OpenID Connect RP-Initiated Logout 1.0 §3")
def test_a_person_signs_out_by_apache(apache: str, person: Person) -> None:
    let_in(apache, person)

    bye = f"{apache}/bye.html"
    page = person.open(f"{apache}/protected/redirect_uri?logout={quote(bye, safe='')}")

    assert page.url == bye
    assert is_asked_for_a_password(person, f"{apache}/protected/index.html")


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5", "B-31")
def test_apache_is_told_of_a_sign_out_elsewhere(
    apache: str, sites: dict[str, str], person: Person
) -> None:
    let_in(apache, person)
    sign_in(person, sites["reading-room"])
    assert person.open(f"{apache}/protected/index.html").text == "Come in."

    press_sign_out(person, sites["reading-room"])

    eventually(lambda: is_asked_for_a_password(person, f"{apache}/protected/index.html"))


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "OpenID Connect RP-Initiated Logout 1.0 §2.1")
def test_a_person_signs_out_by_openid_client(
    start: Callable[[], Program], provider: Provider, person: Person
) -> None:
    library = start()
    url = library.ask("start", parameters={"scope": "openid"})
    tokens = library.ask("finish", callback=person.allow(url, REDIRECT_URI))

    leave = library.ask("signOutUrl", idToken=tokens["id_token"])
    came_back = person.open(leave, until=HOME)

    assert came_back.headers["Location"] == HOME
    assert is_asked_for_a_password(person, library.ask("start", parameters={"scope": "openid"}))
