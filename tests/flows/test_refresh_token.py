"""Refreshing: each token once, a lost answer again, a stolen one never; and when a grant ends."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from oauth2_provider.models import get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def after_the_grace_window() -> None:
    """Let the moment pass in which a lost answer may be asked for again."""
    Authorization.objects.update(replay_until=timezone.now() - timedelta(seconds=1))


def unused_for(age: timedelta) -> None:
    get_refresh_token_model().objects.update(created=timezone.now() - age)


def is_dead(story: Story, tokens: dict[str, str]) -> bool:
    """Is a pair of tokens of no more use?"""
    call = story.call(tokens["access_token"])
    refresh = story.refresh(tokens["refresh_token"])
    return call.status_code == 401 and error_of(refresh) == (400, "invalid_grant")


@pytest.mark.parametrize("preset", ["web-app", "single-page-app", "native-app"])
@spec("RFC 6749 §6", "RFC 9700 §4.14.2", "B-18")
def test_every_refresh_gives_a_new_pair(preset: str) -> None:
    story = begin(preset=preset)
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    third = story.refresh(second["refresh_token"]).json()
    pairs = [first, second, third]
    assert len({pair["refresh_token"] for pair in pairs}) == 3
    assert len({pair["access_token"] for pair in pairs}) == 3
    assert story.call(third["access_token"]).json()["person"] == story.person.username


@spec("B-18")
def test_a_client_whose_answer_was_lost_gets_the_same_answer_again() -> None:
    story = begin()
    first = story.tokens()
    once = story.refresh(first["refresh_token"]).json()
    again = story.refresh(first["refresh_token"]).json()
    assert again["access_token"] == once["access_token"]
    assert again["refresh_token"] == once["refresh_token"]
    assert again["scope"] == once["scope"]
    assert again["expires_in"] <= once["expires_in"]
    assert story.call(again["access_token"]).status_code == 200
    assert story.refresh(again["refresh_token"]).status_code == 200


@spec("RFC 9700 §4.14.2", "B-18")
def test_a_token_that_comes_again_after_the_grace_window_ends_the_whole_grant() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    after_the_grace_window()
    assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert story.call(first["access_token"]).status_code == 401
    assert is_dead(story, second)


@spec("RFC 9700 §4.14.2", "B-18")
def test_the_grace_is_for_the_last_rotation_only() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    third = story.refresh(second["refresh_token"]).json()
    assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert is_dead(story, third)


@spec("B-18")
def test_a_site_may_switch_the_grace_off() -> None:
    story = begin()
    first = story.tokens()
    with override_settings(OAUTHFLOWS={"REFRESH_GRACE_SECONDS": 0}):
        second = story.refresh(first["refresh_token"]).json()
        assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")
        assert is_dead(story, second)


@spec("B-18")
def test_the_grace_is_ten_seconds() -> None:
    story = begin()
    before = timezone.now()
    story.refresh(story.tokens()["refresh_token"])
    until = Authorization.objects.get().replay_until
    assert until is not None
    assert timedelta(seconds=10) <= until - before < timedelta(seconds=12)


@spec("B-18")
def test_a_replay_is_audited(django_capture_on_commit_callbacks) -> None:
    story = begin()
    first = story.tokens()
    story.refresh(first["refresh_token"])
    after_the_grace_window()
    with django_capture_on_commit_callbacks(execute=True):
        story.refresh(first["refresh_token"])
    event = AuditEvent.objects.get(event="refresh_token.replayed")
    assert event.client_id == story.registered.client_id
    assert event.user == story.person
    refusal = AuditEvent.objects.get(event="request.refused")
    assert refusal.rule == "refresh_token_must_be_unspent"


@spec("B-18", "B-3")
def test_another_client_that_shows_a_spent_token_ends_nothing() -> None:
    story, thief = begin(), begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    after_the_grace_window()
    assert error_of(thief.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert story.refresh(second["refresh_token"]).status_code == 200


@spec("B-18", "B-3")
def test_another_client_gets_nothing_within_the_grace_window() -> None:
    story, thief = begin(), begin()
    first = story.tokens()
    story.refresh(first["refresh_token"])
    assert error_of(thief.refresh(first["refresh_token"])) == (400, "invalid_grant")


@spec("RFC 6749 §6", "B-3")
def test_another_client_cannot_refresh_and_the_holder_still_can() -> None:
    story, thief = begin(), begin()
    first = story.tokens()
    assert error_of(thief.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert story.refresh(first["refresh_token"]).status_code == 200


@spec("RFC 6749 §5.2")
def test_an_unknown_refresh_token_is_refused() -> None:
    assert error_of(begin().refresh("no-such-token")) == (400, "invalid_grant")


@spec("RFC 6749 §5.2")
def test_a_missing_refresh_token_is_a_malformed_request() -> None:
    assert error_of(begin().token(grant_type="refresh_token")) == (400, "invalid_request")


@spec("RFC 6749 §6")
def test_an_access_token_does_not_refresh() -> None:
    story = begin()
    assert error_of(story.refresh(story.tokens()["access_token"])) == (400, "invalid_grant")


@spec("RFC 6750 §3.1", "B-18")
def test_a_refresh_token_opens_no_api() -> None:
    story = begin()
    assert story.call(story.tokens()["refresh_token"]).status_code == 401


# Lifetimes ----------------------------------------------------------------------------------------------


@spec("RFC 9700 §4.14.2", "B-18")
def test_a_refresh_token_nobody_used_for_a_month_has_ended() -> None:
    story = begin()
    tokens = story.tokens()
    unused_for(30 * DAY)
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert story.introspect(tokens["refresh_token"]) == {"active": False}


@spec("B-18")
def test_a_refresh_token_nobody_used_for_almost_a_month_still_works() -> None:
    story = begin()
    tokens = story.tokens()
    unused_for(30 * DAY - timedelta(minutes=1))
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("B-18")
def test_each_refresh_begins_the_idle_time_anew() -> None:
    story = begin()
    tokens = story.tokens()
    unused_for(29 * DAY)
    second = story.refresh(tokens["refresh_token"]).json()
    assert story.introspect(second["refresh_token"])["active"]
    assert story.refresh(second["refresh_token"]).status_code == 200


@spec("B-18")
def test_a_grant_ends_after_ninety_days_however_often_it_was_refreshed() -> None:
    story = begin()
    second = story.refresh(story.tokens()["refresh_token"]).json()
    authorization = Authorization.objects.get()
    assert authorization.expires == authorization.created + 90 * DAY
    Authorization.objects.update(expires=timezone.now())
    assert error_of(story.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert story.introspect(second["refresh_token"]) == {"active": False}


@spec("B-18")
def test_a_clients_own_lifetimes_come_before_the_servers() -> None:
    story = begin()
    policy = story.registered.policy
    policy.access_token_lifetime = 60
    policy.refresh_token_idle_lifetime = 3600
    policy.refresh_token_absolute_lifetime = 7200
    policy.save()
    tokens = story.tokens()
    authorization = Authorization.objects.get()
    assert tokens["expires_in"] == 60
    assert authorization.expires == authorization.created + timedelta(seconds=7200)
    unused_for(timedelta(seconds=3600))
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


@spec("B-18")
def test_a_site_may_let_refresh_tokens_live_for_ever() -> None:
    endless = {**settings.OAUTH2_PROVIDER, "REFRESH_TOKEN_EXPIRE_SECONDS": None}
    with override_settings(
        OAUTH2_PROVIDER=endless, OAUTHFLOWS={"REFRESH_TOKEN_ABSOLUTE_LIFETIME": None}
    ):
        story = begin()
        tokens = story.tokens()
        unused_for(4000 * DAY)
        assert "exp" not in story.introspect(tokens["refresh_token"])
        assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("B-18")
def test_introspection_says_when_a_refresh_token_ends() -> None:
    story = begin()
    tokens = story.tokens()
    soon = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    Authorization.objects.update(expires=soon)
    assert story.introspect(tokens["refresh_token"])["exp"] == int(soon.timestamp())


@spec("B-18", "B-3")
def test_an_ended_token_is_not_a_theft(django_capture_on_commit_callbacks) -> None:
    story = begin()
    tokens = story.tokens()
    unused_for(30 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        story.refresh(tokens["refresh_token"])
    assert not AuditEvent.objects.filter(event="refresh_token.replayed").exists()


# Scopes, flows and resources ----------------------------------------------------------------------------


@spec("RFC 6749 §6", "B-19")
def test_a_narrower_scope_narrows_that_access_token_alone() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:read notes:write")
    narrow = story.refresh(tokens["refresh_token"], scope="notes:read").json()
    assert narrow["scope"] == "notes:read"
    assert story.call(narrow["access_token"], method="post").status_code == 403
    wide = story.refresh(narrow["refresh_token"]).json()
    assert wide["scope"] == "notes:read notes:write"


@spec("RFC 6749 §6", "B-19", "B-3")
def test_a_wider_scope_is_refused_and_the_token_stays_usable() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:read")
    wider = story.refresh(tokens["refresh_token"], scope="notes:read notes:write")
    assert error_of(wider) == (400, "invalid_scope")
    assert story.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


@spec("RFC 6749 §6", "B-14", "B-19")
def test_what_the_person_unticked_cannot_be_refreshed_into_the_token() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:read notes:write", scopes=["notes:read"])
    wider = story.refresh(tokens["refresh_token"], scope="notes:write")
    assert error_of(wider) == (400, "invalid_scope")


@spec("B-19")
def test_a_scope_withdrawn_from_the_client_is_gone_at_the_next_refresh() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:read notes:write")
    story.registered.policy.scopes = ["notes:read"]
    story.registered.policy.save()
    assert story.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


@spec("B-19")
def test_a_grant_without_any_scope_left_is_refused() -> None:
    story = begin()
    tokens = story.tokens(scope="notes:write")
    story.registered.policy.scopes = ["notes:read"]
    story.registered.policy.save()
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "left", [["authorization-code-pkce"], ["refresh-token", "client-credentials"]]
)
@spec("RFC 6749 §5.2", "B-19")
def test_a_flow_withdrawn_from_the_client_is_gone_at_the_next_refresh(left: list[str]) -> None:
    story = begin()
    tokens = story.tokens()
    story.registered.policy.flows = left
    story.registered.policy.save()
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "unauthorized_client")


@spec("RFC 8707 §2.2", "B-27")
def test_a_grant_for_one_resource_is_not_refreshed_for_another() -> None:
    story = begin()
    tokens = story.tokens(resource="https://one.example/api")
    other = story.refresh(tokens["refresh_token"], resource="https://two.example/api")
    assert error_of(other) == (400, "invalid_target")
    again = story.refresh(tokens["refresh_token"]).json()
    assert story.introspect(again["access_token"])["aud"] == "https://one.example/api"


@spec("B-18")
def test_a_refresh_leaves_the_persons_other_sign_ins_alone() -> None:
    story = begin()
    one, other = story.tokens(), story.tokens()
    story.refresh(one["refresh_token"])
    after_the_grace_window()
    story.refresh(one["refresh_token"])
    assert not is_dead(story, other)


@spec("B-18")
def test_an_application_without_a_policy_refreshes_by_rotation_too() -> None:
    story = begin(registered=dot_application())
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    after_the_grace_window()
    story.refresh(first["refresh_token"])
    assert is_dead(story, second)
