"""Access tokens as signed JWTs (RFC 9068): what they say, and that their end is as true as any token's."""

from typing import Any

import pytest
from django.test import override_settings
from oauth2_provider.models import get_access_token_model

from django_oauthflows.keys import jwt
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD
from tests.marks import spec
from tests.stories import Story, begin, dot_application, dot_tokens

pytestmark = pytest.mark.django_db


def jwt_story(**client: Any) -> Story:
    """A client whose policy says that its access tokens are JWTs."""
    story = begin(**client)
    story.registered.policy.token_format = "jwt"
    story.registered.policy.save()
    return story


def service() -> Story:
    return jwt_story(preset="service", redirect_uris=())


@spec("RFC 9068 §2.2", "RFC 9068 §2.1", "B-23")
def test_a_persons_token_says_what_it_is() -> None:
    story = jwt_story()
    opened = jwt.open_jwt(story.tokens(scope="notes:read profile")["access_token"])
    row = get_access_token_model().objects.get()
    assert (opened.header["typ"], opened.header["alg"]) == ("at+jwt", "ES256")
    assert len(opened.claims.pop("jti")) >= 20
    assert abs(opened.claims.pop("auth_time") - opened.claims["iat"]) < 60
    assert abs(opened.claims.pop("iat") - row.created.timestamp()) < 5
    assert opened.claims == {
        "iss": "http://testserver/o",
        "sub": str(story.person.pk),
        "aud": "http://testserver",
        "client_id": story.registered.client_id,
        "exp": int(row.expires.timestamp()),
        "scope": "notes:read profile",
    }


@spec("RFC 9068 §2.2", "B-23")
def test_a_services_token_names_the_service() -> None:
    story = service()
    token = story.token(grant_type="client_credentials", scope="notes:read").json()
    claims = jwt.open_jwt(token["access_token"]).claims
    assert claims["sub"] == claims["client_id"] == story.registered.client_id
    assert "auth_time" not in claims


@spec("RFC 9068 §3", "RFC 8707 §2", "B-23")
def test_the_audience_is_what_was_asked_for() -> None:
    story = jwt_story()
    one = story.tokens(resource="https://api.example/notes")["access_token"]
    two = story.tokens(resource=["https://a.example/", "https://b.example/"])["access_token"]
    assert jwt.open_jwt(one).claims["aud"] == "https://api.example/notes"
    assert jwt.open_jwt(two).claims["aud"] == ["https://a.example/", "https://b.example/"]


@spec("RFC 9068 §3", "B-23")
def test_the_audience_is_else_the_sites_own_resource() -> None:
    with override_settings(OAUTHFLOWS={"RESOURCE": "https://api.example"}):
        token = jwt_story().tokens()["access_token"]
    assert jwt.open_jwt(token).claims["aud"] == "https://api.example"


@spec("RFC 9068 §2.2.1", "B-18", "B-23")
def test_a_refreshed_token_is_a_new_one_of_the_same_sign_in() -> None:
    story = jwt_story()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    before, after = (jwt.open_jwt(pair["access_token"]).claims for pair in (first, second))
    assert before["jti"] != after["jti"]
    assert before["auth_time"] == after["auth_time"]
    assert before["sub"] == after["sub"]


@spec("B-18", "B-23")
def test_a_lost_answer_brings_the_same_token_again() -> None:
    story = jwt_story()
    first = story.tokens()
    answers = [story.refresh(first["refresh_token"]).json()["access_token"] for _ in range(2)]
    assert answers[0] == answers[1]


@spec("B-23")
def test_a_token_adopted_from_dot_is_refreshed_to_a_jwt_without_a_sign_in() -> None:
    story = begin(registered=dot_application())
    _, refresh_token = dot_tokens(story)
    with override_settings(OAUTHFLOWS={"JWT_SCOPES": ["notes:read"]}):
        token = story.refresh(refresh_token).json()["access_token"]
    claims = jwt.open_jwt(token).claims
    assert claims["sub"] == str(story.person.pk)
    assert "auth_time" not in claims


@spec("B-23")
def test_a_scope_can_ask_for_it_too() -> None:
    story = begin()
    with override_settings(OAUTHFLOWS={"JWT_SCOPES": ["notes:write"]}):
        signed = story.tokens(scope="notes:read notes:write")["access_token"]
        opaque = story.tokens(scope="notes:read")["access_token"]
    assert jwt.open_jwt(signed).claims["scope"] == "notes:read notes:write"
    assert opaque.count(".") == 0


@spec("B-23")
def test_tokens_are_opaque_unless_somebody_says_otherwise() -> None:
    tokens = begin().tokens()
    assert [value.count(".") for value in (tokens["access_token"], tokens["refresh_token"])] == [
        0,
        0,
    ]


@spec("B-23")
def test_a_refresh_token_is_never_a_jwt() -> None:
    assert "." not in jwt_story().tokens()["refresh_token"]


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
@spec("RFC 9068 §2.1", "B-23")
def test_the_algorithm_is_the_projects_choice(algorithm: str) -> None:
    story = jwt_story()
    with override_settings(OAUTHFLOWS={"SIGNING_ALGORITHM": algorithm}):
        token = story.tokens()["access_token"]
    assert jwt.open_jwt(token).header["alg"] == algorithm
    assert story.call(token).status_code == story.call(token, "/api/local/").status_code == 200


@spec("B-17", "B-23")
def test_the_row_is_kept_by_its_checksum_alone() -> None:
    token = jwt_story().tokens()["access_token"]
    row = get_access_token_model().objects.get()
    assert row.token == ""
    assert token not in str(vars(row))


# Where it is looked up, its end is seen at once ------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/notes/", "/api/own/", "/api/stock/", "/api/local/"])
@spec("RFC 6750 §2.1", "B-23", "B-26")
def test_every_kind_of_view_takes_it(path: str) -> None:
    story = jwt_story()
    assert story.call(story.tokens()["access_token"], path).status_code == 200


@pytest.mark.parametrize("path", ["/api/notes/", "/api/stock/"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@spec("RFC 7009 §2.1", "B-21", "B-23")
def test_a_revoked_token_is_refused_at_the_next_request(path: str, kind: str) -> None:
    story = jwt_story()
    tokens = story.tokens()
    assert story.post("revoke", token=tokens[kind]).status_code == 200
    assert story.call(tokens["access_token"], path).status_code in (401, 403)
    assert story.introspect(tokens["access_token"]) == {"active": False}


@spec("B-15", "B-23")
def test_a_withdrawn_app_has_lost_its_signed_tokens() -> None:
    story = jwt_story()
    token = story.tokens()["access_token"]
    story.browser.post(f"/o/connected-apps/{story.registered.application.pk}/withdraw/")
    assert story.call(token).status_code == 401


@spec("B-20", "B-23")
def test_a_deactivated_persons_token_stops() -> None:
    story = jwt_story()
    token = story.tokens()["access_token"]
    story.person.is_active = False
    story.person.save()
    assert story.call(token).status_code == 401


@spec("RFC 7662 §2.2", "RFC 9470 §6.2", "B-22", "B-23")
def test_introspection_says_what_the_token_says() -> None:
    story = jwt_story()
    token = story.tokens(scope="notes:read")["access_token"]
    claims = jwt.open_jwt(token).claims
    members = story.introspect(token)
    assert members.pop("active")
    assert {name: members[name] for name in claims} == {**claims, "iat": members["iat"]}


@spec("B-23", "B-26")
def test_a_genuine_token_without_a_row_is_refused_where_it_is_looked_up() -> None:
    story = jwt_story()
    token = story.tokens()["access_token"]
    get_access_token_model().objects.all().delete()
    assert story.call(token).status_code == 401
    assert story.call(token, "/api/local/").status_code == 200


@spec("RFC 9068 §2.2", "B-23")
def test_every_flow_of_a_person_gives_the_format_the_client_has() -> None:
    app = begin(preset="legacy-app", profile="legacy")
    app.registered.policy.token_format = "jwt"
    app.registered.policy.flows = [*app.registered.policy.flows, "implicit", "device-code"]
    app.registered.policy.save()
    unproven = {"code_challenge": None, "code_challenge_method": None}
    front = answered(app.decide(response_type="token", **unproven), mode="fragment")
    password = app.token(
        grant_type="password",
        username=app.person.username,
        password=PASSWORD,
        scope="notes:read",
    ).json()
    codes = app.device_codes(scope="notes:read").json()
    app.decide_on_device(codes["user_code"], scopes=["notes:read"])
    device = app.poll(codes["device_code"]).json()
    for members in (front, password, device):
        assert members["access_token"].count(".") == 2
        assert app.call(members["access_token"]).json()["person"] == app.person.username
