"""openid-client for Node signs people in with its own defaults."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browsing import Person, forms
from tests.marks import spec
from tests.relying_parties.conftest import REDIRECT_URI, Provider
from tests.relying_parties.openid_client import Program

pytestmark = pytest.mark.real_client

SCOPE = "openid profile"


def sign_in(library: Program, person: Person) -> dict[str, Any]:
    url = library.ask("start", parameters={"scope": SCOPE})
    return library.ask("finish", callback=person.allow(url, REDIRECT_URI))


@spec("OpenID Connect Core §3.1", "OpenID Connect Core §5.3", "OpenID Connect Discovery §4", "B-29")
def test_a_person_signs_in(start: Callable[[], Program], person: Person) -> None:
    library = start()

    tokens = sign_in(library, person)

    subject = tokens["claims"]["sub"]
    told = library.ask("userinfo", token=tokens["access_token"], subject=subject)
    assert told["name"] == "Ada Lovelace"


@spec("OpenID Connect Core §12.2", "OpenID Connect Core §10.1.1", "B-30")
def test_a_refresh_after_the_keys_were_rotated_tells_of_the_same_person(
    start: Callable[[], Program], provider: Provider, person: Person
) -> None:
    library = start()
    first = sign_in(library, person)

    provider.rotate_keys()
    second = library.ask("refresh", token=first["refresh_token"])

    for name in ("sub", "aud", "iss"):
        assert second["claims"][name] == first["claims"][name]


@spec("OpenID Connect Core §3.3", "OpenID Connect Core §3.3.2.11", "B-29", "B-30")
def test_an_id_token_comes_beside_the_code_signed_by_each_key_in_turn(
    start: Callable[[], Program], provider: Provider, person: Person
) -> None:
    """The library verifies its signature, and fetches the keys for it."""
    for _ in range(2):
        library = start()
        url = library.ask("startMixed", parameters={"scope": SCOPE})
        callback = person.allow(url, REDIRECT_URI)

        assert library.ask("finishMixed", callback=callback)["claims"]["sub"]
        provider.rotate_keys()


@spec("OAuth 2.0 Form Post Response Mode §2", "OpenID Connect Core §3.3", "B-28")
def test_the_answer_comes_by_form_post(start: Callable[[], Program], person: Person) -> None:
    library = start()
    asked = {"scope": SCOPE, "response_mode": "form_post"}
    # Agreed to before, so that the next answer comes at once.
    person.allow(library.ask("startMixed", parameters={"scope": SCOPE}), REDIRECT_URI)

    (form,) = forms(person.open(library.ask("startMixed", parameters=asked)))

    assert form.action == REDIRECT_URI
    assert library.ask("finishMixed", form=dict(form.fields))["claims"]["sub"]
