"""The first delivery that fails is in the audit log, once for each client and address until one succeeds."""

from typing import Any

import pytest
from django.core.management import call_command

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.identity.models import LogoutFailure
from tests.identity.relying import listening
from tests.identity.stories import change
from tests.identity.test_backchannel_logout import deliver, hours_pass, sign_out, told_at
from tests.marks import spec
from tests.stories import Story

pytestmark = pytest.mark.django_db

SPEC = "OpenID Connect Back-Channel Logout 1.0 §2.8"


def signs_out_again(story: Story) -> None:
    story.browser.force_login(story.person)
    story.tokens()
    sign_out(story)


def told() -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(event="logout.failed").order_by("pk")
    return [row.detail for row in rows]


@spec(SPEC)
def test_a_failure_is_told_once_until_the_client_hears(
    django_capture_on_commit_callbacks: Any,
) -> None:
    def delivered() -> None:
        hours_pass()
        with django_capture_on_commit_callbacks(execute=True):
            deliver()

    with listening() as party:
        party.answers = [404, 500, 404, 404, 200, 200]
        story, _ = told_at(party)
        sign_out(story)
        delivered()
        assert told() == [{"attempts": 1, "reason": "The address answered 404."}]
        row = AuditEvent.objects.get(event="logout.failed")
        assert (row.client_id, row.user_id) == (story.registered.client_id, story.person.pk)
        delivered()
        signs_out_again(story)
        delivered()
        assert len(told()) == 1
        delivered()
        assert not LogoutFailure.objects.exists()
        party.answers = [503]
        signs_out_again(story)
        delivered()
        assert [detail["reason"] for detail in told()][1:] == ["The address answered 503."]


@spec(SPEC)
def test_each_client_and_each_address_is_told_of_for_itself(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with listening() as party:
        party.answers = [500, 500, 500]
        story, _ = told_at(party)
        other, _ = told_at(party)
        for one in (story, other):
            sign_out(one)
        change(story, backchannel_logout_uri=f"{party.uri}/other")
        signs_out_again(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
    assert len(told()) == 3
    assert LogoutFailure.objects.count() == 3


@spec(SPEC, "B-4")
def test_a_private_address_is_told_with_the_setting_and_without_its_query(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with listening(FETCH_PRIVATE_HOSTS=[]) as party:
        story, _ = told_at(party)
        change(story, backchannel_logout_uri="https://127.0.0.1/back?key=a-secret")
        story.tokens()
        sign_out(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
        assert party.heard == []
    (detail,) = told()
    assert "FETCH_PRIVATE_HOSTS" in detail["reason"]
    assert "a-secret" not in str(detail)


@spec(SPEC)
def test_what_is_given_up_at_its_first_attempt_is_told_as_that(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with listening(BACKCHANNEL_ATTEMPTS=1) as party:
        party.answers = [500]
        story, _ = told_at(party)
        sign_out(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
    assert told() == []
    event = AuditEvent.objects.get(event="logout.undelivered")
    assert event.detail["attempts"] == 1


@spec(SPEC)
def test_a_client_that_hears_leaves_nothing_behind(django_capture_on_commit_callbacks: Any) -> None:
    with listening() as party:
        story, _ = told_at(party)
        sign_out(story)
        with django_capture_on_commit_callbacks(execute=True):
            deliver()
    assert told() == []
    assert not LogoutFailure.objects.exists()


def test_the_cleanup_forgets_an_address_that_the_client_has_no_more() -> None:
    with listening() as party:
        story, _ = told_at(party)
    application = story.registered.application
    kept = LogoutFailure.objects.create(application=application, uri=party.uri)
    gone = LogoutFailure.objects.create(application=application, uri=f"{party.uri}/old")
    LogoutFailure.objects.update(since="2020-01-01T00:00:00Z")
    new = LogoutFailure.objects.create(application=application, uri=f"{party.uri}/older")
    call_command("oauthflows_cleanup", verbosity=0)
    left = set(LogoutFailure.objects.values_list("pk", flat=True))
    assert left == {kept.pk, new.pk}
    assert gone.pk not in left
    application.delete()
    assert not LogoutFailure.objects.exists()
