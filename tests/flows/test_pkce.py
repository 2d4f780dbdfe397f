"""PKCE: who must use it, by which method, and what a code without its verifier is worth."""

import json
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from django_oauthflows.rules.pkce import s256
from django_oauthflows.testing.client import VERIFIER, answered
from django_oauthflows.tokens.models import Authorization
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


@pytest.mark.parametrize("preset", ["single-page-app", "native-app", "web-app"])
@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": VERIFIER[:-1] + "X"},
        {"code_verifier": s256(VERIFIER)},
        {"code_verifier": "short"},
        {"code_verifier": VERIFIER + "é"},
        {"code_verifier": None, "redirect_uri": None},
    ],
)
@spec("RFC 6749 §4.1.2", "RFC 7636 §4.6", "B-3", "B-12", "B-13")
def test_a_spent_code_without_its_proof_is_refused_and_ends_nothing(
    changes: dict[str, Any], preset: str
) -> None:
    """Whoever saw the redirect has the code and the challenge, and neither the verifier nor a secret."""
    story = begin(preset=preset)
    code = story.code()
    tokens = story.redeem(code).json()
    refused = story.redeem(code, **changes)
    assert error_of(refused) == (400, "invalid_grant")
    assert refused.json()["error_description"].startswith("The code is unknown or has expired.")
    assert story.call(tokens["access_token"]).status_code == 200
    refreshed = story.refresh(tokens["refresh_token"]).json()
    # With its proof, it comes from whoever should have had the tokens.
    assert "revoked" in story.redeem(code).json()["error_description"]
    assert story.call(refreshed["access_token"]).status_code == 401


@spec("RFC 6749 §4.1.2", "RFC 7636 §4.6", "B-12", "B-13")
def test_a_plain_verifier_proves_a_spent_code_and_a_public_challenge_does_not() -> None:
    story = begin(profile="legacy")
    code = story.code(**PLAIN)
    tokens = story.redeem(code).json()
    assert error_of(story.redeem(code, code_verifier=None)) == (400, "invalid_grant")
    assert story.call(tokens["access_token"]).status_code == 200
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert story.call(tokens["access_token"]).status_code == 401


@spec("RFC 6749 §4.1.2", "B-12")
def test_without_a_challenge_the_clients_secret_and_the_address_prove_a_spent_code() -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        story = begin()
        code = story.code(**NO_PKCE, scope="openid notes:read", nonce="n")
        without = {"code_verifier": None}
        token = story.redeem(code, **without).json()["access_token"]
        for changes in ({}, {**without, "redirect_uri": "https://client.example/another"}):
            assert error_of(story.redeem(code, **changes)) == (400, "invalid_grant")
            assert story.call(token).status_code == 200
        story.redeem(code, **without)
        assert story.call(token).status_code == 401


@pytest.mark.parametrize(("preset", "ends"), [("web-app", True), ("single-page-app", False)])
@spec("RFC 6749 §4.1.2", "B-12")
def test_of_a_code_from_before_the_proof_was_kept_its_clients_secret_is_left(
    preset: str, ends: bool
) -> None:
    story = begin(preset=preset)
    code = story.code()
    token = story.redeem(code).json()["access_token"]
    Authorization.objects.update(code_proof="")
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert story.call(token).status_code == (401 if ends else 200)


@spec("RFC 6749 §4.1.2", "B-12")
def test_a_proof_from_before_the_redirect_uri_could_be_left_out_still_counts() -> None:
    story = begin()
    code, callback = story.code(), story.registered.redirect_uris[0]
    token = story.redeem(code).json()["access_token"]
    proof = sha256(json.dumps([callback, s256(VERIFIER), "S256"]).encode()).hexdigest()
    Authorization.objects.update(code_proof=proof)
    story.redeem(code, redirect_uri="https://client.example/another")
    assert story.call(token).status_code == 200
    story.redeem(code)
    assert story.call(token).status_code == 401


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
@spec("OAuth 2.1 §4.1.1", "RFC 9700 §2.1.1", "B-13")
def test_a_client_of_the_plain_code_flow_may_always_use_pkce(profile: str) -> None:
    story = begin(profile=profile, flows=("authorization-code", "refresh-token"))
    code = story.code()
    assert error_of(story.redeem(code, code_verifier=None)) == (400, "invalid_grant")
    tokens = story.redeem(code).json()
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 6749 §5.2", "B-19")
def test_grants_with_pkce_outlive_a_change_to_the_plain_code_flow_and_no_other() -> None:
    story = begin(flows=("authorization-code", "authorization-code-pkce", "refresh-token"))
    token = story.tokens()["refresh_token"]
    for flow, status in (("authorization-code", 200), ("client-credentials", 400)):
        story.registered.policy.flows = [flow, "refresh-token"]
        story.registered.policy.save()
        refreshed = story.refresh(token)
        assert refreshed.status_code == status
        token = refreshed.json().get("refresh_token", token)


@spec("OAuth 2.1 §4.1.1", "RFC 6749 §4.1.2.1", "B-13")
def test_pkce_opens_no_code_flow_to_a_client_that_has_none_and_no_plain_one_to_its_client() -> None:
    without = begin(preset="web-app", profile="legacy", flows=("implicit", "password"))
    assert answered(without.ask())["error"] == "unauthorized_client"
    bound = begin(profile="legacy", flows=("authorization-code-pkce",))
    assert answered(bound.ask(**NO_PKCE))["error"] == "invalid_request"


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
