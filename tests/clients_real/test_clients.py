"""Client libraries nobody here wrote, against the example project with two worker processes."""

import pytest
import requests

from django_oauthflows.testing.assertions import JWT_BEARER, signed_assertion
from tests.browsing import Person
from tests.clients_real.libraries import SCOPE, Demo, Library
from tests.marks import spec

pytestmark = pytest.mark.real_client

#: Enough calls in a row that each of the two workers answers some.
CALLS = 8


@spec("RFC 8414 §3")
def test_the_server_is_discovered_from_its_issuer(library: Library, demo: Demo) -> None:
    metadata = library.discover()

    assert metadata["issuer"] == demo.issuer
    assert metadata["token_endpoint"] == f"{demo.issuer}/token/"
    assert metadata["introspection_endpoint"] == f"{demo.issuer}/introspect/"


@spec("RFC 6749 §4.1", "RFC 7636 §4", "RFC 9207 §2.4")
def test_the_code_flow_with_pkce_opens_the_api(library: Library, person: Person) -> None:
    tokens = library.sign_in(person)

    assert tokens["token_type"].lower() == "bearer"
    assert sorted(tokens["scope"].split()) == SCOPE.split()
    for _ in range(CALLS):
        assert library.call(tokens["access_token"], "/api/notes/") == 200


@spec("RFC 6749 §6", "B-18")
def test_a_refresh_gives_a_new_pair(library: Library, person: Person) -> None:
    first = library.sign_in(person)

    second = library.refresh(first["refresh_token"])

    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert library.call(second["access_token"], "/api/notes/") == 200


@spec("RFC 7009 §2", "B-21")
def test_a_revoked_token_is_refused_by_every_worker_at_once(
    library: Library, person: Person
) -> None:
    tokens = library.sign_in(person)
    for _ in range(CALLS):
        assert library.call(tokens["access_token"], "/api/notes/") == 200

    library.revoke(tokens["refresh_token"])

    for _ in range(CALLS):
        assert library.call(tokens["access_token"], "/api/notes/") == 401


@spec("RFC 7662 §2", "B-22")
def test_introspection_tells_a_live_token_from_a_dead_one(
    library: Library, demo: Demo, person: Person
) -> None:
    token = library.sign_in(person)["access_token"]

    live = library.introspect(token)
    library.revoke(token)
    dead = library.introspect(token)

    assert live["active"] is True
    assert live["username"] == person.username
    assert live["client_id"] == demo.web["client_id"]
    assert dead["active"] is False


@spec("RFC 6749 §4.4")
def test_client_credentials_open_what_needs_no_person_and_nothing_else(library: Library) -> None:
    tokens = library.client_credentials()

    assert tokens["scope"] == "notes:read"
    assert tokens.get("refresh_token") is None
    assert library.call(tokens["access_token"], "/api/notes/count/") == 200
    assert library.call(tokens["access_token"], "/api/notes/") == 403


@spec("RFC 7523 §2.1")
def test_a_service_signs_for_itself(library: Library) -> None:
    for _ in range(CALLS):
        tokens = library.sign_for_itself()
        assert tokens["scope"] == "notes:read"
        assert tokens.get("refresh_token") is None

    assert library.call(tokens["access_token"], "/api/notes/count/") == 200
    assert library.call(tokens["access_token"], "/api/notes/") == 403


@spec("OpenID Connect Core §9", "RFC 7523 §2.2")
def test_a_service_authenticates_by_its_key(library: Library) -> None:
    for _ in range(CALLS):
        tokens = library.authenticate_by_key()
        assert tokens["scope"] == "notes:read"

    assert library.call(tokens["access_token"], "/api/notes/count/") == 200


@pytest.mark.redis
@spec("RFC 7523 §3")
def test_an_assertion_that_one_worker_took_is_refused_by_every_other(demo: Demo) -> None:
    assertion = signed_assertion(demo.account["client_id"], demo.issuer)
    grant = {"grant_type": JWT_BEARER, "assertion": assertion, "scope": "notes:read"}
    answers = [requests.post(f"{demo.issuer}/token/", data=grant, timeout=30) for _ in range(CALLS)]
    assert [answer.status_code for answer in answers] == [200] + [400] * (CALLS - 1)
    assert {answer.json()["error"] for answer in answers[1:]} == {"invalid_grant"}
