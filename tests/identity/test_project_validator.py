"""Claims and subjects by a project's own `OAUTH2_VALIDATOR_CLASS`, as on django-oauth-toolkit."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from django_oauthflows.clients.facts import client_of
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD
from django_oauthflows.tokens.subjects import subject_of
from tests.identity.relying import listening
from tests.identity.stories import AS_PROVIDER, claims_of, of_every_type, relying_party, userinfo
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

RESERVED = ("iss", "aud", "exp", "nonce", "acr", "sid")


def validated_by(name: str) -> Any:
    own = f"tests.identity.project_validators.{name}"
    return override_settings(OAUTH2_PROVIDER={**AS_PROVIDER, "OAUTH2_VALIDATOR_CLASS": own})


def legacy_app() -> Story:
    """A client that asks for passwords itself."""
    return begin(preset="legacy-app", redirect_uris=(), scopes=("openid", "profile"))


def sign_in(story: Story, password: str) -> Any:
    typed = {"username": story.person.username, "password": password}
    return story.token(grant_type="password", scope="openid", **typed)


def told(story: Story, scope: str, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the ID token and userinfo say."""
    tokens = story.tokens(scope=scope, **changes)
    said = userinfo(story, tokens["access_token"])
    assert said.status_code == 200, said.content
    return claims_of(story, tokens["id_token"]), said.json()


@spec("OpenID Connect Core §5.4")
def test_claims_are_told_by_their_scopes_in_id_token_and_userinfo() -> None:
    story = relying_party()
    with validated_by("WithRequest"):
        for said in told(story, "openid profile email notes:read"):
            assert said["groups"] == [story.person.username]
            assert said["name"] == "Dr Lovelace"
            assert "email" not in said, "the project's map has it under another scope"
        for said in told(story, "openid"):
            assert said.keys().isdisjoint({"groups", "name"})


@spec("OpenID Connect Core §2")
def test_reserved_claims_are_never_the_projects_word() -> None:
    story = relying_party()
    with validated_by("WithRequest"):
        identity, said = told(story, "openid profile", nonce="the-nonce")
    assert (identity["aud"], identity["nonce"]) == (story.registered.client_id, "the-nonce")
    assert identity["iss"] == "http://testserver/o"
    assert identity["exp"] > identity["iat"] > 1
    assert identity.get("acr") != "high"
    assert identity["sid"] != "made up"
    assert said.keys().isdisjoint(RESERVED)


@spec("OpenID Connect Core §5.3.2")
def test_a_subject_of_the_projects_own_is_told_wherever_there_is_one() -> None:
    story = relying_party()
    with validated_by("WithRequest"):
        tokens = story.tokens(scope="openid profile")
        subjects = {
            claims_of(story, tokens["id_token"])["sub"],
            userinfo(story, tokens["access_token"]).json()["sub"],
            story.introspect(tokens["access_token"])["sub"],
            story.introspect(tokens["refresh_token"])["sub"],
            claims_of(story, story.refresh(tokens["refresh_token"]).json()["id_token"])["sub"],
        }
        hinted = story.ask(prompt="none", id_token_hint=tokens["id_token"], scope="openid profile")
    assert subjects == {f"employee-{story.person.pk}"}
    assert "code=" in hinted["Location"]


@spec("OpenID Connect Back-Channel Logout 1.0 §2.4")
def test_a_logout_token_names_that_subject_too() -> None:
    with listening() as party, validated_by("WithRequest"):
        story = relying_party(backchannel_logout_uri=party.uri)
        story.tokens(scope="openid")
        story.browser.post("/accounts/logout/")
        call_command("oauthflows_deliver_logouts", stdout=StringIO())
        (token,) = party.tokens
        claims = claims_of(story, token)
    assert claims["sub"] == f"employee-{story.person.pk}"


@spec("OpenID Connect Back-Channel Logout 1.0 §2.4")
def test_a_hook_that_fails_keeps_nobody_signed_in() -> None:
    with listening() as party:
        story = relying_party(backchannel_logout_uri=party.uri)
        story.tokens(scope="openid")
        with validated_by("Broken"):
            assert story.browser.post("/accounts/logout/").status_code == 200
            call_command("oauthflows_deliver_logouts", stdout=StringIO())
        (token,) = party.tokens
        claims = claims_of(story, token)
    assert claims["sid"]
    assert "sub" not in claims


@spec("RFC 9068 §2.2")
def test_a_jwt_access_token_keeps_the_key_that_apis_of_this_site_read() -> None:
    story = relying_party(token_format="jwt")
    with validated_by("WithRequest"):
        access = story.tokens(scope="openid notes:read")["access_token"]
        claims = claims_of(story, access, algorithms=("ES256",))
    assert claims["sub"] == str(story.person.pk)


@spec("OpenID Connect Core §8.1")
def test_a_pairwise_client_keeps_its_own_subject() -> None:
    story = relying_party(subject_type="pairwise")
    with validated_by("WithRequest"):
        identity, said = told(story, "openid")
    assert identity["sub"] == said["sub"] != f"employee-{story.person.pk}"


def test_claims_without_a_request_are_told_and_named_in_the_metadata() -> None:
    story = relying_party()
    with validated_by("WithoutRequest"):
        for said in told(story, "openid"):
            assert said["client"] == story.registered.application.name
            assert said["left"] is None
            assert "nickname" not in said
            assert said["sub"] == str(story.person.pk)
        document = story.back_channel.get("/o/.well-known/openid-configuration").json()
    assert {"client", "left", "nickname", "name", "email"} <= set(document["claims_supported"])


def test_userinfo_may_say_more_and_a_map_of_none_hides_nothing() -> None:
    story = relying_party()
    with validated_by("Userinfo"):
        identity, said = told(story, "openid")
        document = story.back_channel.get("/o/.well-known/openid-configuration").json()
    assert identity["department"] == said["department"] == "Analysis"
    assert (said["colour"], said["token_scope"]) == ("green", "openid")
    assert "colour" not in identity
    assert {"department", "colour"} <= set(document["claims_supported"])


def test_an_id_token_may_say_more() -> None:
    story = relying_party()
    with validated_by("IDTokens"):
        asked = '{"id_token": {"name": null}}'
        identity, said = told(story, "openid profile", claims=asked)
    assert identity["issuer_seen"] == identity["iss"] == "http://testserver/o"
    assert identity["named"] == {"id_token": {"name": None}}
    assert "issuer_seen" not in said


def test_a_clients_own_limit_of_claims_holds() -> None:
    story = relying_party(allowed_claims=["name"])
    with validated_by("WithRequest"):
        for said in told(story, "openid profile notes:read"):
            assert said["name"] == "Dr Lovelace"
            assert "groups" not in said


@spec("RFC 6749 §4.1.2")
def test_a_hook_that_fails_spends_nothing_and_tells_nothing() -> None:
    story = relying_party()
    code = story.code(scope="openid")
    with validated_by("Broken"):
        refused = story.redeem(code)
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        assert story.person.email not in refused.content.decode()
    tokens = story.redeem(code)
    assert tokens.status_code == 200, tokens.content
    for name in ("Broken", "NoClaims"):
        with validated_by(name):
            refused = userinfo(story, tokens.json()["access_token"])
        assert refused.status_code == 503
        assert "sub" not in refused.json()


def test_metadata_without_the_claims_of_a_hook_that_fails_is_still_there() -> None:
    with validated_by("Broken"):
        answer = relying_party().back_channel.get("/o/.well-known/openid-configuration")
    assert answer.status_code == 200
    assert "sub" in answer.json()["claims_supported"]


@spec("RFC 6749 §4.3.2")
def test_a_project_that_validates_users_itself_is_asked() -> None:
    story = legacy_app()
    with validated_by("Passwords"):
        legacy = f"legacy of {story.registered.application.name}"
        assert sign_in(story, password=legacy).status_code == 200
        assert sign_in(story, password=PASSWORD).status_code == 200
        assert sign_in(story, password="wrong").status_code == 400


@spec("RFC 6749 §4.3.2")
def test_an_inactive_account_is_refused_whatever_the_project_says() -> None:
    story = legacy_app()
    story.person.is_active = False
    story.person.save()
    with validated_by("Passwords"):
        answer = sign_in(story, password=f"legacy of {story.registered.application.name}")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_site_without_a_validator_asks_for_nothing(django_assert_num_queries: Any) -> None:
    story = relying_party()
    client = client_of(story.registered.client_id)
    assert client is not None
    with django_assert_num_queries(0):
        assert subject_of(client, story.person.pk) == str(story.person.pk)


@spec("RFC 6749 §4.1.2.1", "RFC 7662 §2.2")
def test_a_hook_that_fails_is_an_answer_at_each_endpoint_and_no_crash() -> None:
    story = of_every_type()
    tokens = story.tokens(scope="openid")
    with validated_by("Broken"):
        in_front = story.decide(response_type="id_token", nonce="a-nonce", scope="openid")
        introspected = story.post("introspect", token=tokens["access_token"])
        refreshed = story.refresh(tokens["refresh_token"])
    assert "error=temporarily_unavailable" in in_front["Location"]
    assert (introspected.status_code, refreshed.status_code) == (503, 503)
    assert "active" not in introspected.json()
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("OpenID Connect Core §3.3.2.11")
def test_an_id_token_of_the_front_channel_tells_the_claims_too() -> None:
    story = of_every_type()
    with validated_by("WithoutRequest"):
        answer = story.decide(response_type="id_token", nonce="a-nonce", scope="openid")
        claims = claims_of(story, answered(answer, mode="fragment")["id_token"])
    assert claims["client"] == story.registered.application.name
