"""Client libraries nobody here wrote exchange a token, against two worker processes."""

from collections.abc import Iterator

import pytest

from tests.browsing import Person
from tests.clients_real.libraries import ACCESS_TOKEN, API, Demo, OpenIDClient, RequestsOAuth2Client
from tests.clients_real.test_clients import CALLS
from tests.marks import spec

pytestmark = pytest.mark.real_client


@pytest.fixture(params=["requests-oauth2client", "openid-client"])
def library(
    request: pytest.FixtureRequest, demo: Demo
) -> Iterator[RequestsOAuth2Client | OpenIDClient]:
    """Those of the libraries that know how to exchange a token."""
    if request.param == "requests-oauth2client":
        yield RequestsOAuth2Client(demo)
        return
    library = OpenIDClient(demo, request.getfixturevalue("openid_client"))
    yield library
    library.close()


@spec("RFC 8693 §2.1", "RFC 8693 §2.2.1", "B-21")
def test_an_api_calls_the_next_one_for_a_person_until_the_person_has_enough(
    library: RequestsOAuth2Client | OpenIDClient, demo: Demo, person: Person
) -> None:
    tokens = library.sign_in(person, resource=API)
    assert library.call(tokens["access_token"], "/api/notes/") == 401

    exchanged = library.exchange(tokens["access_token"], f"{demo.url}/")

    assert exchanged["issued_token_type"] == ACCESS_TOKEN
    assert exchanged.get("refresh_token") is None
    for _ in range(CALLS):
        assert library.call(exchanged["access_token"], "/api/notes/") == 200

    library.revoke(tokens["refresh_token"])

    for _ in range(CALLS):
        assert library.call(exchanged["access_token"], "/api/notes/") == 401
