"""A dry run says what happens: every flow is walked, tried under other settings, and walked under them."""

from collections.abc import Callable
from typing import Any

import pytest

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.dry_run.running import COLUMNS, dry_run
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow
from django_oauthflows.traffic import counting
from tests.flows.test_matrix import DRIVERS, Members, kind_with, without
from tests.stories import WITH_OPENID, Story, begin

pytestmark = pytest.mark.django_db

CHANGES: dict[str, dict[str, Any]] = {
    "profile": {"profile": "standard"},
    "flows": {},  # without the flow itself
    "only other scopes": {"scopes": ["profile"]},
    "secret in the body": {"authentication_method": "client_secret_post"},
    "resources": {"allowed_resources": ["https://other.example/"]},
    "exchange targets": {"exchange_targets": []},
    "unsigned ID tokens": {"id_token_signed_response_alg": "none"},
}


@pytest.fixture(autouse=True)
def openid(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


def user_of(flow: Flow) -> Story:
    """A client of the legacy profile that may use the flow."""
    preset = kind_with(flow)
    story = begin(preset=preset.slug, profile="legacy")
    if flow.slug not in preset.flows:
        change(story, {"flows": [*preset.flows, flow.slug]})
    return story


def walk_of(flow: Flow, story: Story) -> Callable[[], Members]:
    """The flow, from its beginning; an exchange, with a token that was there before."""
    if flow.slug != "token-exchange":
        return lambda: DRIVERS[flow.slug].walk(story)
    change(story, {"exchange_targets": ["http://testserver"]})
    token = story.tokens(scope="notes:read profile")["access_token"]
    counting.forget()
    return lambda: dict(story.exchange(token).json())


def change(story: Story, changes: dict[str, Any]) -> None:
    for column, value in changes.items():
        setattr(story.registered.policy, column, value)
    story.registered.policy.save()


def tried(story: Story, changes: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The rules that would have refused something, and those that could not be asked."""
    story.registered.application.refresh_from_db()
    ran = dry_run(story.registered.application, changes, days=30)
    stopped = {one.refusal.rule for one in ran.stopped}
    return stopped, {one.rule for one in ran.not_known}


@pytest.mark.parametrize("flow", catalogue.FLOWS, ids=lambda flow: flow.slug)
def test_nothing_is_refused_where_nothing_changes(flow: Flow) -> None:
    story = user_of(flow)
    assert "access_token" in DRIVERS[flow.slug].walk(story)
    ran = dry_run(story.registered.application, {}, days=30)
    assert (ran.stopped, ran.not_known) == ((), ())
    assert ran.requests >= 1


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("flow", catalogue.FLOWS, ids=lambda flow: flow.slug)
def test_what_a_dry_run_says_is_what_happens(flow: Flow, name: str) -> None:
    story = user_of(flow)
    walk = walk_of(flow, story)
    assert "access_token" in walk()
    changes = CHANGES[name] or {"flows": without(flow, story.registered.policy.flows)}
    stopped, unknown = tried(story, changes)
    assert not unknown
    change(story, changes)
    AuditEvent.objects.all().delete()
    members = walk()
    happened = AuditEvent.objects.exclude(rule="").order_by("pk").first()
    assert ("error" in members) == bool(stopped)
    assert happened is None or happened.rule in stopped


def test_every_column_a_dry_run_speaks_of_is_one_of_the_policy() -> None:
    story = begin()
    assert all(hasattr(story.registered.policy, column) for column in COLUMNS)


def test_a_rule_that_cannot_be_asked_is_said() -> None:
    story = begin()
    story.tokens(resource="https://notes.example/")
    changes = {"allowed_resources": ["https://other.example/"]}
    stopped, unknown = tried(story, changes)
    assert unknown == {"resource_must_be_allowed_for_client"}
    assert not stopped


def test_what_there_was_no_room_for_is_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "ROOM_OF_CLIENT", 1)
    story = begin()
    story.tokens()
    stopped, unknown = tried(story, {"scopes": ["profile"]})
    assert unknown == {""}
    assert stopped


def test_what_is_refused_already_is_not_put_down_to_the_change() -> None:
    story = begin(profile="legacy")
    story.code(code_challenge=None, code_challenge_method=None)
    change(story, {"profile": "standard"})
    assert tried(story, {"token_format": "jwt"}) == (set(), set())
