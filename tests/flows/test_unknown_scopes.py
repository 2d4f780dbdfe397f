"""A scope that no part of the server knows is left out (OpenID Connect Core §3.1.2.1, RFC 6749 §3.3)."""

from collections.abc import Callable
from typing import Any

import pytest

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.profiles import PROFILES
from django_oauthflows.conf import conf
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD
from django_oauthflows.tokens.models import Authorization
from tests.flows.exchanges import api, app_token
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db


def by_code(scope: str) -> Any:
    story = begin(scopes=("notes:read",))
    answer = answered(story.decide(scope=scope, scopes=["notes:read"]))
    return story.redeem(answer["code"]) if "code" in answer else answer


def by_itself(scope: str) -> Any:
    story = begin(preset="service", redirect_uris=(), scopes=("notes:read",))
    return story.token(grant_type="client_credentials", scope=scope)


def by_password(scope: str) -> Any:
    story = begin(preset="legacy-app", redirect_uris=(), scopes=("notes:read",))
    who = {"username": story.person.username, "password": PASSWORD}
    return story.token(grant_type="password", scope=scope, **who)


def by_assertion(scope: str) -> Any:
    story = begin(preset="service-account", redirect_uris=(), scopes=("notes:read",))
    return story.bear(scope=scope)


def by_device(scope: str) -> Any:
    story = begin(preset="device", redirect_uris=(), scopes=("notes:read",))
    codes = story.device_codes(scope=scope)
    if codes.status_code != 200:
        return codes
    story.decide_on_device(codes.json()["user_code"], scopes=["notes:read"])
    return story.poll(codes.json()["device_code"])


def by_exchange(scope: str) -> Any:
    return api(scopes=["notes:read"]).exchange(app_token(begin()), scope=scope)


def by_application_without_policy(scope: str) -> Any:
    story = begin(registered=dot_application(authorization_grant_type="client-credentials"))
    return story.token(grant_type="client_credentials", scope=scope)


EVERYWHERE: list[Callable[[str], Any]] = [
    by_code,
    by_itself,
    by_password,
    by_assertion,
    by_device,
    by_exchange,
    by_application_without_policy,
]


def error_in(answer: Any) -> str:
    return str(answer["error"] if isinstance(answer, dict) else answer.json()["error"])


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("OpenID Connect Core §3.1.2.1", "RFC 6749 §3.3", "RFC 6749 §5.1", "B-9")
def test_it_is_left_out_and_the_answer_says_what_was_given(ask: Callable[[str], Any]) -> None:
    answer = ask("notes:read claudeai unheard-of")
    assert (answer.status_code, answer.json()["scope"]) == (200, "notes:read")


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("RFC 6749 §3.3", "B-9")
def test_a_request_of_which_nothing_is_left_is_refused(ask: Callable[[str], Any]) -> None:
    assert error_in(ask("claudeai unheard-of")) == "invalid_scope"


@pytest.mark.parametrize("ask", EVERYWHERE[:-1])
@spec("RFC 6749 §3.3", "B-9")
def test_a_known_scope_that_the_client_may_not_have_stays_refused(
    ask: Callable[[str], Any],
) -> None:
    assert error_in(ask("notes:read notes:write")) == "invalid_scope"
    assert error_in(ask("notes:read notes:write claudeai")) == "invalid_scope"


@pytest.mark.parametrize("ask", EVERYWHERE)
@pytest.mark.parametrize("malformed", ['a"b', "a\x7fb", "é"])
@spec("RFC 6749 §3.3", "B-1", "B-9")
def test_a_malformed_scope_is_never_left_out(ask: Callable[[str], Any], malformed: str) -> None:
    assert error_in(ask(f"notes:read {malformed} unheard-of")) == "invalid_scope"
    assert not AuditEvent.objects.filter(event="scopes.dropped").exists()


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_openid_is_refused_where_the_site_signs_nobody_in(ask: Callable[[str], Any]) -> None:
    assert error_in(ask("notes:read openid")) == "invalid_scope"


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("RFC 6749 §3.3", "B-9")
def test_a_scope_of_our_own_api_is_refused_whether_it_is_served_or_not(
    ask: Callable[[str], Any],
) -> None:
    assert error_in(ask("notes:read oauthflows:clients:read")) == "invalid_scope"


@spec("OpenID Connect Core §3.1.2.1", "B-14", "B-15")
def test_consent_page_memory_and_code_hold_only_what_is_left() -> None:
    story = begin(scopes=("notes:read", "notes:write"))
    asked = "notes:read claudeai"
    page = story.ask(scope=asked).content.decode()
    assert "Read your notes" in page
    assert "claudeai" not in page
    tokens = story.redeem(story.code(scope=asked, scopes=["notes:read"])).json()
    assert tokens["scope"] == "notes:read"
    assert (Consent.objects.get().scope, Authorization.objects.get().scope) == ("notes:read",) * 2
    assert "code" in answered(story.ask(scope="notes:read"))
    assert "code" in answered(story.ask(scope="notes:read another-one"))
    assert story.ask(scope="notes:read notes:write another-one").status_code == 200


@spec("OpenID Connect Core §3.1.2.1", "B-14")
def test_what_was_left_out_cannot_be_ticked() -> None:
    story = begin(scopes=("notes:read",))
    answer = story.decide(scope="notes:read claudeai", scopes=["notes:read", "claudeai"])
    assert answer.status_code == 400
    assert not Authorization.objects.exists()


@spec("RFC 6749 §6", "B-19")
def test_a_refresh_asks_for_nothing_that_was_not_granted() -> None:
    story = begin(scopes=("notes:read",))
    tokens = story.tokens()
    refused = story.refresh(tokens["refresh_token"], scope="notes:read unheard-of")
    assert error_of(refused) == (400, "invalid_scope")
    assert story.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


@pytest.mark.parametrize("profile", [profile.slug for profile in PROFILES])
@spec("OpenID Connect Core §3.1.2.1")
def test_every_profile_of_today_leaves_them_out(profile: str) -> None:
    story = begin(profile=profile, scopes=("notes:read",), redirect_uris=["https://a.example/cb"])
    resource = "https://api.example" if profile == "mcp" else None
    answer = story.ask(scope="notes:read unheard-of", resource=resource)
    assert answer.status_code == 200


@spec("OpenID Connect Core §3.1.2.1", "B-28")
def test_a_request_object_and_a_posted_request_are_read_alike(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story: Story = begin(scopes=("openid", "notes:read"))
    url = story.authorization_url(scope="openid notes:read unheard-of", nonce="n")
    body = url.partition("?")[2]
    kept = story.browser.post(
        "/o/authorize/", body, content_type="application/x-www-form-urlencoded"
    )
    page = story.browser.get(kept["Location"])
    assert page.status_code == 200
    assert "unheard-of" not in page.content.decode()


# What is written down ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("OpenID Connect Core §3.1.2.1")
def test_the_audit_log_names_what_was_left_out(ask: Callable[[str], Any]) -> None:
    ask("notes:read claudeai unheard-of")
    row = AuditEvent.objects.get(event="scopes.dropped")
    assert row.detail == {
        "dropped": ["claudeai", "unheard-of"],
        "number": 2,
        "left": ["notes:read"],
    }
    assert row.application is not None
    assert (row.user is None) == (ask is not by_code)


@pytest.mark.django_db(transaction=True)
@spec("RFC 6749 §3.3")
def test_thousands_of_unknown_scopes_leave_little_behind() -> None:
    story = begin(preset="service", redirect_uris=(), scopes=("notes:read",))
    flood = " ".join(f"{number:x}" for number in range(300))
    for _ in range(30):
        asked = f"notes:read {flood} {'x' * 400}"
        assert story.token(grant_type="client_credentials", scope=asked).status_code == 200
    rows = AuditEvent.objects.filter(event="scopes.dropped")
    assert rows.count() == conf.AUDIT_ROWS_PER_WINDOW + 1
    detail = rows.latest("pk").detail
    assert (len(detail["dropped"]), detail["number"]) == (20, 301)
    assert max(map(len, detail["dropped"])) <= 100


@pytest.mark.django_db(transaction=True)
@spec("RFC 6749 §3.3")
def test_nobody_who_is_refused_or_only_looks_writes_such_a_row() -> None:
    story = begin(scopes=("notes:read",))
    story.ask(scope="notes:read unheard-of")
    by_itself("notes:write unheard-of")
    assert not AuditEvent.objects.filter(event="scopes.dropped").exists()
