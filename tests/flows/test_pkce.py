"""PKCE: who must use it, by which method, and what a code without its verifier is worth."""

import pytest
from django.conf import settings
from django.test import override_settings

from django_oauthflows.testing.client import VERIFIER, answered
from tests.marks import spec
from tests.stories import WITH_OPENID, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

NO_PKCE = {"code_challenge": None, "code_challenge_method": None}
PLAIN = {"code_challenge": VERIFIER, "code_challenge_method": "plain"}
PKCE_IS_OFF = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": False}


@spec("RFC 7636 §4.6", "B-13")
@pytest.mark.parametrize("preset", ["web-app", "single-page-app", "native-app"])
def test_every_kind_of_client_redeems_a_code_with_its_verifier(preset: str) -> None:
    assert begin(preset=preset).tokens()["access_token"]


@pytest.mark.parametrize(
    "verifier",
    [
        None,
        VERIFIER[:-1] + "X",
        VERIFIER.upper(),
        VERIFIER[:42],
        VERIFIER + "é",
        "x" * 128,
    ],
)
@spec("RFC 7636 §4.6", "B-13", "B-3")
def test_a_code_is_worthless_without_its_verifier(verifier: str | None) -> None:
    story = begin(preset="single-page-app")
    code = story.code()
    assert error_of(story.redeem(code, code_verifier=verifier)) == (400, "invalid_grant")
    assert story.redeem(code).status_code == 200


@pytest.mark.parametrize("profile", ["standard", "legacy"])
@pytest.mark.parametrize("preset", ["single-page-app", "native-app"])
@spec("RFC 9700 §2.1.1", "B-13")
def test_a_public_client_must_use_pkce_under_every_profile(preset: str, profile: str) -> None:
    answer = answered(begin(preset=preset, profile=profile).ask(**NO_PKCE))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "a-state"
    assert "PKCE" in answer["error_description"]


@spec("OAuth 2.1 §4.1.1", "B-13")
def test_a_confidential_client_must_use_pkce_under_the_standard_profile() -> None:
    assert answered(begin().ask(**NO_PKCE))["error"] == "invalid_request"


@spec("OAuth 2.1 §4.1.1", "B-13")
def test_a_confidential_client_may_go_without_pkce_in_an_openid_request_with_a_nonce() -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        story = begin()
        code = story.code(scope="openid notes:read", nonce="n-0S6_WzA2Mj", **NO_PKCE)
        assert story.redeem(code, code_verifier=None).status_code == 200


@pytest.mark.parametrize(
    ("scope", "nonce"),
    [("openid", None), ("openid", ""), ("notes:read", "n-0S6_WzA2Mj")],
)
@spec("OAuth 2.1 §4.1.1", "B-13")
def test_half_of_the_exception_is_none(scope: str, nonce: str | None) -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        answer = answered(begin().ask(scope=scope, nonce=nonce, **NO_PKCE))
    assert answer["error"] == "invalid_request"


@spec("OAuth 2.1 §4.1.1", "B-13")
def test_the_exception_is_not_for_public_clients() -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        app = begin(preset="single-page-app")
        older = begin(registered=dot_application(client_type="public"))
        for story in (app, older):
            answer = answered(story.ask(scope="openid", nonce="n-0S6_WzA2Mj", **NO_PKCE))
            assert answer["error"] == "invalid_request"


@pytest.mark.parametrize("profile", ["standard", "legacy"])
@spec("RFC 9700 §2.1.1", "B-13")
def test_a_verifier_for_a_code_asked_without_a_challenge_is_refused(profile: str) -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        story = begin(profile=profile)
        code = story.code(scope="openid", nonce="n-0S6_WzA2Mj", **NO_PKCE)
        assert error_of(story.redeem(code)) == (400, "invalid_grant")
        assert story.redeem(code, code_verifier=None).status_code == 200


@spec("B-13")
def test_a_confidential_client_may_go_without_pkce_under_the_legacy_profile() -> None:
    story = begin(profile="legacy")
    code = story.code(**NO_PKCE)
    assert story.redeem(code, code_verifier=None).status_code == 200


@pytest.mark.parametrize("method", ["plain", None])
@spec("RFC 7636 §4.3", "B-13")
def test_a_plain_challenge_is_refused_under_the_standard_profile(method: str | None) -> None:
    answer = answered(begin().ask(code_challenge=VERIFIER, code_challenge_method=method))
    assert answer["error"] == "invalid_request"
    assert "S256" in answer["error_description"]


@pytest.mark.parametrize("method", ["plain", None])
@spec("RFC 7636 §4.3", "B-13")
def test_a_plain_challenge_is_checked_under_the_legacy_profile(method: str | None) -> None:
    story = begin(profile="legacy")
    code = story.code(code_challenge=VERIFIER, code_challenge_method=method)
    assert error_of(story.redeem(code, code_verifier="x" * 43)) == (400, "invalid_grant")
    assert error_of(story.redeem(code, code_verifier=None)) == (400, "invalid_grant")
    assert story.redeem(code).status_code == 200


@spec("RFC 7636 §4.6", "B-13")
def test_the_challenge_itself_is_no_verifier() -> None:
    story = begin(profile="legacy")
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    code = story.code(code_challenge=challenge)
    assert error_of(story.redeem(code, code_verifier=challenge)) == (400, "invalid_grant")


@spec("RFC 7636 §4.6", "B-13")
def test_the_example_of_the_specification_works() -> None:
    story = begin()
    code = story.code(code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert story.redeem(code, code_verifier=verifier).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "x" * 42},
        {"code_challenge": "x" * 42 + "!"},
        {"code_challenge": "x" * 42 + "="},
        {"code_challenge_method": "S512"},
        {"code_challenge_method": "s256"},
        {"code_challenge": None},
    ],
)
@pytest.mark.parametrize("profile", ["standard", "legacy"])
@spec("RFC 7636 §4.2", "RFC 7636 §4.4.1", "B-13")
def test_a_malformed_challenge_is_refused(changes: dict[str, str | None], profile: str) -> None:
    answer = answered(begin(profile=profile).ask(**changes))
    assert answer["error"] == "invalid_request"


@spec("B-13")
def test_an_application_without_a_policy_needs_pkce() -> None:
    story = begin(registered=dot_application())
    assert answered(story.ask(**NO_PKCE))["error"] == "invalid_request"


@spec("B-13")
def test_an_application_without_a_policy_goes_without_pkce_where_the_project_said_so() -> None:
    with override_settings(OAUTH2_PROVIDER=PKCE_IS_OFF):
        story = begin(registered=dot_application())
        code = story.code(**NO_PKCE)
        assert story.redeem(code, code_verifier=None).status_code == 200


@spec("B-13")
def test_a_public_application_without_a_policy_needs_pkce_even_then() -> None:
    with override_settings(OAUTH2_PROVIDER=PKCE_IS_OFF):
        story = begin(registered=dot_application(client_type="public"))
        assert answered(story.ask(**NO_PKCE))["error"] == "invalid_request"


@spec("B-13")
def test_a_client_with_a_policy_needs_pkce_even_then() -> None:
    with override_settings(OAUTH2_PROVIDER=PKCE_IS_OFF):
        assert answered(begin().ask(**NO_PKCE))["error"] == "invalid_request"


@spec("B-13")
def test_a_challenge_that_was_sent_is_checked_where_none_is_required() -> None:
    story = begin(profile="legacy")
    code = story.code()
    assert error_of(story.redeem(code, code_verifier=None)) == (400, "invalid_grant")


@spec("B-13")
def test_a_client_that_only_has_the_flow_with_pkce_cannot_leave_it_out() -> None:
    story = begin(profile="legacy")
    story.registered.policy.flows = ["authorization-code-pkce"]
    story.registered.policy.save()
    answer = answered(story.ask(**NO_PKCE))
    assert answer["error"] == "invalid_request"
    assert "PKCE" in answer["error_description"]
