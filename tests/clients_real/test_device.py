"""Client libraries nobody here wrote pair a device, against two worker processes."""

from collections.abc import Iterator

import pytest
from requests_oauth2client import AuthorizationPending, SlowDown

from tests.browsing import Person
from tests.clients_real.libraries import SCOPE, Demo, OpenIDClient, RequestsOAuth2Client
from tests.marks import spec

pytestmark = pytest.mark.real_client


@pytest.fixture(params=["requests-oauth2client", "openid-client"])
def library(
    request: pytest.FixtureRequest, demo: Demo
) -> Iterator[RequestsOAuth2Client | OpenIDClient]:
    """Those of the libraries that know devices."""
    if request.param == "requests-oauth2client":
        yield RequestsOAuth2Client(demo)
        return
    library = OpenIDClient(demo, request.getfixturevalue("openid_client"))
    yield library
    library.close()


@spec("RFC 8628 §3.2", "RFC 8628 §3.5")
def test_a_person_pairs_a_device(
    library: RequestsOAuth2Client | OpenIDClient, person: Person
) -> None:
    codes = library.device_codes()

    assert "Your device is connected" in person.pair(codes["verification_uri_complete"])

    tokens = library.poll(codes)
    assert sorted(tokens["scope"].split()) == SCOPE.split()
    assert library.call(tokens["access_token"], "/api/notes/") == 200


@spec("RFC 8628 §3.5")
def test_a_library_understands_that_it_has_to_wait(demo: Demo, person: Person) -> None:
    library = RequestsOAuth2Client(demo)
    codes = library.device_codes()
    with pytest.raises(AuthorizationPending):
        library.poll(codes)
    with pytest.raises(SlowDown):
        library.poll(codes)
    person.pair(codes["verification_uri_complete"])
    assert library.poll(codes)["access_token"]
