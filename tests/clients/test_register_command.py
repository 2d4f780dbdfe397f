"""`manage.py oauthflows_register_client`."""

import json
import shlex
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.rules.pkce_switches import SWITCHES
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PersonFactory
from tests.clients.test_authentication import basic
from tests.marks import spec

WEB_APP = (
    "--preset",
    "web-app",
    "--name",
    "A client",
    "--redirect-uri",
    "https://client.example/cb",
)


def run(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("oauthflows_register_client", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def complaint(*arguments: str) -> str:
    """What it says when it refuses."""
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert not get_application_model().objects.exists()
    return str(refused.value)


@spec("RFC 7662 §2.1")
def test_an_api_is_registered_to_introspect_its_own_tokens_or_all(db: None) -> None:
    assert "--resource: Say which API it is" in complaint("--preset", "api", "--name", "Prices")
    printed = run("--preset", "api", "--name", "Prices", "--resource", "https://id.example.com")
    policy = ClientPolicy.objects.get()
    assert "client_secret: " in printed
    assert (policy.resources, policy.may_introspect_all) == (["https://id.example.com"], False)
    run("--preset", "api", "--name", "Gateway", "--may-introspect-all")
    assert ClientPolicy.objects.latest("pk").may_introspect_all


@spec("B-7")
def test_json_is_one_object_with_all_there_is_to_know(db: None) -> None:
    printed = run(
        *WEB_APP,
        *("--redirect-uri", "https://client.example/other"),
        *("--post-logout-redirect-uri", "https://client.example/"),
        *("--post-logout-redirect-uri", "https://client.example/bye"),
        *("--scope", "notes:write notes:read"),
        *("--profile", "legacy"),
        "--json",
    )
    made = json.loads(printed)
    application = get_application_model().objects.get()
    assert made == {
        "client_id": application.client_id,
        "client_secret": made["client_secret"],
        "redirect_uris": ["https://client.example/cb", "https://client.example/other"],
        "scopes": ["notes:read", "notes:write"],
        "default_scopes": ["notes:read", "notes:write"],
        "preset": "web-app",
        "audience": [],
        "issuer": "",
        "endpoints": {},
        "profile": "legacy",
        "warnings": made["warnings"],
    }
    assert len(made["client_secret"]) >= 43
    assert application.post_logout_redirect_uris.split() == [
        "https://client.example/",
        "https://client.example/bye",
    ]


def test_json_has_the_warnings_that_a_person_reads(db: None, settings: Any) -> None:
    options = (
        *("--preset", "legacy-app", "--name", "Old", "--scope", "notes:read notes:write"),
        *("--redirect-uri", "https://client.example/"),
        *("--default-scope", "notes:read"),
    )
    text, errors = StringIO(), StringIO()
    command = "oauthflows_register_client"
    call_command(command, *options, stdout=text, stderr=errors, no_color=True)
    made = json.loads(run(*options, "--json"))
    assert made["default_scopes"] == ["notes:read"]
    weak, slash, pkce = made["warnings"]
    assert "no longer recommended: Password" in weak
    assert "two addresses" in slash
    assert errors.getvalue().splitlines() == [weak, slash]
    assert pkce in text.getvalue()


def test_json_of_a_client_in_order_has_no_warning(db: None) -> None:
    made = json.loads(run("--preset", "service", "--name", "A job", "--json"))
    assert (made["warnings"], made["default_scopes"]) == ([], [])


@pytest.mark.parametrize(
    ("options", "is_on"),
    [((), True), (("--no-claims-in-id-token",), False), (("--claims-in-id-token",), True)],
)
@spec("OpenID Connect Core §5.4")
def test_the_switch_for_claims_in_the_id_token(
    db: None, options: tuple[str, ...], is_on: bool
) -> None:
    run(*WEB_APP, *options)
    assert ClientPolicy.objects.get().claims_in_id_token is is_on


@spec("OpenID Connect Core §5.1.2")
def test_the_groups_it_is_told_of_are_named_one_by_one(db: None) -> None:
    groups = ("--visible-group", "Night shift", "--visible-group", "Board")
    run(*WEB_APP, *groups)
    assert ClientPolicy.objects.get().visible_groups == ["Night shift", "Board"]


def test_the_record_says_that_a_command_did_it(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run(*WEB_APP)
    event = AuditEvent.objects.get(event="client.registered")
    assert (event.user, event.actor) == (None, "command")


@spec("RFC 6749 §2.3.1", "B-7")
def test_what_is_printed_opens_the_door(db: None, service: FlowClient) -> None:
    made = json.loads(run("--preset", "service", "--name", "A job", "--json"))
    answer = service.token(
        grant_type="client_credentials",
        scope="notes:read",
        headers=basic(made["client_id"], made["client_secret"]),
    )
    assert answer.status_code == 200


@spec("B-9")
def test_without_a_scope_the_client_gets_its_presets(db: None) -> None:
    made = json.loads(run("--preset", "service", "--name", "A job", "--json"))
    assert made["scopes"] == ["notes:read", "notes:write"]
    assert (made["redirect_uris"], made["profile"]) == ([], "standard")


@spec("B-7")
def test_a_person_reads_the_secret_and_that_it_is_shown_once(db: None) -> None:
    printed = run(*WEB_APP)
    application = get_application_model().objects.get()
    assert f"client_id:     {application.client_id}\n" in printed
    assert "client_secret: " in printed
    assert "not shown again" in printed


@spec("RFC 9700 §2.1.1", "B-13")
def test_it_says_what_to_switch_on_at_the_clients_side(db: None) -> None:
    app = ("--preset", "single-page-app", *WEB_APP[2:])
    lines = [f"  {program}: {setting}\n" for program, setting in SWITCHES]
    for arguments in (WEB_APP, app):
        printed = run(*arguments)
        assert "Switch on PKCE (S256) at the client's side." in printed
        assert all(line in printed for line in lines)
    exempt = run(*WEB_APP, "--may-omit-pkce-and-nonce")
    for printed in (exempt, run("--preset", "service", "--name", "A job")):
        assert "Switch on PKCE" not in printed
    assert ClientPolicy.objects.filter(may_omit_pkce_and_nonce=True).count() == 1


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_public_client_is_given_no_exception_from_pkce(db: None) -> None:
    said = complaint("--preset", "single-page-app", *WEB_APP[2:], "--may-omit-pkce-and-nonce")
    assert "--may-omit-pkce-and-nonce: Only for clients with a secret" in said


@spec("RFC 6749 §2.1", "B-7")
def test_a_public_client_has_no_secret_to_print(db: None) -> None:
    arguments = ("--preset", "single-page-app", *WEB_APP[2:])
    assert "has no secret" in run(*arguments)
    assert json.loads(run(*arguments, "--json"))["client_secret"] == ""


@spec("B-8", "B-9")
def test_everything_that_is_wrong_is_said_with_the_option_it_is_about(db: None) -> None:
    said = complaint(
        *("--preset", "web-app", "--name", " "),
        *("--redirect-uri", "http://client.example/", "--redirect-uri", "javascript:alert(1)"),
        *("--post-logout-redirect-uri", "/bye", "--scope", "notes:read unheard-of"),
    )
    first, *lines = said.splitlines()
    assert first == "The client was not registered."
    assert [line.partition(":")[0] for line in lines] == [
        "--name",
        "--redirect-uri",
        "--redirect-uri",
        "--post-logout-redirect-uri",
        "--scope",
    ]
    assert "http://client.example/ must begin with https://" in lines[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (WEB_APP[:-2], "--redirect-uri: Say where people are sent back to"),
        ((*WEB_APP, "--scope", ""), "--scope: Give the client at least one scope."),
        ((*WEB_APP, "--scope", "  "), "--scope: Give the client at least one scope."),
        (("--preset", "toaster", *WEB_APP[2:]), "invalid choice: 'toaster'"),
        ((*WEB_APP, "--profile", "lax"), "invalid choice: 'lax'"),
        (WEB_APP[2:], "--preset"),
        (("--preset", "service"), "--name"),
    ],
)
def test_one_thing_that_is_wrong_is_said_plainly(
    db: None, arguments: tuple[str, ...], said: str
) -> None:
    assert said in complaint(*arguments)
    assert not ClientPolicy.objects.exists()


SERVICE = ("--preset", "service", "--name", "A job")


@spec("RFC 9068 §3")
@pytest.mark.parametrize(
    ("ours", "arguments", "audience"),
    [
        ({}, (), "this site's own URL (set ISSUER or RESOURCE), or the resource that is asked for"),
        (
            {"ISSUER": "https://id.example/o"},
            (),
            "https://id.example, or the resource that is asked for",
        ),
        (
            {"RESOURCE": "https://api.example/notes"},
            (),
            "https://api.example/notes, or the resource that is asked for",
        ),
        ({}, ("--allowed-resource", "https://a.example/"), "https://a.example/"),
    ],
)
def test_the_audience_of_its_tokens_is_printed(
    db: None, settings: Any, ours: dict[str, str], arguments: tuple[str, ...], audience: str
) -> None:
    settings.OAUTHFLOWS = ours
    assert f"audience:      {audience}\n" in run(*SERVICE, *arguments)


@spec("RFC 9068 §3")
def test_the_audience_of_an_api_is_what_it_serves(db: None) -> None:
    api = ("--preset", "api", "--name", "Prices")
    assert "audience:      https://p.example/\n" in run(*api, "--resource", "https://p.example/")
    assert "or the resource that is asked for\n" in run(*api, "--may-introspect-all")
    printed = run(*api, "--resource", "https://p.example/", "--json")
    assert json.loads(printed)["audience"] == ["https://p.example/"]


@spec("RFC 7662 §2")
@pytest.mark.parametrize(
    ("ours", "url"),
    [
        ({"ISSUER": "https://id.example/o"}, "https://id.example/o/introspect/"),
        ({}, "https://YOUR-SITE/o/introspect/"),
    ],
)
def test_an_api_is_told_where_it_asks_about_tokens_and_where_that_is_described(
    db: None, settings: Any, ours: dict[str, str], url: str
) -> None:
    settings.OAUTHFLOWS = ours
    printed = run("--preset", "api", "--name", "Prices", "--resource", "https://p.example/")
    assert f"introspection: {url}\n" in printed
    assert "docs/how-to/api-elsewhere.md" in printed
    assert ("YOUR-SITE stands" in printed) == (not ours)
    assert "introspection" not in run("--preset", "service", "--name", "A job")


@spec("RFC 8693 §2.1", "RFC 8707 §2", "RFC 9068 §2.1")
def test_flows_targets_and_the_format_of_tokens_can_be_chosen(db: None) -> None:
    run(
        *SERVICE,
        *("--flow", "client-credentials", "--flow", "token-exchange", "--flow", "token-exchange"),
        *("--token-format", "jwt", "--resource", "https://api.example/"),
        *("--access-token-algorithm", "RS256"),
        *("--allowed-resource", "https://a.example/", "--allowed-resource", "https://b.example/"),
        *("--exchange-target", "https://next.example/", "--exchange-target", "billing"),
    )
    policy = ClientPolicy.objects.get()
    assert policy.flows == ["client-credentials", "token-exchange"]
    assert policy.token_format == "jwt"
    assert policy.access_token_signing_alg == "RS256"
    assert policy.resources == ["https://api.example/"]
    assert policy.allowed_resources == ["https://a.example/", "https://b.example/"]
    assert policy.exchange_targets == ["https://next.example/", "billing"]
    assert policy.may_impersonate is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*SERVICE, "--flow", "carrier-pigeon"), "invalid choice: 'carrier-pigeon'"),
        ((*SERVICE, "--flow", "password"), "--flow: Only clients of the legacy profile may use"),
        ((*SERVICE, "--token-format", "paper"), "--token-format: paper is not one of"),
        ((*SERVICE, "--resource", "api"), "--resource: "),
        ((*SERVICE, "--allowed-resource", "https://a.example/#x"), "--allowed-resource: "),
        ((*SERVICE, "--exchange-target", "a b"), "--exchange-target: a b must be an address"),
        ((*SERVICE, "--exchange-target", ""), "--exchange-target: "),
        (
            ("--preset", "device", "--name", "A screen", "--flow", "token-exchange"),
            "--flow: Only clients with a secret may use: Token exchange.",
        ),
    ],
)
@spec("RFC 8693 §2.1", "RFC 9700 §2.4")
def test_a_choice_that_cannot_be_is_refused(
    db: None, arguments: tuple[str, ...], said: str
) -> None:
    assert said in complaint(*arguments)


@spec("OpenID Connect Back-Channel Logout 1.0 §2.2", "OpenID Connect Front-Channel Logout 1.0 §2")
def test_a_client_says_where_it_hears_of_sign_outs(db: None) -> None:
    run(
        *WEB_APP,
        *("--backchannel-logout-uri", "https://client.example/back"),
        *("--frontchannel-logout-uri", "http://127.0.0.1:3000/front"),
    )
    policy = ClientPolicy.objects.get()
    assert policy.backchannel_logout_uri == "https://client.example/back"
    assert policy.frontchannel_logout_uri == "http://127.0.0.1:3000/front"


@pytest.mark.parametrize(
    "uri",
    ["http://client.example/", "javascript:alert(1)", "com.example:/x", "https://a.example/#b"],
)
def test_it_hears_of_them_at_a_web_address(db: None, uri: str) -> None:
    said = complaint(*WEB_APP, "--backchannel-logout-uri", uri, "--frontchannel-logout-uri", uri)
    assert "--backchannel-logout-uri: " in said
    assert "--frontchannel-logout-uri: " in said


# What people see, and whose it is ------------------------------------------------------------------------


def test_the_marks_of_trust_the_pages_and_the_owner_can_be_given(db: None) -> None:
    owner = PersonFactory()
    run(
        *(*WEB_APP, "--verified", "--first-party", "--owner", owner.get_username()),
        *("--scope", "notes:read notes:write", "--required-scope", "notes:read"),
        *("--client-uri", "https://client.example/", "--logo-uri", "https://client.example/l.png"),
        *("--policy-uri", "https://client.example/p", "--tos-uri", "https://client.example/t"),
    )
    policy = ClientPolicy.objects.get()
    assert (policy.is_verified, policy.skips_consent) == (True, True)
    assert policy.required_scopes == ["notes:read"]
    assert (policy.client_uri, policy.logo_uri, policy.policy_uri, policy.tos_uri) == (
        "https://client.example/",
        "https://client.example/l.png",
        "https://client.example/p",
        "https://client.example/t",
    )
    assert get_application_model().objects.get().user == owner


def test_an_owner_is_known_by_their_key_too(db: None) -> None:
    owner = PersonFactory()
    run(*WEB_APP, "--owner", str(owner.pk))
    assert get_application_model().objects.get().user == owner


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*WEB_APP, "--owner", "nobody"), "--owner: no user has the username or the key nobody."),
        ((*WEB_APP, "--required-scope", "unheard-of"), "--required-scope: Not among the client's"),
        ((*WEB_APP, "--logo-uri", "/logo.png"), "--logo-uri: "),
        ((*WEB_APP, "--tos-uri", "javascript:alert(1)"), "--tos-uri: "),
        ((*SERVICE, "--redirect-uri", "https://a.example/"), "--redirect-uri: Leave it out"),
        ((*SERVICE, "--post-logout-redirect-uri", "https://a.example/"), "--post-logout-redirect"),
        ((*SERVICE, "--verified"), "--verified: Leave it out"),
        ((*SERVICE, "--first-party"), "--first-party: Leave it out"),
        ((*SERVICE, "--required-scope", "notes:read"), "--required-scope: Leave it out"),
    ],
)
def test_what_a_client_cannot_be_given_is_refused_by_its_option(
    db: None, arguments: tuple[str, ...], said: str
) -> None:
    assert said in complaint(*arguments)


def test_a_service_that_signs_people_in_too_has_redirect_uris(db: None) -> None:
    flows = ("--flow", "client-credentials", "--flow", "authorization-code-pkce")
    run(*SERVICE, *flows, "--redirect-uri", "https://a.example/cb")
    assert get_application_model().objects.get().redirect_uris == "https://a.example/cb"


@spec("RFC 8414 §2")
@pytest.mark.parametrize(
    ("arguments", "endpoints", "step"),
    [
        (WEB_APP, {"authorization", "token"}, "open it in a browser"),
        (SERVICE, {"token"}, "get a token"),
        (("--preset", "device", "--name", "TV"), {"device", "token"}, "shows it to the person"),
        (
            ("--preset", "api", "--name", "Prices", "--resource", "https://p.example/"),
            {"introspection"},
            "ask about each token",
        ),
    ],
)
def test_the_issuer_the_endpoints_it_needs_and_the_next_step_are_printed(
    db: None, settings: Any, arguments: tuple[str, ...], endpoints: set[str], step: str
) -> None:
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example/o"}
    printed = run(*arguments)
    assert "issuer:        https://id.example/o\n" in printed
    named = [
        line.partition(":")[0] for line in printed.splitlines() if "https://id.example/o/" in line
    ]
    assert {name for name in named if not name.startswith(" ")} == endpoints
    assert "Next: " in printed
    assert step in printed
    made = json.loads(run(*arguments, "--json"))
    assert (made["issuer"], made["endpoints"].keys()) == ("https://id.example/o", endpoints)


@spec("RFC 6749 §4.4")
def test_the_command_that_a_service_is_told_gets_a_token(db: None, service: FlowClient) -> None:
    *_, line = run(*SERVICE).splitlines()
    _, _, credentials, _, grant, _, scope, url = shlex.split(line)
    answer = service.token(
        **dict(part.split("=") for part in (grant, scope)),
        headers=basic(*credentials.split(":")),
    )
    assert (answer.status_code, url.endswith("/o/token/")) == (200, True)
