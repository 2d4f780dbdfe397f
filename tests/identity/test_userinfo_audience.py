"""A token that was asked for an API also opens userinfo where `openid` was granted, and nothing else."""

from typing import Any

import pytest
from oauth2_provider.models import get_access_token_model

from django_oauthflows.keys import jwt
from django_oauthflows.testing.client import answered
from tests.flows import exchanges
from tests.identity.stories import change, of_every_type, relying_party, userinfo
from tests.management_api.calling import URLS, url
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

API = exchanges.API
OTHER = "https://other.example/"
USERINFO = "http://testserver/o/userinfo/"


def same_host(url: str, resource: list[str]) -> bool:
    """A project's own comparison that is a wide one: it looks at the host alone."""
    return any(uri.split("/")[2] == url.split("/")[2] for uri in resource)


def token_for_api(story: Story, scope: str = "openid profile", **asked: Any) -> str:
    token: str = story.tokens(**{"scope": scope, "resource": API, **asked})["access_token"]
    return token


def serving(resource: str) -> Story:
    """An API elsewhere, as a client that may ask about the tokens meant for it."""
    api = begin(preset="service", redirect_uris=())
    change(api, resources=[resource])
    return api


# What opens ---------------------------------------------------------------------------------------------


@spec("OpenID Connect Core §5.3", "RFC 8707 §2", "B-27")
def test_a_token_for_an_api_also_opens_userinfo() -> None:
    story = relying_party()
    answer = userinfo(story, token_for_api(story))
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada Lovelace")


@spec("OpenID Connect Core §5.3", "RFC 8707 §2", "B-27")
def test_so_does_that_of_a_client_that_is_held_to_an_api() -> None:
    story = relying_party(allowed_resources=[API])
    tokens = story.tokens(scope="openid profile")
    assert userinfo(story, tokens["access_token"]).status_code == 200
    refreshed = story.refresh(tokens["refresh_token"]).json()
    assert userinfo(story, refreshed["access_token"]).status_code == 200


@spec("RFC 7662 §2.2", "RFC 8707 §2")
def test_introspection_names_both_audiences_to_the_api() -> None:
    token = token_for_api(relying_party())
    assert serving(API).introspect(token)["aud"] == [API, USERINFO]


@spec("RFC 9068 §3", "RFC 7662 §2.2", "B-23")
def test_a_signed_token_says_both_audiences() -> None:
    story = relying_party(token_format="jwt")
    token = token_for_api(story)
    assert jwt.open_jwt(token).claims["aud"] == [API, USERINFO]
    assert story.introspect(token)["aud"] == [API, USERINFO]
    assert userinfo(story, token).status_code == 200


@spec("RFC 9068 §3", "RFC 8707 §2")
def test_a_token_of_the_front_channel_says_both_too() -> None:
    story = of_every_type(token_format="jwt")
    asked = {"code_challenge": None, "code_challenge_method": None, "nonce": "n"}
    back = story.decide(response_type="id_token token", scope="openid", resource=API, **asked)
    token = answered(back, mode="fragment")["access_token"]
    assert jwt.open_jwt(token).claims["aud"] == [API, USERINFO]
    assert userinfo(story, token).status_code == 200


@spec("RFC 8707 §2")
def test_an_api_that_wants_tokens_of_its_own_takes_it(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.resource_server.test_resources"
    story = relying_party()
    token = token_for_api(story, "openid notes:read", resource="https://notes.example.com/")
    assert story.call(token, "/api/strict/").status_code == 200


# What stays shut ----------------------------------------------------------------------------------------


@spec("OpenID Connect Core §5.3.1", "RFC 8707 §2", "B-27")
def test_userinfo_is_no_audience_where_openid_was_not_granted() -> None:
    story = relying_party(token_format="jwt")
    without = token_for_api(story, "profile notes:read")
    assert jwt.open_jwt(without).claims["aud"] == API
    assert userinfo(story, without).status_code == 401
    code = story.code(scope="openid notes:read", resource=API)
    refresh_token = story.redeem(code).json()["refresh_token"]
    narrowed = story.refresh(refresh_token, scope="notes:read").json()["access_token"]
    assert jwt.open_jwt(narrowed).claims["aud"] == API
    assert userinfo(story, narrowed).status_code == 401


@spec("OpenID Connect Core §5.3.1", "RFC 8707 §2")
def test_nor_for_a_service_that_stands_for_nobody() -> None:
    service = begin(preset="service", scopes=["openid", "notes:read"])
    change(service, token_format="jwt")
    asked = {"grant_type": "client_credentials", "scope": "openid", "resource": API}
    token = service.token(**asked).json()["access_token"]
    assert jwt.open_jwt(token).claims["aud"] == API
    assert userinfo(service, token).status_code == 401


@spec("RFC 9068 §3", "RFC 8707 §2")
@pytest.mark.parametrize("site", ["", "https://api.example.com/"])
def test_the_issuer_the_sites_root_and_its_resource_are_not_added(settings: Any, site: str) -> None:
    settings.OAUTHFLOWS = {"RESOURCE": site} if site else {}
    story = relying_party(token_format="jwt")
    assert jwt.open_jwt(token_for_api(story)).claims["aud"] == [API, USERINFO]
    unbound = story.tokens(scope="openid")["access_token"]
    assert jwt.open_jwt(unbound).claims["aud"] == (site or "http://testserver")


@spec("RFC 8707 §2", "B-27")
@pytest.mark.parametrize("path", ["/api/notes/", "/api/own/", "/api/stock/", "/api/local/"])
@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
@pytest.mark.parametrize("comparison", ["", f"{__name__}.same_host"])
def test_no_other_view_takes_it(
    settings: Any, path: str, token_format: str, comparison: str
) -> None:
    """Nor where the project compares the host alone: userinfo is on the same host as the view."""
    if comparison:
        own = {"RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR": same_host}
        settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, **own}
    story = relying_party(token_format=token_format)
    token = token_for_api(story, "openid notes:read notes:write")
    assert story.call(token, path).status_code in (401, 403)


@spec("RFC 8707 §2", "B-27")
def test_nor_does_the_management_api(settings: Any) -> None:
    settings.ROOT_URLCONF = URLS
    story = relying_party(scopes=["openid", "oauthflows:self:read"])
    scope = "openid oauthflows:self:read"
    path = url("own-apps")
    assert story.call(story.tokens(scope=scope)["access_token"], path).status_code == 200
    assert story.call(token_for_api(story, scope), path).status_code == 401


@spec("RFC 7662 §2.2", "B-22")
def test_no_other_api_learns_of_it_by_introspection() -> None:
    token = token_for_api(relying_party())
    for resource in (OTHER, USERINFO, "http://testserver", "http://testserver/o"):
        assert serving(resource).introspect(token) == {"active": False}


@spec("RFC 8693 §2.2.2", "RFC 8707 §2.2")
def test_its_client_cannot_exchange_it_for_userinfo() -> None:
    story = relying_party(exchange_targets=[USERINFO], flows=("token-exchange",))
    answer = story.exchange(token_for_api(story), resource=USERINFO)
    assert exchanges.refused(answer)[0] == "invalid_target"


@spec("RFC 8693 §2.2.2")
def test_an_api_of_that_name_cannot_exchange_it() -> None:
    stranger = exchanges.api(resources=[USERINFO])
    answer = stranger.exchange(token_for_api(relying_party(), "openid notes:read"))
    assert exchanges.refused(answer)[0] == "invalid_request"


@spec("RFC 8693 §2.1", "RFC 9068 §3")
@pytest.mark.parametrize("may_impersonate", [False, True])
@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
def test_what_is_exchanged_for_the_next_api_opens_no_userinfo(
    may_impersonate: bool, token_format: str
) -> None:
    token = token_for_api(relying_party(), "openid notes:read")
    service = exchanges.api(
        may_impersonate=may_impersonate, exchange_targets=[OTHER], scopes=["openid", "notes:read"]
    )
    change(service, token_format=token_format)
    got = exchanges.exchanged(service, token, resource=OTHER)
    assert "openid" in got["scope"].split()
    assert service.introspect(got["access_token"])["aud"] == OTHER
    assert userinfo(service, got["access_token"]).status_code == 401


@spec("RFC 8707 §2")
def test_no_row_has_the_url_of_userinfo() -> None:
    token_for_api(relying_party())
    assert get_access_token_model().objects.get().resource == [API]
