"""The exception from PKCE and nonce: what it opens for one client, what stays shut, and what ends it."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.explaining import rules_by_name
from django_oauthflows.audit.fixes import FIXES
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.rules.pkce_switches import SWITCHES
from django_oauthflows.testing.client import VERIFIER, answered
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import administrator, browser_of, change, fields_on
from tests.admin.reach import holder_of
from tests.management_api.calling import URLS, service, somebody, through_an_app
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, error_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

NO_PKCE = {"code_challenge": None, "code_challenge_method": None}
ANOTHER_HOST = "https://moved.example/callback"
#: A client that may come back nowhere, until its owner names an address.
SERVICE_WITH_CODES = {
    "preset": "service",
    "flows": ["client-credentials", "authorization-code"],
}
ANOTHER_PATH = "https://client.example/another"


@pytest.fixture(autouse=True)
def openid(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


def exempt(**client: Any) -> Story:
    return begin(may_omit_pkce_and_nonce=True, **client)


def policy_of(story: Story) -> ClientPolicy:
    return ClientPolicy.objects.get(application=story.registered.application)


def is_exempt(story: Story) -> bool:
    """In the row, and for a request."""
    policy = policy_of(story)
    answer = answered(story.ask(**NO_PKCE, prompt="none"))
    is_let_off = answer["error"] == "consent_required"
    assert policy.may_omit_pkce_and_nonce == is_let_off, answer
    assert policy.may_omit_pkce_and_nonce or policy.pkce_exempt_origins == []
    return is_let_off


# The sentence --------------------------------------------------------------------------------------------


@spec("RFC 9700 §2.1.1", "OAuth 2.1 §4.1.1", "B-13")
def test_the_refusal_names_both_ways_and_the_remedy_names_known_programs() -> None:
    answer = answered(begin().ask(**NO_PKCE, scope="openid"))
    assert answer["error"] == "invalid_request"
    for word in ("code_challenge", "S256", "openid", "nonce"):
        assert word in answer["error_description"]
    (row,) = AuditEvent.objects.filter(event="request.refused")
    fix = str(FIXES[row.rule])
    assert row.rule in rules_by_name()
    for program, setting in SWITCHES:
        assert program in fix
        assert setting in fix
    for setting in (
        "OAUTH_PKCE_ENABLED",
        "use_pkce",
        "--code-challenge-method=S256",
        "pkce-required",
    ):
        assert setting in fix


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_public_client_is_not_told_of_a_way_that_is_not_for_it() -> None:
    answer = answered(begin(preset="single-page-app").ask(**NO_PKCE, scope="openid"))
    assert "PKCE" in answer["error_description"]
    assert "nonce" not in answer["error_description"]


# What it opens -------------------------------------------------------------------------------------------


@spec("RFC 9700 §2.1.1", "B-13")
@pytest.mark.parametrize("scope", ["notes:read", "openid notes:read"])
def test_one_client_may_leave_out_both(scope: str) -> None:
    story = exempt()
    code = story.code(**NO_PKCE, scope=scope)
    assert story.redeem(code, code_verifier=None).status_code == 200
    assert "error" in answered(begin().ask(**NO_PKCE, scope=scope))


@spec("RFC 7636 §4.6", "B-13")
def test_with_the_exception_pkce_is_checked_as_ever() -> None:
    story = exempt()
    code = story.code()
    assert error_of(story.redeem(code, code_verifier=None)) == (400, "invalid_grant")
    assert error_of(story.redeem(code, code_verifier="x" * 43)) == (400, "invalid_grant")
    assert story.redeem(code).status_code == 200


# What stays shut -----------------------------------------------------------------------------------------


@spec("RFC 7636 §4.3", "RFC 9700 §2.1.1", "B-13")
def test_plain_and_a_verifier_without_a_challenge_stay_refused() -> None:
    story = exempt()
    for method in ("plain", None):
        answer = answered(story.ask(code_challenge=VERIFIER, code_challenge_method=method))
        assert answer["error"] == "invalid_request"
    code = story.code(**NO_PKCE)
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert story.redeem(code, code_verifier=None).status_code == 200


@pytest.mark.parametrize(
    ("client", "said"),
    [
        ({"preset": "single-page-app"}, "with a secret"),
        ({"preset": "native-app", "redirect_uris": ["com.example.app:/cb"]}, "with a secret"),
        ({"profile": "mcp"}, "security profile"),
        ({"redirect_uris": ["http://localhost:3000/cb"]}, "own device"),
        ({"redirect_uris": ["https://client.example/cb", "http://127.0.0.1/cb"]}, "own device"),
        ({"redirect_uris": ["https://localhost/cb"]}, "own device"),
        ({**SERVICE_WITH_CODES, "redirect_uris": []}, "without redirect URIs"),
    ],
)
@spec("RFC 9700 §2.1.1", "RFC 8252 §8.1", "B-13")
def test_other_clients_cannot_have_it(client: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        exempt(**client)
    assert said in str(refused.value.message_dict["may_omit_pkce_and_nonce"])


@spec("RFC 6819 §5.1.5.1")
def test_only_who_may_change_policies_gives_it() -> None:
    owner = holder_of("manage_own_clients")
    story = begin(owner=owner)
    key = story.registered.application.pk
    for person in (owner, holder_of("change_application")):
        browser = browser_of(person)
        page = browser.get(f"/admin/oauth2_provider/application/{key}/change/")
        assert not [name for name in fields_on(page, with_field="name") if "omit_pkce" in name]
        change(browser, key, policy__may_omit_pkce_and_nonce="on")
        assert not is_exempt(story)
    for caller in (service(), through_an_app(owner)):
        answer = caller.patch("client", key, policy={"may_omit_pkce_and_nonce": True})
        assert answer.status_code in (400, 403)
        assert not is_exempt(story)
    keeper = holder_of("change_application", "change_clientpolicy")
    assert change(browser_of(keeper), key, policy__may_omit_pkce_and_nonce="on").status_code == 302
    assert is_exempt(story)
    assert (
        service().patch("client", key, policy={"may_omit_pkce_and_nonce": False}).status_code == 200
    )
    assert not is_exempt(story)


# What ends it --------------------------------------------------------------------------------------------


def by_admin(story: Story, uris: list[str]) -> None:
    key = story.registered.application.pk
    saved = change(administrator(), key, redirect_uris="\n".join(uris))
    assert saved.status_code == 302


def by_admin_with_other_settings(story: Story, uris: list[str]) -> None:
    """The policy's form is saved after the client's, with the box as it was."""
    key = story.registered.application.pk
    other = {"policy__access_token_lifetime": "60"}
    saved = change(administrator(), key, redirect_uris="\n".join(uris), **other)
    assert saved.status_code == 302


def by_owner(story: Story, uris: list[str]) -> None:
    owner = holder_of("manage_own_clients")
    application = story.registered.application
    get_application_model().objects.filter(pk=application.pk).update(user=owner)
    saved = change(browser_of(owner), application.pk, redirect_uris="\n".join(uris))
    assert saved.status_code == 302


def by_api(story: Story, uris: list[str]) -> None:
    answer = service().patch("client", story.registered.application.pk, redirect_uris=uris)
    assert answer.status_code == 200, answer.content


def by_api_of_a_keeper(story: Story, uris: list[str]) -> None:
    keeper = somebody("change_application", "change_clientpolicy", "view_application")
    caller = through_an_app(keeper)
    answer = caller.patch("client", story.registered.application.pk, redirect_uris=uris)
    assert answer.status_code == 200, answer.content


def by_code(story: Story, uris: list[str]) -> None:
    """As a project's own code does it."""
    application = get_application_model().objects.get(pk=story.registered.application.pk)
    application.redirect_uris = " ".join(uris)
    application.save()


WAYS = [
    by_admin,
    by_admin_with_other_settings,
    by_owner,
    by_api,
    by_api_of_a_keeper,
    by_code,
]


@pytest.mark.parametrize("move", WAYS, ids=lambda move: move.__name__)
@spec("RFC 9700 §2.1.1", "RFC 9700 §4.1", "B-13")
def test_it_ends_with_another_host_and_not_with_another_path(move: Any) -> None:
    story = exempt()
    home = story.registered.redirect_uris[0]
    move(story, [home, ANOTHER_PATH])
    assert is_exempt_at(story, home)
    move(story, [home, ANOTHER_HOST])
    assert not is_exempt_at(story, home)
    # It does not come back with the host.
    move(story, [home])
    assert not is_exempt_at(story, home)


def is_exempt_at(story: Story, uri: str) -> bool:
    policy = policy_of(story)
    answer = answered(story.ask(**NO_PKCE, prompt="none", redirect_uri=uri))
    assert policy.may_omit_pkce_and_nonce == (answer["error"] == "consent_required"), answer
    return policy.may_omit_pkce_and_nonce


@spec("RFC 9700 §2.1.1", "B-13")
def test_who_saves_is_told_and_the_log_says_that_it_ended(
    django_capture_on_commit_callbacks: Any,
) -> None:
    story, browser = exempt(), administrator()
    with django_capture_on_commit_callbacks(execute=True):
        saved = change(browser, story.registered.application.pk, redirect_uris=ANOTHER_HOST)
    assert "may no longer leave out PKCE" in browser.get(saved["Location"]).content.decode()
    rows = AuditEvent.objects.filter(event="client.changed", actor="server")
    assert [row.detail["pkce_exception"] for row in rows] == ["ended"]


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("application", {"client_type": "public"}),
        ("policy", {"profile": "mcp"}),
    ],
)
@spec("RFC 9700 §2.1.1", "B-13")
def test_it_ends_when_the_client_becomes_public_or_an_agent(
    row: str, changes: dict[str, str]
) -> None:
    story = exempt()
    policy = policy_of(story)
    changed = policy.application if row == "application" else policy
    for name, value in changes.items():
        setattr(changed, name, value)
    changed.save()
    assert not is_exempt(story)
    for name, value in {"client_type": "confidential", "profile": "standard"}.items():
        for one in (policy.application, policy_of(story)):
            if hasattr(one, name):
                setattr(one, name, value)
                one.save()
    assert not policy_of(story).may_omit_pkce_and_nonce


@pytest.mark.parametrize("move", WAYS, ids=lambda move: move.__name__)
@spec("RFC 9700 §2.1.1", "RFC 9700 §4.1", "B-13")
def test_it_ends_with_the_last_address_and_holds_for_none_that_comes_after(move: Any) -> None:
    story = exempt(**SERVICE_WITH_CODES, redirect_uris=["https://client.example/callback"])
    move(story, [])
    assert not policy_of(story).may_omit_pkce_and_nonce
    move(story, [ANOTHER_HOST])
    assert not is_exempt_at(story, ANOTHER_HOST)


@pytest.mark.parametrize("move", WAYS, ids=lambda move: move.__name__)
@spec("RFC 9700 §2.1.1", "RFC 9700 §4.1", "B-13")
def test_one_without_a_place_holds_for_no_address_that_comes_after(move: Any) -> None:
    """As a row may be that was written past every model."""
    story = begin(**SERVICE_WITH_CODES, redirect_uris=["https://client.example/callback"])
    application = story.registered.application
    get_application_model().objects.filter(pk=application.pk).update(redirect_uris="")
    rows = ClientPolicy.objects.filter(application=application)
    rows.update(may_omit_pkce_and_nonce=True)
    move(story, [ANOTHER_HOST])
    assert not is_exempt_at(story, ANOTHER_HOST)


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_host_that_is_changed_past_every_model_is_not_exempt_either() -> None:
    story = exempt()
    rows = get_application_model().objects.filter(pk=story.registered.application.pk)
    rows.update(redirect_uris=ANOTHER_HOST)
    forget_clients()
    answer = answered(story.ask(**NO_PKCE, redirect_uri=ANOTHER_HOST))
    assert answer["error"] == "invalid_request"


def test_the_page_of_a_client_shows_it_to_who_may_change_it() -> None:
    story = exempt(owner=PersonFactory())
    page = administrator().get(
        f"/admin/oauth2_provider/application/{story.registered.application.pk}/change/"
    )
    fields = fields_on(page, with_field="name")
    assert fields["oauthflows_policy-0-may_omit_pkce_and_nonce"] == ["on"]
    assert "It may leave out both PKCE and nonce." in page.content.decode()
