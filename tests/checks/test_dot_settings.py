"""django-oauth-toolkit's settings: honoured, or named where they have no effect; and its own checks."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from oauth2_provider.settings import DEFAULTS

import tests.urls  # noqa: F401 - made of settings when it is first read
from django_oauthflows.adoption.settings import IGNORED
from django_oauthflows.adoption.token_making import DECIDING
from django_oauthflows.dot import TIGHTENED
from django_oauthflows.dot_validator import HardenedValidator
from django_oauthflows.tokens.models import Authorization
from tests.checks.test_checks import SECURE, dot_settings, found
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


#: Settings with a value that something of ours would have to obey, and does not.
WITHOUT_EFFECT: dict[str, Any] = {
    "REFRESH_TOKEN_GENERATOR": "some.where",
    "CLIENT_SECRET_GENERATOR_CLASS": "some.where",
    "CLIENT_SECRET_GENERATOR_LENGTH": 64,
    "OAUTH_DEVICE_USER_CODE_GENERATOR": print,
    "OAUTH_DEVICE_VERIFICATION_URI_COMPLETE": "https://id.example/device?code={user_code}",
    "ALLOW_LOCALHOST_LOOPBACK": True,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 600,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": False,
    "OIDC_JWKS_MAX_AGE_SECONDS": 60,
    "OIDC_RP_INITIATED_REGISTRATION_ENABLED": True,
    "OAUTH2_PROTECTED_RESOURCE_AUTHORIZATION_SERVERS": ["https://id.example"],
    "OAUTH2_PROTECTED_RESOURCE_BEARER_METHODS_SUPPORTED": ["header", "query"],
    "CLIENT_ASSERTION_MAX_LIFETIME": 300,
    "CLIENT_ASSERTION_ACCEPTED_AUDIENCES": ["https://id.example"],
    "CLIENT_ASSERTION_PRIVATE_KEY_JWT_ALGS": ["RS256"],
    "CLIENT_ASSERTION_CLIENT_SECRET_JWT_ALGS": ["HS256"],
    "DCR_REGISTRATION_PERMISSION_CLASSES": ["some.where"],
    "DCR_REGISTRATION_TOKEN_EXPIRE_SECONDS": 3600,
    "DCR_REGISTRATION_SCOPE": "registration",
}
#: The same settings with what is done anyway.
AGREEING: dict[str, Any] = {
    "ALLOW_LOCALHOST_LOOPBACK": False,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 30,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "OIDC_RP_INITIATED_REGISTRATION_ENABLED": False,
    "OAUTH2_PROTECTED_RESOURCE_BEARER_METHODS_SUPPORTED": ["header"],
    "DCR_REGISTRATION_TOKEN_EXPIRE_SECONDS": None,
}
#: What is obeyed, or says nothing of these endpoints: models, texts of documents, DOT's own commands.
OBEYED_OR_HARMLESS = {
    # Named by an error of their own.
    *(one.name for one in DECIDING),
    # Of the next release. A form alone is taken in any case, and userinfo answers every origin.
    *("REQUIRE_PUSHED_AUTHORIZATION_REQUESTS", "PAR_ENABLED", "PAR_REQUEST_URI_LIFETIME_SECONDS"),
    *("REDIRECT_URI_VALIDATOR", "ALLOWED_ORIGIN_VALIDATOR", "CLIENT_ASSERTION_LEEWAY"),
    *("REQUIRE_FORM_ENCODED_REQUEST_BODY", "OIDC_USERINFO_CORS_ENABLED"),
    *(name for name in DEFAULTS if name.startswith("CLIENT_ASSERTION_JWKS_")),
    *TIGHTENED,
    *("SCOPES", "SCOPES_BACKEND_CLASS", "CLIENT_ID_GENERATOR_CLASS", "CLIENT_SECRET_HASHER"),
    *("DEVICE_FLOW_INTERVAL", "OAUTH_DEVICE_VERIFICATION_URI", "ALLOW_URI_WILDCARDS"),
    *("REQUEST_APPROVAL_PROMPT", "ROTATE_REFRESH_TOKEN", "PKCE_REQUIRED"),
    *("REFRESH_TOKEN_GRACE_PERIOD_SECONDS", "OIDC_ENABLED", "OIDC_ISS_ENDPOINT"),
    *("OIDC_RP_INITIATED_LOGOUT_ENABLED", "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT"),
    "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS",
    *("OIDC_RSA_PRIVATE_KEY", "OIDC_RSA_PRIVATE_KEYS_INACTIVE"),
    *("OIDC_RP_INITIATED_LOGOUT_ACCEPT_EXPIRED_TOKENS", "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS"),
    *("RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR", "DCR_ENABLED"),
    "DCR_ROTATE_REGISTRATION_TOKEN_ON_UPDATE",
    *(name for name in DEFAULTS if name.startswith("CIMD_")),
    *("OAUTH2_PROTECTED_RESOURCE_IDENTIFIER", "OAUTH2_PROTECTED_RESOURCE_NAME"),
    # Django's own pages of an application are checked by its model, which reads it.
    "ALLOWED_SCHEMES",
    # Only how severe DOT's own check is.
    *(f"COMPLIANT_BCP_RFC9700_{name}" for name in ("REFRESH_TOKEN", "REDIRECT_URI_SCHEME")),
    *(f"COMPLIANT_BCP_RFC9700_{name}" for name in ("REDIRECT_URI_MATCHING", "PKCE_REQUIRED")),
    # Read by DOT's own permission and authentication classes, which a project may use beside ours.
    *("READ_SCOPE", "WRITE_SCOPE", "ERROR_RESPONSE_WITH_SCOPES"),
    *(name for name in DEFAULTS if name.startswith("RESOURCE_SERVER_")),
    *("AUTHENTICATION_SERVER_EXP_TIME_ZONE", "ALWAYS_RELOAD_OAUTHLIB_CORE"),
    *(name for name in DEFAULTS if name.startswith("CLEAR_EXPIRED_TOKENS_")),
    # Lists and addresses that DOT's metadata documents repeat. Ours say what is really enabled.
    *(name for name in DEFAULTS if name.endswith("_SUPPORTED")),
    *("OIDC_USERINFO_ENDPOINT", "OIDC_RP_INITIATED_REGISTRATION_URL"),
    *(f"OAUTH2_PROTECTED_RESOURCE_{name}" for name in ("DOCUMENTATION", "POLICY_URI", "TOS_URI")),
    *(name for name in DEFAULTS if name.endswith("_MODEL") or name.startswith("_")),
}


def named(**words: Any) -> list[Any]:
    with override_settings(**dot_settings(**words)):
        return [message for message in found() if message.id == "oauthflows.W001"]


def test_every_setting_of_dot_is_obeyed_or_named() -> None:
    """A setting that a release of DOT adds has to be put into one of the lists."""
    assert set(DEFAULTS) - OBEYED_OR_HARMLESS - WITHOUT_EFFECT.keys() == set()
    assert {one.name for one in IGNORED} == WITHOUT_EFFECT.keys()


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_a_setting_without_effect_is_named_with_the_way_out(name: str) -> None:
    (message,) = named(**{name: WITHOUT_EFFECT[name]})
    assert name in message.msg
    assert len(message.hint.split()) >= 4
    assert not message.is_serious()


@pytest.mark.parametrize("one", DECIDING, ids=lambda one: one.name)
def test_a_setting_that_makes_tokens_is_an_error_with_the_way_out(one: Any) -> None:
    with override_settings(**dot_settings(**{one.name: "some.where"})):
        (message,) = [said for said in found() if said.id == "oauthflows.E182"]
    assert one.name in message.msg
    assert message.is_serious()
    assert message.hint
    with override_settings(**dot_settings(**{one.name: None})):
        assert found() == []


def test_dots_own_choice_of_classes_is_no_error() -> None:
    own = {name: DEFAULTS[name] for name in ("OAUTH2_BACKEND_CLASS", "OIDC_SERVER_CLASS")}
    with override_settings(**dot_settings(**own, OAUTH2_SERVER_CLASS="oauthlib.oauth2.Server")):
        assert found() == []


@pytest.mark.parametrize("name", AGREEING)
def test_a_setting_that_says_what_is_done_anyway_is_told_nothing(name: str) -> None:
    assert named(**{name: AGREEING[name]}) == []


@pytest.mark.parametrize(
    ("dot", "ours", "asks"),
    [
        ({}, {}, False),
        ({"REQUEST_APPROVAL_PROMPT": "auto"}, {}, False),
        ({"REQUEST_APPROVAL_PROMPT": "force"}, {}, True),
        ({"REQUEST_APPROVAL_PROMPT": "force"}, {"CONSENT_LIFETIME": 3600}, False),
        ({"REQUEST_APPROVAL_PROMPT": "auto"}, {"CONSENT_LIFETIME": 0}, True),
    ],
)
def test_a_project_that_forces_the_page_has_people_asked_each_time(
    dot: dict[str, Any], ours: dict[str, Any], asks: bool
) -> None:
    agreed_before = begin()
    agreed_before.tokens()
    with override_settings(OAUTHFLOWS=ours, **dot_settings(**dot)):
        story = begin()
        story.tokens()
        assert (story.ask().status_code == 200) is asks
        # The request does not decide it: DOT let it (`approval_prompt`).
        assert (story.ask(approval_prompt="auto").status_code == 200) is asks
        assert (agreed_before.ask().status_code == 200) is asks


@spec("B-18")
@pytest.mark.parametrize(
    ("dot", "ours", "is_answered"),
    [
        ({}, {}, True),
        ({"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0}, {}, False),
        ({"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 60}, {}, True),
        ({"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 60}, {"REFRESH_GRACE_SECONDS": 0}, False),
        ({"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0}, {"REFRESH_GRACE_SECONDS": 60}, True),
    ],
)
def test_the_grace_of_a_refresh_is_dots_unless_ours_is_written(
    dot: dict[str, Any], ours: dict[str, Any], is_answered: bool
) -> None:
    with override_settings(OAUTHFLOWS=ours, **dot_settings(**dot)):
        story = begin()
        token = story.tokens()["refresh_token"]
        assert story.refresh(token).status_code == 200
        assert (story.refresh(token).status_code == 200) is is_answered


@pytest.mark.parametrize(
    ("dot", "ours", "seconds"),
    [(120, {}, 120), (3600, {}, 300), (3600, {"REFRESH_GRACE_SECONDS": 600}, 600)],
)
@spec("RFC 9700 §4.14.2")
def test_a_long_grace_of_dots_is_cut(dot: int, ours: dict[str, int], seconds: int) -> None:
    with override_settings(OAUTHFLOWS=ours, **dot_settings(REFRESH_TOKEN_GRACE_PERIOD_SECONDS=dot)):
        story = begin()
        before = timezone.now()
        story.refresh(story.tokens()["refresh_token"])
    until = Authorization.objects.get().replay_until
    assert until is not None
    assert seconds <= (until - before).total_seconds() < seconds + 5


class Derived(HardenedValidator):
    """As a project adds claims on DOT."""

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ("django_oauthflows.dot_validator.HardenedValidator", []),
        ("tests.checks.test_dot_settings.Derived", []),
        ("oauth2_provider.oauth2_validators.OAuth2Validator", ["oauthflows.W144"]),
    ],
)
def test_a_validator_of_the_projects_own_is_named(chosen: str, ids: list[str]) -> None:
    with override_settings(**dot_settings(OAUTH2_VALIDATOR_CLASS=chosen)):
        messages = found()
    assert [message.id for message in messages] == ids


# DOT's own checks --------------------------------------------------------------------------------


def errors_at_deployment(**words: Any) -> list[str]:
    with override_settings(**SECURE, **dot_settings(**words)):
        return [str(message.id) for message in found(deploy=True) if message.is_serious()]


@pytest.mark.parametrize(
    "words",
    [
        {"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 60},
        {"REFRESH_TOKEN_REUSE_PROTECTION": False},
        {"ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"]},
        {"ALLOW_URI_WILDCARDS": True},
    ],
)
def test_deployment_does_not_fail_by_a_gate_that_this_app_sets(words: dict[str, Any]) -> None:
    assert errors_at_deployment(**words) == []


def test_deployment_fails_by_a_gate_that_the_project_sets() -> None:
    storage = {"COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True, "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 1}
    assert errors_at_deployment(**storage) == ["oauth2_provider.E001"]
    reuse = {"COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True, "REFRESH_TOKEN_REUSE_PROTECTION": False}
    assert errors_at_deployment(**reuse) == ["oauth2_provider.E002"]


@pytest.mark.parametrize("is_first", [True, False])
def test_the_command_passes_at_deployment_whichever_app_comes_first(
    tmp_path: Path, is_first: bool
) -> None:
    apps = [app for app in settings.INSTALLED_APPS if app != "django_oauthflows"]
    apps = ["django_oauthflows", *apps] if is_first else [*apps, "django_oauthflows"]
    (tmp_path / "site_settings.py").write_text(
        "from tests.settings.base import *\n"
        f"INSTALLED_APPS = {apps!r}\n"
        "OAUTH2_PROVIDER = {**OAUTH2_PROVIDER, 'REFRESH_TOKEN_GRACE_PERIOD_SECONDS': 60,"
        " 'REFRESH_TOKEN_REUSE_PROTECTION': False}\n"
    )
    command = [sys.executable, "-m", "django", "check", "--deploy", "--tag=security"]
    finished = subprocess.run(
        [*command, "--settings=site_settings", f"--pythonpath={tmp_path}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert "oauth2_provider.W007" in finished.stderr
    assert "oauth2_provider.E00" not in finished.stderr
