"""Tokens in the front channel: for the legacy profile alone, in the fragment, and ended like any other."""

from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.testing.client import answered
from django_oauthflows.tokens import families
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import authorization_of
from tests.marks import spec
from tests.races.together import assert_nothing_is_alive, assert_nothing_is_orphaned
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

IMPLICIT = {"response_type": "token", "code_challenge": None, "code_challenge_method": None}
HYBRID = {"response_type": "code token"}
BOTH = [IMPLICIT, HYBRID]
#: What every test of both is named by.
NAMES = ["implicit", "hybrid"]
SPEC = "OAuth 2.0 Multiple Response Type Encoding Practices §5"


def old_app(*, profile: str = "legacy", preset: str = "single-page-app", **client: Any) -> Story:
    """A browser app that may use both flows."""
    story = begin(preset=preset, profile=profile, **client)
    story.registered.policy.flows = [*story.registered.policy.flows, "implicit", "hybrid"]
    story.registered.policy.save()
    return story


def in_front(response: Any) -> dict[str, str]:
    """The answer, which must stand in the fragment and nowhere else."""
    assert response.status_code in (302, 303)
    assert "?" not in response["Location"]
    return answered(response, mode="fragment")


@spec("RFC 6749 §4.2.2", "RFC 9207 §2")
def test_the_token_comes_in_the_fragment_with_state_and_issuer() -> None:
    story = old_app()
    response = story.decide(scope="notes:read", **IMPLICIT)
    answer = in_front(response)
    assert response["Location"].startswith("https://client.example/callback#")
    assert set(answer) == {"access_token", "token_type", "expires_in", "scope", "state", "iss"}
    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == "notes:read"
    assert answer["state"] == "a-state"
    assert 0 < int(answer["expires_in"]) <= 900
    assert answer["iss"].endswith("/o")
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    called = story.call(answer["access_token"])
    assert called.json()["person"] == story.person.username


@spec("RFC 6749 §4.2.2", "B-17")
def test_no_refresh_token_and_no_code_come_with_it_and_a_checksum_is_kept() -> None:
    answer = in_front(old_app().decide(**IMPLICIT))
    assert not get_refresh_token_model().objects.exists()
    row = get_access_token_model().objects.get()
    grant = Authorization.objects.get()
    assert row.token == ""
    assert answer["access_token"] not in str(row.__dict__) + str(grant.__dict__)
    assert grant.flow == "implicit"
    assert grant.expires == row.expires
    assert authorization_of(row) == grant
    assert_nothing_is_orphaned()


@spec("RFC 6749 §4.2.2", "B-14")
def test_the_token_holds_what_was_granted() -> None:
    answer = in_front(old_app().decide(scopes=["notes:read"], **IMPLICIT))
    assert answer["scope"] == "notes:read"


@spec(SPEC)
def test_a_code_and_a_token_come_together_and_the_code_earns_a_refresh_token() -> None:
    story = old_app()
    answer = in_front(story.decide(**HYBRID))
    assert {"code", "access_token", "state", "iss"} <= set(answer)
    assert "refresh_token" not in answer
    tokens = story.redeem(answer["code"]).json()
    assert tokens["access_token"] != answer["access_token"]
    for token in (answer["access_token"], tokens["access_token"]):
        assert story.call(token).status_code == 200
    assert story.refresh(tokens["refresh_token"]).status_code == 200
    assert_nothing_is_orphaned()


@spec("RFC 6749 §3.1.1")
def test_the_order_of_the_words_does_not_matter() -> None:
    assert "code" in in_front(old_app().decide(response_type="token code"))


@spec("RFC 6749 §4.1.2", "B-12")
def test_a_code_that_comes_twice_ends_the_token_that_came_with_it_too() -> None:
    story = old_app()
    answer = in_front(story.decide(**HYBRID))
    assert story.redeem(answer["code"]).status_code == 200
    assert error_of(story.redeem(answer["code"])) == (400, "invalid_grant")
    assert story.call(answer["access_token"]).status_code == 401
    assert_nothing_is_alive()


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@spec("RFC 7009 §2.1", "B-21")
def test_a_revoked_grant_takes_the_token_along(how: dict[str, Any]) -> None:
    story = old_app()
    token = in_front(story.decide(**how))["access_token"]
    families.revoke(Authorization.objects.get(), reason="revoked_by_administrator")
    assert story.call(token).status_code == 401
    assert_nothing_is_alive()


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@spec("RFC 7009 §2.1", "B-21")
def test_a_client_ends_the_token_itself(how: dict[str, Any]) -> None:
    story = old_app()
    token = in_front(story.decide(**how))["access_token"]
    assert story.post("revoke", token=token).status_code == 200
    assert story.call(token).status_code == 401


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@spec("RFC 9700 §2.1.2", "RFC 6749 §4.2.2.1")
def test_the_standard_profile_forbids_it_though_the_policy_names_the_flow(
    how: dict[str, Any],
) -> None:
    answer = in_front(old_app(profile="standard").ask(**how))
    assert answer["error"] == "unauthorized_client"
    assert answer["state"] == "a-state"
    assert not get_access_token_model().objects.exists()


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@spec("RFC 6749 §4.2.2.1")
def test_the_legacy_profile_alone_does_not_allow_it(how: dict[str, Any]) -> None:
    story = begin(preset="single-page-app", profile="legacy")
    assert in_front(story.ask(**how))["error"] == "unauthorized_client"


@spec("RFC 6749 §5.2", "B-19")
def test_a_client_that_left_the_profile_redeems_and_refreshes_nothing_it_began_there() -> None:
    story = old_app()
    code, other = (in_front(story.decide(**HYBRID))["code"] for _ in range(2))
    tokens = story.redeem(code).json()
    story.registered.policy.profile = "standard"
    story.registered.policy.save()
    assert error_of(story.redeem(other)) == (400, "unauthorized_client")
    refused = story.refresh(tokens["refresh_token"])
    assert error_of(refused) == (400, "unauthorized_client")
    story.registered.policy.profile = "legacy"
    story.registered.policy.save()
    assert story.redeem(other).status_code == 200
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@pytest.mark.parametrize("mode", ["query", "nonsense"])
@spec(SPEC, "OpenID Connect Core §3.3.2.5", "B-28")
def test_another_response_mode_is_refused_in_the_fragment(how: dict[str, Any], mode: str) -> None:
    answer = in_front(old_app().ask(response_mode=mode, **how))
    assert answer["error"] == "invalid_request"


@spec(SPEC)
def test_the_fragment_may_be_asked_for_by_name() -> None:
    assert "access_token" in in_front(old_app().decide(response_mode="fragment", **IMPLICIT))


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none"}, "consent_required"),
        ({"prompt": "none consent"}, "invalid_request"),
        ({"request": "eyJ"}, "invalid_request_object"),
        ({"request_uri": "urn:x"}, "invalid_request_uri"),
        ({"resource": "notes"}, "invalid_target"),
    ],
)
@spec("RFC 6749 §4.2.2.1", "RFC 9207 §2", "B-8")
def test_every_refusal_comes_in_the_fragment_with_state_and_issuer(
    how: dict[str, Any], changes: dict[str, Any], error: str
) -> None:
    answer = in_front(old_app().ask(**how, **changes))
    assert answer["error"] == error
    assert answer["state"] == "a-state"
    assert answer["iss"].endswith("/o")


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@spec("RFC 6749 §4.2.2.1", "B-16")
def test_a_no_comes_in_the_fragment(how: dict[str, Any]) -> None:
    assert in_front(old_app().decide("deny", **how))["error"] == "access_denied"


@spec("RFC 6749 §4.2.2.1")
@pytest.mark.parametrize("response_type", ["id_token picture", "token token"])
def test_an_unknown_response_type_with_a_token_is_refused_in_the_fragment(
    response_type: str,
) -> None:
    answer = in_front(old_app().ask(response_type=response_type))
    assert answer["error"] == "unsupported_response_type"


@spec("RFC 6749 §4.2.2.1", "B-8")
def test_a_redirect_uri_that_is_not_registered_gets_a_page() -> None:
    response = old_app().ask(redirect_uri="https://evil.example/", **IMPLICIT)
    assert response.status_code == 400
    assert "Location" not in response


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_public_client_needs_pkce_for_the_code_and_for_nothing_else() -> None:
    story = old_app()
    without = {"code_challenge": None, "code_challenge_method": None}
    assert in_front(story.ask(**HYBRID, **without))["error"] == "invalid_request"
    confidential = old_app(preset="web-app")
    code = in_front(confidential.decide(**HYBRID, **without))["code"]
    assert confidential.redeem(code, code_verifier=None).status_code == 200


@spec("RFC 7636 §4.4")
def test_a_challenge_sent_with_an_implicit_request_is_ignored() -> None:
    assert "access_token" in in_front(old_app().decide(response_type="token"))


@spec("RFC 8707 §2.1", "B-27")
def test_the_token_is_bound_to_the_resource_that_was_asked() -> None:
    story = old_app(preset="web-app")
    answer = in_front(story.decide(resource="https://api.example/", **HYBRID))
    assert story.introspect(answer["access_token"])["aud"] == "https://api.example/"


@spec("B-16")
def test_nobody_gets_a_token_without_signing_in() -> None:
    story = old_app()
    story.browser.logout()
    response = story.ask(**IMPLICIT)
    assert response["Location"].startswith(settings.LOGIN_URL)
    assert not get_access_token_model().objects.exists()


@spec("RFC 6749 §5.2")
def test_the_token_endpoint_knows_no_implicit_grant() -> None:
    response = old_app().token(grant_type="implicit", scope="notes:read")
    assert error_of(response) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("kind", ["implicit", "openid-hybrid"])
@spec("RFC 9700 §2.1.2")
def test_an_application_without_a_policy_needs_its_projects_word(kind: str) -> None:
    how = IMPLICIT if kind == "implicit" else HYBRID
    story = begin(registered=dot_application(authorization_grant_type=kind, client_type="public"))
    pkce_off = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": False}
    with override_settings(OAUTH2_PROVIDER=pkce_off):
        assert in_front(story.ask(**how))["error"] == "unauthorized_client"
    opened = {**settings.OAUTH2_PROVIDER, "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": False}
    forget_clients()
    with override_settings(OAUTH2_PROVIDER=opened):
        assert "access_token" in in_front(story.decide(**how))


@pytest.mark.parametrize("how", BOTH, ids=NAMES)
@spec("RFC 9700 §2.1.2")
def test_each_token_leaves_a_warning_in_the_log(how: dict[str, Any], caplog: Any) -> None:
    story = old_app()
    in_front(story.decide(**how))
    warned = [record for record in caplog.records if record.name == "django_oauthflows.tokens"]
    assert [record.levelname for record in warned] == ["WARNING"]
    assert warned[0].client_id == story.registered.client_id
