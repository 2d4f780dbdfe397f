"""What the userinfo endpoint tells, to whom and in which form (OpenID Connect Core §5.3, §5.4)."""

import json
from typing import Any

import pytest

from django_oauthflows.identity.claims import Claim
from tests.identity.stories import change, claims_of, header_of, relying_party, userinfo
from tests.marks import conformance, spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

CLAIMS = {
    "nickname": Claim(
        scope="profile",
        source=lambda person: f"the {person.first_name}",
        translated=lambda person, tag: {"de": f"die {person.first_name}"}.get(tag),
    ),
    "employee_number": Claim(scope="notes:read", source=lambda person: person.pk + 1000),
}


@spec("OpenID Connect Core §5.3.2", "OpenID Connect Core §5.4", "B-29")
@conformance("oidcc-userinfo-get", "oidcc-scope-profile", "oidcc-scope-email", "oidcc-scope-all")
def test_each_scope_tells_its_claims_from_djangos_user_model() -> None:
    story = relying_party()
    token = story.tokens(scope="openid profile email")["access_token"]
    response = userinfo(story, token)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "sub": str(story.person.pk),
        "name": "Ada Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "preferred_username": story.person.username,
        "email": "ada@example.com",
    }


@spec("OpenID Connect Core §5.4")
@pytest.mark.parametrize("scope", ["openid", "openid address", "openid phone"])
def test_what_is_not_known_is_left_out(scope: str) -> None:
    story = relying_party()
    assert userinfo(story, story.tokens(scope=scope)["access_token"]).json().keys() == {"sub"}


@spec("OpenID Connect Core §5.3.1", "RFC 6750 §2.1")
@conformance("oidcc-userinfo-post-header")
def test_it_is_asked_by_post_with_the_token_in_the_header() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["access_token"]
    assert userinfo(story, token, method="post").json() == {"sub": str(story.person.pk)}


@spec("OpenID Connect Core §5.3.1", "RFC 6750 §2.2")
@conformance("oidcc-userinfo-post-body")
def test_it_is_asked_by_post_with_the_token_in_the_body() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["access_token"]
    assert _in_body(story, token).json() == {"sub": str(story.person.pk)}


def _in_body(story: Story, token: str, **headers: str) -> Any:
    return story.back_channel.post(
        "/o/userinfo/",
        f"access_token={token}",
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )


@spec("RFC 6750 §2")
def test_a_token_that_is_sent_twice_is_refused() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["access_token"]
    response = _in_body(story, token, Authorization=f"Bearer {token}")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@spec("RFC 6750 §2.3", "B-26")
def test_a_token_in_the_url_counts_for_nothing() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["access_token"]
    response = story.back_channel.get(f"/o/userinfo/?access_token={token}")
    assert response.status_code == 401
    assert response.json() == {}
    assert "error" not in response["WWW-Authenticate"]


@spec("RFC 6750 §3.1", "B-26")
@pytest.mark.parametrize("token", ["no-such-token", "eyA.b.c", "\N{SNOWMAN}", "a b"])
def test_a_bad_token_is_a_401_with_a_challenge(token: str) -> None:
    response = userinfo(relying_party(), token.encode().decode("latin-1"))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@spec("OpenID Connect Core §5.3.1", "RFC 6750 §3.1")
def test_a_token_without_openid_is_a_403() -> None:
    story = relying_party()
    response = userinfo(story, story.tokens(scope="profile")["access_token"])
    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")
    assert 'scope="openid"' in response["WWW-Authenticate"]


@spec("OpenID Connect Core §5.3.1")
def test_a_services_own_token_tells_of_nobody() -> None:
    service = begin(preset="service", scopes=("openid",))
    token = service.token(grant_type="client_credentials", scope="openid").json()["access_token"]
    assert userinfo(service, token).status_code == 401


@spec("RFC 7009 §2.1", "B-21")
def test_a_revoked_token_tells_nothing_at_once() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["access_token"]
    story.post("revoke", token=token)
    assert userinfo(story, token).status_code == 401


@spec("OpenID Connect Core §5.3")
def test_any_origin_may_ask_since_no_cookie_counts() -> None:
    story = relying_party()
    token = story.tokens(scope="openid")["access_token"]
    response = userinfo(story, token)
    assert response["Access-Control-Allow-Origin"] == "*"
    preflight = story.back_channel.options("/o/userinfo/")
    assert preflight["Access-Control-Allow-Methods"] == "GET, POST"
    assert story.browser.get("/o/userinfo/").status_code == 401


@spec("OpenID Connect Core §5.3.2", "B-29")
@conformance("oidcc-userinfo-rs256")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_client_that_is_registered_for_it_gets_a_signed_answer(algorithm: str) -> None:
    story = relying_party(userinfo_signed_response_alg=algorithm)
    response = userinfo(story, story.tokens(scope="openid profile")["access_token"])
    assert response["Content-Type"] == "application/jwt"
    claims = claims_of(story, response.content.decode(), algorithms=(algorithm,))
    assert header_of(response.content.decode())["typ"] == "userinfo+jwt"
    assert claims["aud"] == story.registered.client_id
    assert claims["iss"] == "http://testserver/o"
    assert claims["name"] == "Ada Lovelace"


def naming(*names: str, place: str = "userinfo") -> dict[str, str]:
    """A request that names claims (§5.5)."""
    return {"claims": json.dumps({place: {name: {"essential": True} for name in names}})}


@spec("OpenID Connect Core §5.5")
@conformance("oidcc-claims-essential")
def test_a_claim_that_was_asked_for_by_name_is_told_and_no_other_of_its_scope() -> None:
    story = relying_party()
    code = story.code(scope="openid", **naming("name", "eyes"), scopes=["openid", "profile"])
    members = story.redeem(code).json()
    assert members["scope"] == "openid"
    told = userinfo(story, members["access_token"]).json()
    assert told == {"sub": str(story.person.pk), "name": "Ada Lovelace"}


@spec("OpenID Connect Core §5.5", "B-14")
def test_the_person_is_asked_for_the_scope_a_named_claim_belongs_to() -> None:
    story = relying_party()
    page = story.ask(scope="openid", **naming("name")).content.decode()
    assert 'value="profile"' in page
    code = story.code(scope="openid", **naming("name"), scopes=["openid"])
    token = story.redeem(code).json()["access_token"]
    assert userinfo(story, token).json().keys() == {"sub"}
    # What was unticked is asked for again, and what was ticked is not.
    assert story.ask(scope="openid", **naming("name")).status_code == 200
    story.code(scope="openid", **naming("name"), scopes=["openid", "profile"])
    assert story.ask(scope="openid", **naming("name")).status_code == 302


@spec("OpenID Connect Core §5.5", "B-9")
def test_a_claim_of_a_scope_the_client_may_not_have_is_not_told() -> None:
    story = relying_party(scopes=["openid", "email"])
    page = story.ask(scope="openid", **naming("name")).content.decode()
    assert 'value="profile"' not in page
    token = story.tokens(scope="openid", **naming("name"))["access_token"]
    assert userinfo(story, token).json().keys() == {"sub"}


@spec("OpenID Connect Core §5.5")
def test_a_claim_for_the_id_token_stands_there() -> None:
    story = relying_party()
    token = story.tokens(scope="openid email", **naming("email", place="id_token"))["id_token"]
    assert claims_of(story, token)["email"] == "ada@example.com"


@spec("OpenID Connect Core §5.1.2")
def test_a_project_maps_its_own_claims(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLAIMS": "tests.identity.test_userinfo.CLAIMS"}
    story = relying_party()
    token = story.tokens(scope="openid notes:read")["access_token"]
    assert userinfo(story, token).json()["employee_number"] == story.person.pk + 1000


@spec("OpenID Connect Core §5.2")
@conformance("oidcc-claims-locales")
def test_a_claim_is_told_in_the_language_that_was_asked(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLAIMS": "tests.identity.test_userinfo.CLAIMS"}
    story = relying_party()
    token = story.tokens(scope="openid profile", claims_locales="de fr")["access_token"]
    assert userinfo(story, token).json()["nickname#de"] == "die Ada"
    named = naming("nickname#de", "nickname#fr")
    token = story.tokens(scope="openid", **named, scopes=["openid", "profile"])["access_token"]
    assert userinfo(story, token).json().keys() == {"sub", "nickname#de"}


@spec("OpenID Connect Core §5.4")
def test_a_client_is_told_no_more_than_its_own_limit() -> None:
    story = relying_party(allowed_claims=["name"])
    token = story.tokens(scope="openid profile email")["access_token"]
    assert userinfo(story, token).json().keys() == {"sub", "name"}
    change(story, allowed_claims=[])
    assert userinfo(story, token).json().keys() == {"sub"}
