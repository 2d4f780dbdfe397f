"""mozilla-django-oidc signs people in at the example project's other sites."""

import pytest

from tests.browsing import Person
from tests.marks import spec
from tests.relying_parties.conftest import Provider

pytestmark = pytest.mark.real_client


def sign_in(person: Person, site: str) -> str:
    """The site's page, after whatever the person is asked on the way to it."""
    callback = person.allow(f"{site}/oidc/authenticate/", f"{site}/oidc/callback/")
    return person.open(callback).text


@spec("OpenID Connect Core §3.1", "OpenID Connect Core §5.3", "B-13", "B-29")
@pytest.mark.parametrize("slug", ["reading-room", "tea-house"])
def test_a_person_signs_in(slug: str, sites: dict[str, str], person: Person) -> None:
    page = sign_in(person, sites[slug])

    assert "Signed in as <bdi>Ada Lovelace</bdi>" in page
    assert "ada@example.org" in page


@spec("OpenID Connect Core §10.1.1", "B-30")
def test_a_person_signs_in_with_one_key_and_then_with_the_next(
    sites: dict[str, str], provider: Provider, person: Person
) -> None:
    sign_in(person, sites["reading-room"])
    provider.rotate_keys()

    page = sign_in(person, sites["tea-house"])

    assert "Signed in as <bdi>Ada Lovelace</bdi>" in page
    assert "Signed in as" in person.open(sites["reading-room"]).text
