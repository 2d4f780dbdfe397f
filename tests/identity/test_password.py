"""OpenID Connect and the password grant: the ID token that its refresh gives too."""

from typing import Any

import pytest

from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.identity.stories import AS_PROVIDER, change, claims_of, half_hash, userinfo
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

OPENID = "openid profile"


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER


def legacy_app(**openid: Any) -> Story:
    person = PersonFactory(first_name="Ada", last_name="Lovelace")
    story = begin(
        preset="legacy-app",
        redirect_uris=(),
        person=person,
        scopes=("openid", "profile", "notes:read"),
    )
    change(story, **openid)
    return story


def sign_in(story: Story, scope: str = OPENID, **changes: Any) -> Any:
    typed = {"username": story.person.username, "password": PASSWORD, **changes}
    return story.token(grant_type="password", scope=scope, **typed)


@spec("OpenID Connect Core §3.1.3.3", "RFC 6749 §4.3.3", "B-29")
def test_the_password_grant_with_openid_gives_an_id_token_as_its_refresh_does() -> None:
    story = legacy_app()
    tokens = sign_in(story).json()
    claims = claims_of(story, tokens["id_token"])
    assert claims["aud"] == story.registered.client_id
    assert claims["at_hash"] == half_hash(tokens["access_token"])
    assert claims["auth_time"] <= claims["iat"]
    assert "nonce" not in claims
    assert userinfo(story, tokens["access_token"]).json()["sub"] == claims["sub"]
    refreshed = story.refresh(tokens["refresh_token"]).json()
    again = claims_of(story, refreshed["id_token"])
    stable = {"iss", "sub", "aud", "azp", "auth_time"}
    assert {name: again[name] for name in stable} == {name: claims[name] for name in stable}
    assert again.keys() == claims.keys()


@pytest.mark.parametrize("scope", ["notes:read", "profile"])
@spec("OpenID Connect Core §3.1.2.1")
def test_without_openid_there_is_none(scope: str) -> None:
    assert "id_token" not in sign_in(legacy_app(), scope).json()


@spec("OpenID Connect Core §3.1.3.4", "B-3")
def test_a_wrong_password_tells_nobody_who_it_is_of() -> None:
    answer = sign_in(legacy_app(), password="wrong")
    assert error_of(answer) == (400, "invalid_grant")
    assert "id_token" not in answer.json()


@spec("OpenID Connect Core §10.2", "B-3")
def test_an_id_token_that_cannot_be_made_is_refused_before_anybody_looks_at_the_password() -> None:
    story = legacy_app(
        id_token_encrypted_response_alg="RSA-OAEP-256", id_token_encrypted_response_enc="A256GCM"
    )
    answers = [sign_in(story, password=password).json() for password in (PASSWORD, "wrong")]
    assert [answer["error"] for answer in answers] == [answers[0]["error"]] * 2
    assert answers[0]["error"] != "invalid_grant"
    assert "access_token" in sign_in(story, "notes:read").json()
