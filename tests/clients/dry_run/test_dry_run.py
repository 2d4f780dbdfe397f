"""Tightening a client is tried first, against what it did: which requests would be refused, and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.clients.dry_run.running import DryRun, dry_run
from django_oauthflows.clients.dry_run.telling import described
from django_oauthflows.traffic import counting
from django_oauthflows.traffic.models import RequestCount, RequestShape
from tests.flows.test_request_objects import signer, unsigned
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, dot_application

pytestmark = pytest.mark.django_db

NO_PKCE = {"code_challenge": None, "code_challenge_method": None}
PLAIN = {"code_challenge_method": "plain"}


@pytest.fixture(autouse=True)
def openid(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


def legacy(**client: Any) -> Story:
    return begin(profile="legacy", scopes=("notes:read", "openid"), **client)


def under_standard(story: Story, days: int = 30) -> DryRun:
    return dry_run(story.registered.application, {"profile": "standard"}, days=days)


def told(ran: DryRun) -> list[tuple[str, int]]:
    return [(one.refusal.rule, one.count) for one in ran.stopped]


@spec("OAuth 2.1 §4.1.1")
def test_requests_without_pkce_would_have_been_refused_by_the_standard_profile() -> None:
    story = legacy()
    for _ in range(3):
        story.code(**NO_PKCE, scope="notes:read")
    story.code(**PLAIN, scope="notes:read")
    story.code(scope="notes:read")
    ran = under_standard(story)
    assert told(ran) == [("code_challenge_must_be_sent", 3), ("code_challenge_must_use_s256", 1)]
    assert (ran.requests, ran.refused) == (5, 4)
    first = ran.stopped[0]
    assert first.refusal.spec == "OAuth 2.1 §4.1.1"
    assert "must use PKCE" in first.refusal.sentence
    assert timezone.now() - first.last < timedelta(minutes=1)
    words = described(first.requests[0])
    assert words.startswith("Authorization code: sends people to sign in, no code_challenge")
    assert "scope notes:read, answered at https://client.example/callback" in words


def test_a_request_that_satisfies_is_not_named() -> None:
    story = legacy()
    story.tokens(scope="notes:read")
    # OpenID Connect's, with a nonce: the one exception OAuth 2.1 leaves open.
    story.code(**NO_PKCE, scope="openid", nonce="a-nonce")
    ran = under_standard(story)
    assert (told(ran), ran.requests) == ([], 3)


def test_the_implicit_flow_is_refused_by_its_own_rule() -> None:
    story = legacy(flows=["implicit"])
    story.decide(response_type="token", scope="notes:read", **NO_PKCE)
    story.registered.application.refresh_from_db()
    assert told(under_standard(story)) == [("flow_must_be_allowed_by_profile", 1)]


@spec("OpenID Connect Core §6.1")
def test_unsigned_request_objects_are_refused_outside_the_legacy_profile() -> None:
    story = signer(profile="legacy")
    story.decide(request=unsigned(story))
    assert told(under_standard(story)) == [("request_object_must_be_signed", 1)]


def test_another_way_to_authenticate_is_tried_at_every_endpoint() -> None:
    story = begin()
    tokens = story.tokens()
    story.introspect(tokens["access_token"])
    story.post("revoke", token=tokens["access_token"])
    changes = {"authentication_method": "private_key_jwt"}
    ran = dry_run(story.registered.application, changes, days=30)
    assert told(ran) == [("client_must_use_its_registered_method", 3)]
    assert {one.endpoint for one in ran.stopped[0].requests} == {"token", "introspect", "revoke"}
    assert ran.stopped[0].refusal.fix


def test_a_flow_that_is_taken_away_takes_the_refreshes_of_its_grants_with_it() -> None:
    story = begin()
    story.refresh(story.tokens()["refresh_token"])
    changes = {"flows": ["refresh-token", "hybrid"]}
    ran = dry_run(story.registered.application, changes, days=30)
    assert ("flow_must_still_be_allowed", 2) in told(ran)


def test_an_application_without_a_policy_is_tried_as_it_is() -> None:
    story = begin(registered=dot_application())
    story.code(scope="notes:read")
    assert told(under_standard(story)) == []


def test_only_the_days_that_were_asked_for_count() -> None:
    story = legacy()
    story.code(**NO_PKCE, scope="notes:read")
    counting.flush()
    past = timezone.now() - timedelta(days=10)
    RequestShape.objects.update(day=past.date(), last=past)
    RequestCount.objects.update(hour=past.replace(minute=0, second=0, microsecond=0))
    story.code(**NO_PKCE, scope="notes:read")
    assert told(under_standard(story, days=7)) == [("code_challenge_must_be_sent", 1)]
    assert told(under_standard(story, days=30)) == [("code_challenge_must_be_sent", 2)]


def test_it_says_since_when_there_is_a_record() -> None:
    story = legacy()
    assert under_standard(story).since is None
    story.code(scope="notes:read")
    ran = under_standard(story)
    assert ran.began_later
    assert ran.since is not None
    assert timezone.now() - ran.since < timedelta(hours=1)
    RequestCount.objects.update(hour=timezone.now() - timedelta(days=40))
    assert not under_standard(story).began_later


def test_another_clients_requests_are_none_of_its_own() -> None:
    story, other = legacy(), legacy()
    other.code(**NO_PKCE, scope="notes:read")
    assert under_standard(story).requests == 0


def test_a_dry_run_changes_nothing_and_asks_little() -> None:
    story = legacy()
    for scope in ("notes:read", "openid", "notes:read openid"):
        story.code(**NO_PKCE, scope=scope)
    counting.flush()
    story.registered.application.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        assert under_standard(story).refused == 3
    # Its policy, its secrets, since when, and its shapes in two.
    assert len(asked) == 5
    story.registered.policy.refresh_from_db()
    assert story.registered.policy.profile == "legacy"
