"""Clients are told of a sign-out server to server (OpenID Connect Back-Channel Logout 1.0)."""

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.secrets import add as add_secret
from django_oauthflows.identity import couriers, deliveries
from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.management.commands import oauthflows_deliver_logouts
from django_oauthflows.tokens.models import Authorization
from tests.identity.logouts import ask, is_signed_in, signed_in
from tests.identity.relying import RelyingParty, listening
from tests.identity.stories import change, claims_of, header_of
from tests.marks import conformance, spec
from tests.stories import Story

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def told_at(party: RelyingParty, **openid: Any) -> tuple[Story, dict[str, Any]]:
    """A relying party that wants to be told, and the claims of its ID token."""
    story, tokens = signed_in(backchannel_logout_uri=party.uri, **openid)
    return story, claims_of(story, tokens["id_token"])


def sign_out(story: Story) -> None:
    """By Django's own view, as any site has it."""
    assert story.browser.post("/accounts/logout/").status_code == 200
    assert not is_signed_in(story)


def deliver() -> str:
    out = StringIO()
    call_command("oauthflows_deliver_logouts", stdout=out)
    return out.getvalue()


def hours_pass() -> None:
    """Everything that waits was to be tried a day earlier."""
    LogoutDelivery.objects.update(next_attempt=F("next_attempt") - timedelta(days=1))


@spec("OpenID Connect Back-Channel Logout 1.0 §2.4", "OpenID Connect Back-Channel Logout 1.0 §2.5")
@conformance("oidcc-backchannel-rp-initiated-logout")
def test_a_client_is_told_who_and_which_session_by_a_signed_token() -> None:
    with listening() as party:
        story, known = told_at(party)
        before = int(timezone.now().timestamp())
        sign_out(story)
        assert party.heard == []
        deliver()
        (heard,) = party.heard
        assert heard.path == "/backchannel-logout"
        assert heard.content_type == "application/x-www-form-urlencoded"
        assert list(heard.form) == ["logout_token"]
        (token,) = party.tokens
        assert header_of(token)["typ"] == "logout+jwt"
        claims = claims_of(story, token)
        assert claims.pop("iat") >= before
        assert 0 < claims.pop("exp") - before <= 122
        assert len(claims.pop("jti")) >= 22
        assert claims == {
            "iss": known["iss"],
            "aud": story.registered.client_id,
            "sub": known["sub"],
            "sid": known["sid"],
            "events": {EVENT: {}},
        }


@spec("OpenID Connect Back-Channel Logout 1.0 §2.1")
@conformance("oidcc-backchannel-logout-discovery-endpoint-verification")
def test_the_metadata_says_so() -> None:
    story, _ = signed_in()
    metadata = story.back_channel.get("/o/.well-known/openid-configuration").json()
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5", "B-31")
@conformance("oidcc-backchannel-rp-initiated-logout")
def test_a_client_that_asks_for_the_sign_out_is_told_as_well() -> None:
    with listening() as party:
        story, tokens = signed_in(backchannel_logout_uri=party.uri)
        ask(story, id_token_hint=tokens["id_token"])
        deliver()
        assert len(party.heard) == 1


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_every_client_of_the_sign_in_is_told_once_however_often_it_asked() -> None:
    with listening() as one, listening() as other:
        first, _ = told_at(one)
        first.tokens()
        second, _ = told_at(other)
        second.person, second.browser = first.person, first.browser
        second.tokens()
        with listening(FETCH_PRIVATE_HOSTS=[one.host, other.host]):
            sign_out(first)
            deliver()
        assert (len(one.heard), len(other.heard)) == (1, 1)
        assert [claims_of(first, party.tokens[0])["aud"] for party in (one, other)] == [
            first.registered.client_id,
            second.registered.client_id,
        ]


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_a_client_of_another_browser_is_not_told() -> None:
    with listening() as party:
        story, _ = told_at(party)
        elsewhere = Client()
        elsewhere.force_login(story.person)
        elsewhere.post("/accounts/logout/")
        deliver()
        assert party.heard == []


@spec("OpenID Connect Core §3.1.2.1")
def test_a_client_that_never_asked_who_the_person_is_is_not_told() -> None:
    with listening() as party:
        story, _ = told_at(party)
        story.browser = Client()
        story.browser.force_login(story.person)
        story.tokens(scope="notes:read")
        sign_out(story)
        deliver()
        assert party.heard == []


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_a_client_that_got_a_code_and_never_redeemed_it_is_not_told() -> None:
    with listening() as party:
        story, _ = signed_in(backchannel_logout_uri=party.uri)
        story.browser = Client()
        story.browser.force_login(story.person)
        story.ask()
        sign_out(story)
        deliver()
        assert party.heard == []


@spec("B-20")
def test_a_disabled_client_is_not_told() -> None:
    with listening() as party:
        story, _ = told_at(party)
        change(story, is_enabled=False)
        sign_out(story)
        deliver()
        assert party.heard == []


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5", "B-31")
def test_a_client_that_does_not_answer_is_told_again_with_a_new_token() -> None:
    with listening() as party:
        party.answers = [500, 400, 204]
        story, _ = told_at(party)
        sign_out(story)
        assert deliver() == "0 of 1 clients heard of a sign-out.\n"
        assert deliver() == ""  # not at once
        hours_pass()
        deliver()
        hours_pass()
        assert deliver() == "1 of 1 clients heard of a sign-out.\n"
        hours_pass()
        assert deliver() == ""
        assert len({claims_of(story, token)["jti"] for token in party.tokens}) == 3
    row = LogoutDelivery.objects.get()
    assert (row.attempts, row.next_attempt) == (3, None)
    assert row.delivered is not None


@spec("B-31")
def test_a_command_that_goes_on_looks_again_and_stops_when_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            sign_out(story)
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(oauthflows_deliver_logouts.time, "sleep", sleep)
    # It would close the connection whose transaction holds all of this test.
    monkeypatch.setattr(oauthflows_deliver_logouts, "close_old_connections", lambda: None)
    with listening() as party:
        story, _ = told_at(party)
        out = StringIO()
        call_command("oauthflows_deliver_logouts", "--loop", stdout=out)
        assert len(party.heard) == 1
    assert out.getvalue() == "1 of 1 clients heard of a sign-out.\nStopped.\n"
    assert slept == [5, 5]


@spec("B-31")
def test_the_waits_grow() -> None:
    with listening() as party:
        party.answers = [500] * 4
        story, _ = told_at(party)
        sign_out(story)
        waits = []
        for _ in range(4):
            LogoutDelivery.objects.update(next_attempt=timezone.now())
            deliver()
            left = LogoutDelivery.objects.get().next_attempt - timezone.now()
            waits.append(round(left.total_seconds(), -1))
    assert waits == [60, 120, 600, 3600]


@spec("B-31")
def test_a_client_that_never_answers_is_given_up_and_the_record_says_so(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with listening(BACKCHANNEL_ATTEMPTS=2) as party:
        party.answers = [500, 500]
        story, _ = told_at(party)
        sign_out(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
            hours_pass()
            deliver()
        hours_pass()
        assert deliver() == ""
        assert len(party.heard) == 2
    event = AuditEvent.objects.get(event="logout.undelivered")
    assert (event.client_id, event.detail) == (story.registered.client_id, {"attempts": 2})
    assert LogoutDelivery.objects.get().given_up is not None


@spec("B-31", "B-4")
def test_what_was_delivered_is_recorded_without_its_token(
    django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with listening() as party, caplog.at_level(logging.DEBUG):
        story, _ = told_at(party)
        sign_out(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
        assert party.tokens[0] not in caplog.text
    event = AuditEvent.objects.get(event="logout.delivered")
    assert event.detail == {"attempts": 1}


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_a_redirect_is_not_followed_and_is_no_answer() -> None:
    with listening() as party:
        party.answers, party.location = [307], party.uri
        story, _ = told_at(party)
        sign_out(story)
        deliver()
        assert len(party.heard) == 1
    assert LogoutDelivery.objects.get().delivered is None


@spec("B-31")
def test_nobody_inside_the_network_is_told() -> None:
    with listening(FETCH_PRIVATE_HOSTS=[]) as party:
        story, _ = told_at(party)
        sign_out(story)
        assert deliver() == "0 of 1 clients heard of a sign-out.\n"
        assert party.heard == []


@spec("OpenID Connect Back-Channel Logout 1.0 §2.4", "B-29")
def test_a_pairwise_client_is_told_of_the_person_it_knows() -> None:
    with listening() as party:
        story, known = told_at(party, subject_type="pairwise")
        sign_out(story)
        deliver()
        claims = claims_of(story, party.tokens[0])
    assert claims["sub"] == known["sub"] != str(story.person.pk)
    assert claims["sid"] == known["sid"] != LogoutDelivery.objects.get().sid


@spec("OpenID Connect Back-Channel Logout 1.0 §2.4")
@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256"])
def test_the_token_is_signed_as_the_clients_id_tokens_are(algorithm: str) -> None:
    with listening() as party:
        story, _ = signed_in(
            backchannel_logout_uri=party.uri, id_token_signed_response_alg=algorithm
        )
        sign_out(story)
        deliver()
        assert claims_of(story, party.tokens[0], algorithms=(algorithm,))["events"]


@spec("OpenID Connect Back-Channel Logout 1.0 §2.4")
def test_a_client_with_unsigned_id_tokens_gets_signed_logout_tokens() -> None:
    with listening() as party:
        story, _ = told_at(party)
        change(story, profile="legacy", id_token_signed_response_alg="none")
        sign_out(story)
        deliver()
        assert claims_of(story, party.tokens[0])["events"]


@spec("OpenID Connect Core §10.1")
def test_a_client_with_a_readable_secret_gets_its_own_signature() -> None:
    with listening() as party:
        story, _ = told_at(party)
        add_secret(story.registered.application, label="readable", is_readable=True)
        change(story, id_token_signed_response_alg="HS256")
        sign_out(story)
        deliver()
        assert header_of(party.tokens[0]) == {"alg": "HS256", "typ": "logout+jwt"}


@spec("B-20", "B-31")
def test_the_client_is_told_after_the_person_is_gone() -> None:
    with listening() as party:
        story, known = told_at(party)
        sign_out(story)
        get_user_model().objects.filter(pk=story.person.pk).delete()
        deliver()
        assert claims_of(story, party.tokens[0])["sub"] == known["sub"]


@spec("RFC 6750 §2.1", "RFC 8725 §3.11")
def test_a_logout_token_opens_no_api() -> None:
    with listening() as party:
        story, _ = told_at(party)
        sign_out(story)
        deliver()
    assert story.call(party.tokens[0]).status_code == 401
    assert story.call(party.tokens[0], "/api/local/").status_code == 401


def stay_in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that lives in memory has one connection, and no other thread sees it."""

    class Here:
        def __init__(self, *, target: Any, **_: Any) -> None:
            self.start = target

    monkeypatch.setattr(couriers, "Thread", Here)
    monkeypatch.setattr(couriers.connections, "close_all", lambda: None)


@spec("B-31")
def test_a_thread_tells_at_once(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay_in_this_thread(monkeypatch)
    with listening(BACKCHANNEL_DELIVERY="thread") as party:
        story, _ = told_at(party)
        with django_capture_on_commit_callbacks(execute=True):
            sign_out(story)
        assert len(party.heard) == 1


@spec("B-31")
def test_a_thread_that_fails_leaves_it_to_the_command(
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise OSError

    stay_in_this_thread(monkeypatch)
    with listening(BACKCHANNEL_DELIVERY="thread") as party:
        story, _ = told_at(party)
        with monkeypatch.context() as broken:
            broken.setattr(deliveries, "deliver_due", fail)
            with django_capture_on_commit_callbacks(execute=True):
                sign_out(story)
        assert party.heard == []
        assert "wait for the next" in caplog.text
        deliver()
        assert len(party.heard) == 1


@spec("B-31")
@pytest.mark.skipif(couriers.has_tasks(), reason="this Django has tasks")
def test_without_tasks_a_sign_out_is_done_all_the_same_and_says_so(
    django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(BACKCHANNEL_DELIVERY="task") as party:
        story, _ = told_at(party)
        with django_capture_on_commit_callbacks(execute=True):
            sign_out(story)
        assert "wait for oauthflows_deliver_logouts" in caplog.text
        deliver()
        assert len(party.heard) == 1


@spec("B-31")
@pytest.mark.skipif(not couriers.has_tasks(), reason="needs Django 6.0")
def test_a_task_tells_at_once(django_capture_on_commit_callbacks: Any) -> None:
    with listening(BACKCHANNEL_DELIVERY="task") as party:
        story, _ = told_at(party)
        with django_capture_on_commit_callbacks(execute=True):
            sign_out(story)
        assert len(party.heard) == 1  # Django's own queue runs a task where it is enqueued


@spec("B-31")
def test_a_client_whose_token_cannot_be_made_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = deliveries.logout_token

    def fail_once(*args: Any, **kwargs: Any) -> str:
        monkeypatch.setattr(deliveries, "logout_token", made)
        raise ValueError("its key")

    with listening() as party:
        story, _ = told_at(party)
        sign_out(story)
        story.browser.force_login(story.person)
        story.tokens()
        sign_out(story)
        monkeypatch.setattr(deliveries, "logout_token", fail_once)
        assert deliver() == "1 of 2 clients heard of a sign-out.\n"
        assert "no logout token could be made" in caplog.text
        hours_pass()
        deliver()
        assert len(party.heard) == 2


def test_a_projects_own_tests_may_sign_their_client_out(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as party:
        story, _ = told_at(party)
        story.browser.logout()  # with a request that names no host
    assert not LogoutDelivery.objects.exists()
    assert "its clients are not told" in caplog.text


@spec("B-31")
def test_cleanup_keeps_what_is_still_to_be_told() -> None:
    with listening() as party:
        party.answers = [200, 500]
        for _ in range(2):
            story, _known = told_at(party)
            sign_out(story)
            deliver()
    LogoutDelivery.objects.filter(delivered__isnull=False).update(
        delivered=timezone.now() - timedelta(days=2)
    )
    call_command("oauthflows_cleanup", stdout=StringIO())
    assert LogoutDelivery.objects.get().next_attempt is not None


@spec("B-31")
def test_cleanup_keeps_the_grants_of_a_sign_in_that_lasts() -> None:
    with listening() as party:
        story, tokens = signed_in(backchannel_logout_uri=party.uri)
        story.post("revoke", token=tokens["refresh_token"])
        long_ago = timezone.now() - timedelta(hours=1)
        Authorization.objects.update(created=long_ago, last_used=long_ago)
        call_command("oauthflows_cleanup", "--older-than", "0s", stdout=StringIO())
        sign_out(story)
        deliver()
        assert len(party.heard) == 1
    call_command("oauthflows_cleanup", "--older-than", "0s", stdout=StringIO())
    assert not Authorization.objects.exists()
