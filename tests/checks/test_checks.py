"""What `manage.py check` says: nothing of a plain install, and one line for each mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

# Made of settings when it is first read: before any test here changes them.
import tests.urls  # noqa: F401
from django_oauthflows.testing.assertions import client_key, key_set_of
from django_oauthflows.testing.factories import ClientFactory
from tests.house.test_check_ids import ids_in_use
from tests.marks import spec

pytestmark = pytest.mark.django_db

ISSUER = {"ISSUER": "https://testserver/o"}
SECURE = {
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_CROSS_ORIGIN_OPENER_POLICY": None,
    "OAUTHFLOWS": ISSUER,
}


def found(*, deploy: bool = False) -> list[CheckMessage]:
    """Our messages, and those of django-oauth-toolkit."""
    return [
        message
        for message in run_checks(include_deployment_checks=deploy)
        if str(message.id).startswith(("oauthflows.", "oauth2_provider."))
    ]


def last_migration() -> str:
    return max(name for app, name in MigrationLoader(None).disk_migrations if app == "oauthflows")


def dot_settings(**changes: object) -> dict[str, object]:
    return {"OAUTH2_PROVIDER": {**settings.OAUTH2_PROVIDER, **changes}}


def our_settings(**changes: object) -> dict[str, object]:
    return {"OAUTHFLOWS": {**ISSUER, **changes}}


#: Each id with the settings that bring it out, and words of the line it tells to write.
MISTAKES: list[tuple[str, dict[str, object], str]] = [
    ("oauthflows.E001", our_settings(ISUER="https://id.example/o"), "ISSUER"),
    ("oauthflows.E001", our_settings(SOMETHING_ELSE=1), "CONSENT_LIFETIME"),
    ("oauthflows.E002", our_settings(ISSUER="id.example/o"), "https://id.example.com/o"),
    ("oauthflows.E002", our_settings(ISSUER="https://id.example/o?x=1"), "https://"),
    ("oauthflows.E002", our_settings(ISSUER="https://id.example/o#x"), "https://"),
    ("oauthflows.E002", our_settings(ISSUER="https://id.example/o/"), "https://"),
    ("oauthflows.E003", our_settings(ISSUER="https://id.example/other"), "/o"),
    ("oauthflows.E004", our_settings(URL_PREFIX="o"), 'As "o/"'),
    ("oauthflows.E004", our_settings(URL_PREFIX="/o/"), 'As "o/"'),
    ("oauthflows.E004", our_settings(URL_PREFIX="/"), 'As "o/"'),
    ("oauthflows.E030", our_settings(SIGNING_ALGORITHM="HS256"), "ES256"),
    (
        "oauthflows.E157",
        our_settings(RESOURCE_SIGNING_ALGORITHMS={"https://a.example/": "HS256"}),
        "RS256",
    ),
    (
        "oauthflows.E157",
        our_settings(RESOURCE_SIGNING_ALGORITHMS={"a.example": "RS256"}),
        "A whole URI",
    ),
    ("oauthflows.E031", our_settings(KEY_ANNOUNCED_SECONDS=30), "KEYS_CACHE_SECONDS <"),
    ("oauthflows.E031", our_settings(KEY_SIGNING_SECONDS=86400), "< KEY_SIGNING_SECONDS"),
    (
        "oauthflows.E032",
        our_settings(ISSUER="", JWKS={"keys": []}, RESOURCE="https://a.example"),
        "ISSUER",
    ),
    ("oauthflows.E032", our_settings(JWKS={"keys": []}, ISSUER="https://id.example/o"), "RESOURCE"),
    ("oauthflows.E175", dot_settings(ROTATE_REFRESH_TOKEN=False), "Remove the line"),
    ("oauthflows.W176", dot_settings(PKCE_REQUIRED=lambda client_id: True), "code_challenge"),
    ("oauthflows.E177", dot_settings(PKCE_REQUIRED=False), "lambda client_id"),
    (
        "oauthflows.W178",
        dot_settings(REFRESH_TOKEN_GRACE_PERIOD_SECONDS=3600),
        '"REFRESH_GRACE_SECONDS" in OAUTHFLOWS',
    ),
    (
        "oauthflows.E179",
        dot_settings(REQUIRE_PUSHED_AUTHORIZATION_REQUESTS=True),
        "request_object_signing_alg",
    ),
    ("oauthflows.E070", our_settings(BACKCHANNEL_DELIVERY="celery"), "thread"),
    ("oauthflows.E005", {"ROOT_URLCONF": "tests.checks.urls_of_nobody"}, "django_oauthflows.urls"),
    ("oauthflows.E006", {"ROOT_URLCONF": "tests.checks.urls_behind_dot"}, "Remove include"),
    *(
        ("oauthflows.W001", dot_settings(**{name: "some.where"}), "Remove the line")
        for name in ("REFRESH_TOKEN_GENERATOR", "CLIENT_SECRET_GENERATOR_CLASS")
    ),
    *(
        ("oauthflows.E158", our_settings(KNOWN_PROGRAMS=written), '"KNOWN_PROGRAMS": [')
        for written in (
            "tests.clients.programs.mistakes.NOTHING",
            ["no.such.PROGRAM"],
            ["tests.clients.programs.mistakes.NOTHING"],
        )
    ),
    ("oauthflows.E163", {"ROOT_URLCONF": "tests.checks.urls_of_mcp_servers"}, "https URL"),
    ("oauthflows.W163", {"ROOT_URLCONF": "tests.checks.urls_of_mcp_servers"}, "SCOPES"),
    ("oauthflows.E147", {"ROOT_URLCONF": "tests.prefixes.urls_by_language"}, "i18n_patterns"),
    (
        "oauthflows.W143",
        dot_settings(OAUTH2_VALIDATOR_CLASS="tests.checks.validators.OfAPIs"),
        "permission",
    ),
    (
        "oauthflows.W144",
        dot_settings(OAUTH2_VALIDATOR_CLASS="oauth2_provider.oauth2_validators.OAuth2Validator"),
        "HardenedValidator",
    ),
    (
        "oauthflows.W145",
        dot_settings(OIDC_ENABLED=False, SCOPES={"openid": "Know who you are"}),
        "OIDC_ENABLED",
    ),
    *(
        ("oauthflows.E185", dot_settings(SCOPES=written), '{"notes:read": "Read your notes"}')
        for written in (["notes:read"], ("notes:read",), "notes:read", {"a b": "Two"}, {"a": 1})
    ),
    *(
        ("oauthflows.W185", dot_settings(SCOPES=written), '{"notes:read": "Read your notes"}')
        for written in ({}, {"read": "Reading scope", "write": "Writing scope"})
    ),
    (
        "oauthflows.E186",
        {"ROOT_URLCONF": "tests.checks.urls_without_a_login_page"},
        "oauthflows:sign-in",
    ),
    (
        "oauthflows.W189",
        {"ROOT_URLCONF": "tests.checks.urls_of_sessions_first"},
        "OAuth2TokenAuthentication first",
    ),
    ("oauthflows.W188", our_settings(ISSUER="http://id.example/o"), "https://"),
    ("oauthflows.W188", our_settings(ISSUER="http://8.8.8.8/o"), "https://"),
    ("oauthflows.E080", our_settings(REFERENCE_IN="footer"), "error_uri"),
    ("oauthflows.E060", our_settings(REGISTRATION="opne"), "open"),
    ("oauthflows.E061", our_settings(REGISTRATION_PROFILE="lax"), "standard"),
    ("oauthflows.E161", our_settings(SENSITIVE_SCOPES="notes:write"), '["notes:read"]'),
    ("oauthflows.E161", our_settings(REGISTRATION_SCOPES="profile"), '["notes:read"]'),
    ("oauthflows.W161", our_settings(REGISTRATION="open"), '"REGISTRATION_SCOPES": [...]'),
    ("oauthflows.W161", our_settings(REGISTRATION="token", REGISTRATION_SCOPES=["x"]), "openid"),
    ("oauthflows.W161", dot_settings(CIMD_ENABLED=True), "resource"),
    (
        "oauthflows.W162",
        our_settings(
            REGISTRATION="open",
            REGISTRATION_SCOPES=["notes:read", "notes:write"],
            SENSITIVE_SCOPES=["notes:write"],
        ),
        "REGISTRATION_SCOPES",
    ),
    ("oauthflows.E200", dot_settings(ACCESS_TOKEN_EXPIRE_SECONDS=0), "seconds above 0"),
    ("oauthflows.E200", dot_settings(ACCESS_TOKEN_EXPIRE_SECONDS="no.where"), "dotted path"),
    ("oauthflows.E200", dot_settings(ID_TOKEN_EXPIRE_SECONDS=None), "a timedelta"),
    (
        "oauthflows.W062",
        {**dot_settings(DCR_ENABLED=True), **our_settings(REGISTRATION="off")},
        '"REGISTRATION": "token"',
    ),
    ("oauthflows.E181", dot_settings(DCR_ENABLED=True), '"REGISTRATION": "token"'),
    (
        "oauthflows.E181",
        dot_settings(
            DCR_ENABLED=True,
            DCR_REGISTRATION_PERMISSION_CLASSES=["oauth2_provider.dcr.AllowAllDCRPermission"],
        ),
        '"REGISTRATION": "open"',
    ),
    (
        "oauthflows.W180",
        {**dot_settings(DCR_ENABLED=True), **our_settings(REGISTRATION="token")},
        "register again",
    ),
    ("oauthflows.E182", dot_settings(ACCESS_TOKEN_GENERATOR="some.where"), "JWT_SCOPES"),
    ("oauthflows.E020", our_settings(PASSWORD_MFA_CHECK="no.such.function"), "request and person"),
    ("oauthflows.E050", our_settings(REGISTRATION_URL="/nowhere/"), "LOGIN_URL"),
    ("oauthflows.E050", our_settings(ACCOUNT_CHOOSER_URL="no-such-name"), "LOGIN_URL"),
    ("oauthflows.E051", our_settings(AUTHENTICATION_CONTEXT="no.such.function"), '"acr"'),
    ("oauthflows.E159", our_settings(ACR_LADDER={"weak", "strong"}), "a list or tuple"),
    ("oauthflows.E159", our_settings(ACR_LADDER="0"), "a list or tuple"),
    ("oauthflows.E159", our_settings(ACR_LADDER=["0", "0"]), "a list or tuple"),
    ("oauthflows.E159", our_settings(ACR_LADDER=["two factors"]), "a list or tuple"),
    ("oauthflows.W052", our_settings(STEP_UP_URL="login"), "ACR_VALUES_SUPPORTED"),
    (
        "oauthflows.W155",
        our_settings(EMAIL_VERIFIED=True)
        | {"ROOT_URLCONF": "tests.checks.urls_with_a_profile_page"},
        '"EMAIL_VERIFIED": True',
    ),
    ("oauthflows.W156", our_settings(ROLES="no.such.function"), "accounts.roles.roles_of"),
    ("oauthflows.W002", {"ROOT_URLCONF": "tests.checks.urls_at_a_prefix"}, "URL_PREFIX"),
    *(
        (
            "oauthflows.W171",
            {"LOGGING": {"version": 1, "loggers": {name: written}}},
            "django_oauthflows",
        )
        for name, written in (
            ("oauth2_provider", {"level": "DEBUG"}),
            ("oauth2_provider.models", {"handlers": ["mail_admins"]}),
            ("oauthlib", {"handlers": ["console"]}),
        )
    ),
    ("oauthflows.W003", {"LOGIN_URL": "/nowhere/"}, "LOGIN_URL"),
    ("oauthflows.W003", {"LOGIN_URL": "no-such-name"}, "LOGIN_URL"),
]

MISTAKES.append(
    ("oauthflows.E040", our_settings(TRUSTED_ISSUERS=["https://a.example"]), "jwks_uri")
)
MISTAKES += [
    (
        "oauthflows.E164",
        dot_settings(OAUTH2_VALIDATOR_CLASS="tests.checks.validators.OfScopes"),
        "SCOPES_BACKEND_CLASS",
    ),
    (
        "oauthflows.E166",
        dot_settings(OAUTH2_VALIDATOR_CLASS="tests.checks.validators.OfContexts"),
        "AUTHENTICATION_CONTEXT",
    ),
    ("oauthflows.E165", dot_settings(OIDC_RSA_PRIVATE_KEY="no key"), "PEM"),
    ("oauthflows.E165", dot_settings(OIDC_RSA_PRIVATE_KEYS_INACTIVE="no list"), "list"),
    ("oauthflows.E165", dot_settings(OIDC_RSA_PRIVATE_KEYS_INACTIVE=["no key", 1]), "PEM"),
]
MISTAKES += [
    ("oauthflows.E040", our_settings(TRUSTED_ISSUERS={"https://a.example": written}), "jwks_uri")
    for written in (
        None,
        {},
        {"jwks": {"keys": []}},
        {"jwks_uri": "http://a.example/keys"},
        {"jwks_uri": 1},
        {"jwks_uri": "https://a.example/keys", "jwks": key_set_of(client_key())},
        {"jwks": {"keys": [client_key().as_dict(private=True)]}},
        {"jwks_uri": "https://a.example/keys", "algorithms": ["HS256"]},
        {"jwks_uri": "https://a.example/keys", "algorithms": "ES256"},
        {"jwks_uri": "https://a.example/keys", "person": "no.such.function"},
        {"jwks_uri": "https://a.example/keys", "persons": "accounts.people"},
    )
]

UNSAFE: list[tuple[str, dict[str, object], str]] = [
    ("oauthflows.I153", {"SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin"}, "allow_popups"),
    *(
        ("oauthflows.W101", dot_settings(**{name: False}), f'"{name}": True')
        for name in (
            "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
            "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
            "COMPLIANT_BCP_RFC9700_PKCE_METHOD",
            "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT",
            "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE",
            "REFRESH_TOKEN_REUSE_PROTECTION",
            "PKCE_REQUIRED",
        )
    ),
    ("oauthflows.W102", dot_settings(DEFAULT_SCOPES=["__all__"]), '"DEFAULT_SCOPES": []'),
    ("oauthflows.W103", dot_settings(ALLOW_URI_WILDCARDS=True), '"ALLOW_URI_WILDCARDS": False'),
    (
        "oauthflows.W109",
        our_settings(REGISTRATION="open", REGISTRATION_PROFILE="legacy"),
        '"REGISTRATION_PROFILE": "standard"',
    ),
    ("oauthflows.W104", dot_settings(ACCESS_TOKEN_EXPIRE_SECONDS=3601), "900"),
    (
        "oauthflows.W105",
        {
            **dot_settings(REFRESH_TOKEN_EXPIRE_SECONDS=None),
            **our_settings(REFRESH_TOKEN_ABSOLUTE_LIFETIME=None),
        },
        "2592000",
    ),
    ("oauthflows.W106", our_settings(ISSUER="http://localhost:8000/o"), "https://"),
    ("oauthflows.W106", our_settings(ISSUER="http://10.0.0.7/o"), "https://"),
    (
        "oauthflows.W191",
        {"SESSION_COOKIE_SAMESITE": "None", "SESSION_COOKIE_SECURE": False},
        "True",
    ),
    ("oauthflows.W107", {"SESSION_COOKIE_SECURE": False}, "SESSION_COOKIE_SECURE = True"),
    ("oauthflows.W107", {"CSRF_COOKIE_SECURE": False}, "CSRF_COOKIE_SECURE = True"),
    ("oauthflows.W150", {"OAUTHFLOWS": {}}, 'Write "ISSUER": "https://…"'),
    ("oauthflows.W108", {"ROOT_URLCONF": "tests.checks.urls_behind_dot"}, "Remove include"),
]


def test_a_plain_install_is_told_nothing() -> None:
    assert found() == []


@override_settings(**SECURE)
def test_a_plain_install_behind_tls_is_told_nothing_at_deployment() -> None:
    assert found(deploy=True) == []


@pytest.mark.parametrize(("id", "changes", "line"), MISTAKES)
def test_a_mistake_is_named_with_the_line_that_puts_it_right(
    id: str, changes: dict[str, object], line: str
) -> None:
    with override_settings(**changes):
        messages = [message for message in found() if message.id == id]
    assert len(messages) == 1
    assert line in str(messages[0].hint)
    assert messages[0].is_serious() == (".E" in id)


@pytest.mark.parametrize(("id", "changes", "line"), UNSAFE)
def test_an_unsafe_choice_is_named_at_deployment_alone(
    id: str, changes: dict[str, object], line: str
) -> None:
    with override_settings(**{**SECURE, **changes}):
        at_any_time = {message.id for message in found()}
        messages = [message for message in found(deploy=True) if message.id == id]
    assert id not in at_any_time
    assert len(messages) == 1
    assert line in str(messages[0].hint)


def test_pages_of_this_site_or_another_are_told_nothing() -> None:
    pages = {"REAUTHENTICATION_URL": "/accounts/login/?again=1", "REGISTRATION_URL": "login"}
    elsewhere = {"ACCOUNT_CHOOSER_URL": "https://accounts.example/choose"}
    with override_settings(OAUTHFLOWS={**pages, **elsewhere}):
        assert found() == []


def test_every_id_is_brought_out_here() -> None:
    about_clients = {"oauthflows.W120", "oauthflows.W131"}
    about_clients |= {f"oauthflows.{name}" for name in ("W140", "W141", "E142", "E143")}
    # Of rows that django-oauth-toolkit left: see `test_left_applications`.
    about_clients |= {f"oauthflows.{name}" for name in ("W170", "E170", "E171")}
    # Of applications that DOT signed for: see `test_validator_hooks`.
    about_clients |= {"oauthflows.E167"}
    about_clients |= {f"oauthflows.{name}" for name in ("W170", "E170", "E171", "E172")}
    # Of a project's own admin: see `test_admin_screens`.
    about_clients |= {"oauthflows.W151"}
    # Of a project's own templates: see `tests/adoption/test_own_templates.py`.
    about_clients |= {"oauthflows.W182"}
    # Of a project's own application model: see `tests/adoption/test_own_models.py`.
    about_clients |= {"oauthflows.E180", "oauthflows.W181"}
    # Of a project without these apps: see `tests/quickstart`.
    about_clients |= {"oauthflows.E183", "oauthflows.E184"}
    about_clients |= {"oauthflows.W187", "oauthflows.W190"}
    # Below a prefix: see `tests/prefixes`.
    about_clients |= {"oauthflows.W152"}
    assert {id for id, _, _ in (*MISTAKES, *UNSAFE)} | about_clients == set(ids_in_use())


@override_settings(**SECURE)
@spec("RFC 9700 §2.1.2", "RFC 9700 §2.4")
def test_clients_that_may_use_a_legacy_flow_are_named_at_deployment() -> None:
    ClientFactory()
    ClientFactory(preset="legacy-app", name="Tamed", profile="standard")
    off = ClientFactory(preset="legacy-app", name="Off").policy
    off.is_enabled = False
    off.save()
    assert found(deploy=True) == []
    old = ClientFactory(preset="legacy-app", name="The old app")
    assert found() == []
    (message,) = found(deploy=True)
    assert message.id == "oauthflows.W120"
    assert f"The old app ({old.client_id}): Password." in message.msg
    for number in range(10):
        ClientFactory(preset="legacy-app", name=f"App {number}")
    (message,) = found(deploy=True)
    assert "App 8" in message.msg
    assert "App 9" not in message.msg
    assert "and more" in message.msg


@override_settings(**SECURE)
@spec("OpenID Connect Core §8.1")
def test_pairwise_subjects_that_end_with_the_secret_key_are_named_at_deployment() -> None:
    policy = ClientFactory().policy
    assert found(deploy=True) == []
    policy.subject_type = "pairwise"
    policy.save()
    assert [message.id for message in found(deploy=True)] == ["oauthflows.W131"]
    with override_settings(**our_settings(PAIRWISE_SECRET="kept for good")):
        assert found(deploy=True) == []


@override_settings(**SECURE)
def test_tables_that_are_missing_are_named_at_deployment() -> None:
    recorder = MigrationRecorder(connections[DEFAULT_DB_ALIAS])
    recorder.record_unapplied("oauthflows", last_migration())
    assert found() == []
    (message,) = found(deploy=True)
    assert message.id == "oauthflows.W187"
    assert last_migration() in message.msg
    assert "migrate" in str(message.hint)


@override_settings(**{**SECURE, "SESSION_COOKIE_SAMESITE": "Strict"})
def test_a_strict_cookie_is_named_where_there_is_a_single_page_app() -> None:
    ClientFactory()
    assert found(deploy=True) == []
    ClientFactory(preset="single-page-app")
    (message,) = found(deploy=True)
    assert message.id == "oauthflows.W190"
    assert "Lax" in str(message.hint)


TRUSTING = our_settings(
    TRUSTED_ISSUERS={
        "https://a.example": {
            "jwks": key_set_of(client_key()),
            "client_id": "a-client",
            "algorithms": ["ES256"],
            "scopes": ["notes:read"],
            "person": "tests.checks.test_checks.found",
        }
    }
)


@override_settings(**TRUSTING)
def test_a_trusted_issuer_that_is_well_described_is_no_mistake() -> None:
    assert found() == []


@pytest.mark.parametrize(
    "changes",
    [
        our_settings(ISSUER="https://id.example/o"),
        our_settings(ISSUER="https://id.example"),
        our_settings(REFRESH_GRACE_SECONDS=0, CONSENT_LIFETIME=None),
        dot_settings(ACCESS_TOKEN_EXPIRE_SECONDS=3600),
        dot_settings(DEFAULT_SCOPES=["notes:read"]),
        our_settings(REGISTRATION="open", REGISTRATION_SCOPES=["notes:read"]),
        {**our_settings(REGISTRATION="open"), **dot_settings(DEFAULT_SCOPES=["notes:read"])},
        {**our_settings(REGISTRATION="open"), **dot_settings(SCOPES={"openid": "Know you"})},
        dot_settings(REFRESH_TOKEN_EXPIRE_SECONDS=None),
        our_settings(REFRESH_TOKEN_ABSOLUTE_LIFETIME=None),
        *(
            {"LOGGING": {"version": 1, "loggers": loggers}}
            for loggers in (
                {"oauth2_provider": {"handlers": ["mail_admins"]}},
                {"oauthlib": {"level": "DEBUG"}, "django_oauthflows": {"level": "INFO"}},
                {"oauth2_provider_of_ours": {"level": "DEBUG"}},
            )
        ),
        {"LOGIN_URL": "login"},
        {"LOGIN_URL": "/accounts/login/?from=oauth"},
        {"LOGIN_URL": "admin:login"},
    ],
)
def test_a_safe_choice_is_told_nothing(changes: dict[str, object]) -> None:
    with override_settings(**{**SECURE, **changes}):
        assert found(deploy=True) == []


def test_a_sign_in_page_of_another_site_is_no_mistake() -> None:
    with override_settings(LOGIN_URL="https://login.example/"):
        assert found() == []


def test_two_mistakes_are_both_named() -> None:
    with override_settings(**our_settings(ISUER="x", URL_PREFIX="o")):
        assert {message.id for message in found()} >= {"oauthflows.E001", "oauthflows.E004"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("", ""),
        ("OAUTHFLOWS = {'ISUER': 'x'}", "Did you mean ISSUER?"),
        ("USE_TZ = False", "Write USE_TZ = True."),
    ],
)
@spec("B-2")
def test_the_command_fails_on_an_error(tmp_path: Path, change: str, told: str) -> None:
    module = tmp_path / "site_settings.py"
    module.write_text(f"from tests.settings.base import *\n{change}\n")
    command = [sys.executable, "-m", "django", "check", "--settings=site_settings"]
    finished = subprocess.run(
        [*command, f"--pythonpath={tmp_path}"], capture_output=True, text=True, check=False
    )
    assert (finished.returncode == 0) is (told == ""), finished.stderr
    assert told in finished.stderr


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_a_server_does_not_start_without_time_zones(tmp_path: Path, server: str) -> None:
    module = tmp_path / "site_settings.py"
    module.write_text("from tests.settings.base import *\nUSE_TZ = False\n")
    start = f"from django.core.{server} import get_{server}_application as start; start()"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "site_settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), str(Path.cwd())])
    finished = subprocess.run(
        [sys.executable, "-c", start], env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode != 0
    assert "Write USE_TZ = True." in finished.stderr
