"""Revocation: a client ends its own tokens, and what is ended is refused at the very next request."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_oauthflows.audit.models import AuditEvent
from tests.marks import spec
from tests.stories import begin, error_of

pytestmark = pytest.mark.django_db


@spec("RFC 7009 §2.1", "B-21")
def test_a_revoked_access_token_is_refused_at_once_and_the_grant_goes_on() -> None:
    story = begin()
    tokens = story.tokens()
    assert story.post("revoke", token=tokens["access_token"]).status_code == 200
    assert story.call(tokens["access_token"]).status_code == 401
    assert story.call(tokens["access_token"], path="/api/stock/").status_code == 401
    assert story.introspect(tokens["access_token"]) == {"active": False}
    assert story.refresh(tokens["refresh_token"]).json()["scope"] == tokens["scope"]


@spec("RFC 7009 §2.1", "B-21")
def test_a_revoked_refresh_token_takes_its_family_along() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    assert story.post("revoke", token=second["refresh_token"]).status_code == 200
    for tokens in (first, second):
        assert story.call(tokens["access_token"]).status_code == 401
        assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert story.introspect(second["refresh_token"]) == {"active": False}


@spec("RFC 7009 §2.1", "B-21")
def test_a_rotated_refresh_token_still_ends_its_family() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    story.post("revoke", token=first["refresh_token"])
    assert story.call(second["access_token"]).status_code == 401


@spec("B-21")
def test_a_revoked_grant_gives_no_answer_within_the_grace_window() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    story.post("revoke", token=second["refresh_token"])
    assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")


@spec("B-21")
def test_the_persons_other_sign_ins_go_on() -> None:
    story = begin()
    one, other = story.tokens(), story.tokens()
    story.post("revoke", token=one["refresh_token"])
    assert story.call(other["access_token"]).status_code == 200
    assert story.refresh(other["refresh_token"]).status_code == 200


@pytest.mark.parametrize("preset", ["web-app", "single-page-app"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@spec("RFC 7009 §2.1", "RFC 7009 §2.2", "B-4", "B-21")
def test_another_clients_token_lives_on_and_is_as_unknown_as_any(kind: str, preset: str) -> None:
    story, stranger = begin(), begin(preset=preset)
    tokens = story.tokens()
    stranger.post("introspect", token="x")  # its secret has been used within the hour
    events, answers, counts = AuditEvent.objects.count(), [], []
    for value in ("no-such-token", tokens[kind]):
        with CaptureQueriesContext(connection) as captured:
            answers.append(stranger.post("revoke", token=value))
        counts.append(len(captured))
    unknown, foreign = answers
    assert (foreign.status_code, foreign.content) == (200, unknown.content)
    assert foreign.headers.items() == unknown.headers.items()
    assert counts[0] == counts[1]
    assert AuditEvent.objects.count() == events
    assert story.call(tokens["access_token"]).status_code == 200
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 7009 §2.2", "B-21")
def test_an_unknown_token_is_no_error() -> None:
    response = begin().post("revoke", token="no-such-token")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


@spec("RFC 7009 §2.2", "B-21")
def test_a_token_may_be_revoked_twice() -> None:
    story = begin()
    tokens = story.tokens()
    for kind in ("access_token", "access_token", "refresh_token", "refresh_token"):
        assert story.post("revoke", token=tokens[kind]).status_code == 200


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "something_else"])
@spec("RFC 7009 §2.1", "B-21")
def test_a_wrong_hint_does_no_harm(hint: str) -> None:
    story = begin()
    tokens = story.tokens()
    for kind in ("access_token", "refresh_token"):
        response = story.post("revoke", token=tokens[kind], token_type_hint=hint)
        assert response.status_code == 200
    assert story.call(tokens["access_token"]).status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


@spec("RFC 7009 §2.1")
def test_a_missing_token_is_a_malformed_request() -> None:
    response = begin().post("revoke", token_type_hint="access_token")
    assert error_of(response) == (400, "invalid_request")


@spec("RFC 7009 §2.1", "B-21")
def test_a_client_that_does_not_prove_itself_ends_nothing() -> None:
    story = begin()
    tokens = story.tokens()
    response = story.post(
        "revoke",
        headers={"Accept": "*/*"},
        client_id=story.registered.client_id,
        token=tokens["refresh_token"],
    )
    assert error_of(response) == (401, "invalid_client")
    assert story.call(tokens["access_token"]).status_code == 200


@spec("RFC 7009 §5", "B-21")
def test_a_public_client_ends_its_own() -> None:
    story = begin(preset="single-page-app")
    tokens = story.tokens()
    assert story.post("revoke", token=tokens["refresh_token"]).status_code == 200
    assert story.call(tokens["access_token"]).status_code == 401


@spec("B-21")
def test_the_end_of_a_grant_is_audited(django_capture_on_commit_callbacks) -> None:
    story = begin()
    tokens = story.tokens()
    with django_capture_on_commit_callbacks(execute=True):
        story.post("revoke", token=tokens["refresh_token"])
    event = AuditEvent.objects.get(event="authorization.revoked")
    assert event.detail["reason"] == "revoked_by_client"
    assert event.user == story.person
