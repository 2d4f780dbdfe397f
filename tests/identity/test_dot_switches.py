"""django-oauth-toolkit's switches of OpenID Connect and of logout, where the project wrote them itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from django_oauthflows.clients import facts
from django_oauthflows.keys import jwt
from django_oauthflows.testing.client import answered
from tests.identity.logouts import BACK, ask, is_signed_in, signed_in
from tests.identity.stories import AS_PROVIDER, claims_of
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db

USERINFO, DISCOVERY = "/o/userinfo/", "/o/.well-known/openid-configuration"
LOGOUT, JWKS = "/o/logout/", "/o/.well-known/jwks.json"


def saying(settings: Any, **words: Any) -> None:
    """The project's own words in `OAUTH2_PROVIDER`, beside the scopes of OpenID Connect."""
    settings.OAUTH2_PROVIDER = {**AS_PROVIDER, **words}
    facts.forget_clients()


def statuses(*paths: str) -> list[int]:
    return [Client().get(path).status_code for path in paths]


def metadata() -> dict[str, Any]:
    return Client().get("/.well-known/oauth-authorization-server/o").json()


@spec("OpenID Connect Discovery 1.0 §4")
def test_a_project_that_says_nothing_is_a_provider_by_its_scope(settings: Any) -> None:
    saying(settings)
    assert statuses(USERINFO, DISCOVERY, LOGOUT, JWKS) == [401, 200, 200, 200]


def test_without_openid_connect_its_endpoints_are_not_there(settings: Any) -> None:
    saying(settings, OIDC_ENABLED=False)
    assert statuses(USERINFO, DISCOVERY, LOGOUT) == [404, 404, 404]
    assert Client().get("/.well-known/openid-configuration/o").status_code == 404
    assert Client().post(USERINFO).status_code == Client().post(LOGOUT).status_code == 404
    # The keys also sign access tokens (RFC 9068) and introspection answers (RFC 9701).
    assert statuses(JWKS) == [200]


def test_without_openid_connect_its_scope_is_not_offered(settings: Any) -> None:
    saying(settings, OIDC_ENABLED=False)
    assert "openid" not in metadata()["scopes_supported"]
    assert not [kind for kind in metadata()["response_types_supported"] if "id_token" in kind]
    story = begin(scopes=("notes:read",))
    assert answered(story.ask(scope="openid notes:read"))["error"] == "invalid_scope"
    assert "id_token" not in story.tokens()


def test_a_client_that_had_the_scope_gets_no_id_token_any_more(settings: Any) -> None:
    saying(settings)
    story = begin(scopes=("openid", "notes:read"))
    tokens = story.tokens()
    assert tokens["id_token"]
    saying(settings, OIDC_ENABLED=False)
    refreshed = story.refresh(tokens["refresh_token"]).json()
    assert refreshed["scope"] == "notes:read"
    assert "id_token" not in refreshed


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_without_logout_its_endpoint_alone_is_not_there(settings: Any) -> None:
    saying(settings, OIDC_RP_INITIATED_LOGOUT_ENABLED=False)
    assert statuses(USERINFO, DISCOVERY, LOGOUT) == [401, 200, 404]
    story = begin(scopes=("openid",))
    tokens = story.tokens()
    assert ask(story, id_token_hint=tokens["id_token"]).status_code == 404
    assert is_signed_in(story)
    assert "end_session_endpoint" not in Client().get(DISCOVERY).json()


def test_with_logout_switched_on_it_is_named(settings: Any) -> None:
    saying(settings, OIDC_ENABLED=True, OIDC_RP_INITIATED_LOGOUT_ENABLED=True)
    assert Client().get(DISCOVERY).json()["end_session_endpoint"].endswith(LOGOUT)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-20")
@pytest.mark.parametrize(("said", "active"), [(None, True), (False, True), (True, False)])
def test_tokens_end_at_logout_where_the_project_says_so(
    settings: Any, said: bool | None, active: bool
) -> None:
    saying(settings)
    words = {} if said is None else {"OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": said}
    saying(settings, **words)
    story, tokens = signed_in()
    elsewhere = begin(person=story.person).tokens()
    ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK)
    assert not is_signed_in(story)
    assert story.introspect(tokens["access_token"])["active"] is active
    assert story.introspect(tokens["refresh_token"])["active"] is active
    assert (story.call(elsewhere["access_token"]).status_code == 200) is active


@pytest.mark.parametrize(
    ("words", "ours", "active"),
    [
        ({}, {}, False),
        ({"OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": False}, {}, True),
        ({}, {"REVOKE_ON_LOGOUT": False}, True),
        ({"OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": True}, {"REVOKE_ON_LOGOUT": False}, False),
    ],
)
def test_tokens_go_on_ending_at_the_logout_that_a_project_opened_on_dot(
    settings: Any, words: dict[str, bool], ours: dict[str, bool], active: bool
) -> None:
    saying(settings, OIDC_ENABLED=True, OIDC_RP_INITIATED_LOGOUT_ENABLED=True, **words)
    settings.OAUTHFLOWS = ours
    story, tokens = signed_in()
    elsewhere = begin(person=story.person).tokens()
    ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK)
    assert story.introspect(tokens["refresh_token"])["active"] is active
    assert (story.call(elsewhere["access_token"]).status_code == 200) is active


def test_a_device_keeps_its_tokens_as_on_dot(settings: Any) -> None:
    saying(settings, OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS=True)
    story, tokens = signed_in()
    tv = begin(person=story.person, preset="device", redirect_uris=())
    codes = tv.device_codes().json()
    tv.decide_on_device(codes["user_code"])
    access = tv.poll(codes["device_code"]).json()["access_token"]
    ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK)
    assert story.introspect(tokens["access_token"])["active"] is False
    assert tv.call(access).status_code == 200


@spec("OpenID Connect RP-Initiated Logout 1.0 §4")
@pytest.mark.parametrize(("said", "is_refused"), [(None, False), (True, False), (False, True)])
def test_an_expired_hint_counts_unless_the_project_says_no(
    settings: Any, said: bool | None, is_refused: bool
) -> None:
    words = {} if said is None else {"OIDC_RP_INITIATED_LOGOUT_ACCEPT_EXPIRED_TOKENS": said}
    story, tokens = signed_in()
    saying(settings, **words)
    claims = claims_of(story, tokens["id_token"])
    long_ago = int((timezone.now() - timedelta(days=2)).timestamp())
    expired = jwt.sign(
        {**claims, "iat": long_ago, "exp": long_ago + 60}, typ="JWT", algorithm="RS256"
    )
    response = ask(story, id_token_hint=expired, post_logout_redirect_uri=BACK)
    assert (response.status_code == 400) is is_refused
    assert is_signed_in(story) is is_refused
    assert ask(story, id_token_hint=tokens["id_token"]).status_code == 200
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §3")
@pytest.mark.parametrize("kind", ["web-app", "single-page-app"])
@pytest.mark.parametrize("said", [None, False, True])
def test_a_public_client_returns_by_https_where_the_project_is_strict(
    settings: Any, said: bool | None, kind: str
) -> None:
    words = {} if said is None else {"OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": said}
    saying(settings, **words)
    back = "http://localhost:8000/signed-out"
    registered = begin(preset=kind, scopes=("openid",)).registered
    registered.application.post_logout_redirect_uris = back
    registered.application.save()
    story = begin(registered=registered)
    response = ask(story, client_id=registered.client_id, post_logout_redirect_uri=back)
    assert (response.status_code == 400) is (said is True and kind == "single-page-app")
