"""mod_auth_openidc keeps a page for people the provider knows."""

import pytest
import requests

from tests.browsing import Person
from tests.marks import spec
from tests.relying_parties.conftest import Provider

pytestmark = pytest.mark.real_client


@spec("OpenID Connect Core §3.1", "OpenID Connect Discovery §4", "B-29")
def test_a_person_is_let_in(apache: str, person: Person) -> None:
    page = let_in(apache, person)

    assert page.text == "Come in."
    assert page.headers["X-Name"] == "Ada Lovelace"
    assert page.headers["X-Subject"]


@spec("OpenID Connect Core §10.1.1", "B-30")
def test_a_person_is_let_in_after_the_keys_were_rotated(
    apache: str, provider: Provider, person: Person
) -> None:
    let_in(apache, person)
    provider.rotate_keys()
    person.browser.cookies.clear()

    assert let_in(apache, person).text == "Come in."


def let_in(apache: str, person: Person) -> requests.Response:
    """The page, after whatever the person is asked on the way to it."""
    callback = person.allow(f"{apache}/protected/index.html", f"{apache}/protected/redirect_uri")
    return person.open(callback)
