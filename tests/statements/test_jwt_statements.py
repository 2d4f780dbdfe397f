"""What JWT access tokens cost: no statement more than opaque ones to issue, and none to verify locally."""

from base64 import urlsafe_b64encode
from time import monotonic

import pytest

from django_oauthflows.keys import jwt, ring
from tests.flows.test_jwt_access_tokens import jwt_story, service
from tests.marks import spec
from tests.statements.test_statements import statements, warm

pytestmark = pytest.mark.django_db(transaction=True)


@spec("RFC 9068 §4", "B-23")
def test_a_call_that_is_verified_locally_takes_none() -> None:
    story = jwt_story()
    token = story.tokens()["access_token"]
    for path in ("/api/local/", "/api/local/own/"):
        with statements() as counted:
            assert story.call(token, path).status_code == 200
        assert counted == []


@spec("RFC 6750 §2.1", "B-23", "B-26")
def test_a_call_that_is_looked_up_takes_one() -> None:
    story = jwt_story()
    token = story.tokens()["access_token"]
    with statements() as counted:
        assert story.call(token).status_code == 200
    assert counted.kinds() == ["SELECT"]


@spec("RFC 6749 §4.4", "B-23")
def test_a_services_jwt_takes_one_insert() -> None:
    story = warm(service())
    ring.signing_key()
    with statements() as counted:
        token = story.token(grant_type="client_credentials", scope="notes:read").json()
    assert token["access_token"].count(".") == 2
    assert counted.kinds() == ["INSERT"]


@spec("RFC 6749 §4.1.3", "RFC 6749 §6", "B-23")
def test_an_exchange_and_a_refresh_take_six() -> None:
    story = warm(jwt_story())
    ring.signing_key()
    code = story.code()
    with statements() as exchanged:
        pair = story.redeem(code).json()
    with statements() as refreshed:
        assert story.refresh(pair["refresh_token"]).status_code == 200
    assert len(exchanged) <= 6, exchanged
    assert len(refreshed) <= 6, refreshed


@spec("RFC 9701 §4", "B-22")
def test_a_signed_introspection_takes_one() -> None:
    story = jwt_story()
    token = story.tokens()["access_token"]
    headers = {**story.basic, "Accept": "application/token-introspection+jwt"}
    with statements() as counted:
        response = story.post("introspect", headers=headers, token=token)
    assert jwt.open_jwt(response.content.decode()).claims["token_introspection"]["active"]
    assert counted.kinds() == ["SELECT"]


@spec("RFC 7517 §5")
def test_the_key_set_takes_one() -> None:
    story = jwt_story()
    ring.signing_key()
    with statements() as counted:
        assert story.back_channel.get("/o/.well-known/jwks.json").status_code == 200
    assert counted.kinds() == ["SELECT"]


@spec("RFC 9068 §4", "B-30")
def test_a_flood_of_invented_key_names_takes_a_few_a_second() -> None:
    story = jwt_story()
    _, payload, signature = story.tokens()["access_token"].split(".")
    began = monotonic()
    with statements() as counted:
        for number in range(40):
            header = urlsafe_b64encode(b'{"alg": "ES256", "typ": "at+jwt", "kid": "%d"}' % number)
            token = f"{header.decode().rstrip('=')}.{payload}.{signature}"
            assert story.call(token, "/api/local/").status_code == 401
    assert len(counted) <= 5 * (2 + int(monotonic() - began)), counted
