"""The signal `app_authorized` of django-oauth-toolkit: a project's receivers go on being called."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.http import HttpRequest
from oauth2_provider.models import get_access_token_model
from oauth2_provider.views import TokenView

from django_oauthflows.dot.moved import module
from django_oauthflows.testing.factories import PASSWORD
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

app_authorized = module("signals").app_authorized
AfterCommit = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What a receiver of the project is told, in order."""
    heard: list[dict[str, Any]] = []

    def receive(sender: Any, **words: Any) -> None:
        heard.append({"sender": sender, **words})

    app_authorized.connect(receive)
    yield heard
    app_authorized.disconnect(receive)


def by_code() -> Any:
    return begin().tokens()


def by_refresh() -> Any:
    story = begin()
    return story.refresh(story.tokens()["refresh_token"]).json()


def for_itself() -> Any:
    service = begin(preset="service", redirect_uris=())
    return service.token(grant_type="client_credentials", scope="notes:read").json()


def by_password() -> Any:
    story = begin(preset="legacy-app", redirect_uris=())
    sent = {"username": story.person.username, "password": PASSWORD, "scope": "notes:read"}
    return story.token(grant_type="password", **sent).json()


@pytest.mark.parametrize("walk", [by_code, by_refresh, for_itself, by_password])
def test_a_receiver_is_called_with_the_saved_token(
    walk: Callable[[], Any],
    told: list[dict[str, Any]],
    django_capture_on_commit_callbacks: AfterCommit,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = walk()
    word = told[-1]
    assert isinstance(word["sender"], TokenView)
    assert isinstance(word["request"], HttpRequest)
    assert word["token"].pk is not None
    assert word["token"].scope == answer["scope"]
    rows = get_access_token_model().objects
    assert rows.order_by("pk").last() == word["token"]


def test_a_receiver_may_change_the_token_before_the_client_has_it(
    django_capture_on_commit_callbacks: AfterCommit,
) -> None:
    def narrow(sender: Any, token: Any, **_: Any) -> None:
        token.scope = ""
        token.save()

    app_authorized.connect(narrow)
    try:
        story = begin()
        with django_capture_on_commit_callbacks(execute=True):
            tokens = story.tokens()
    finally:
        app_authorized.disconnect(narrow)
    assert story.call(tokens["access_token"]).status_code == 403


def test_a_receiver_that_fails_loses_no_answer_and_keeps_nobody_else_from_hearing(
    told: list[dict[str, Any]], django_capture_on_commit_callbacks: AfterCommit
) -> None:
    def fail(sender: Any, **_: Any) -> None:
        raise RuntimeError("the mail server is away")

    app_authorized.connect(fail)
    app_authorized.receivers.reverse()
    try:
        story = begin()
        with django_capture_on_commit_callbacks(execute=True):
            tokens = story.tokens()
    finally:
        app_authorized.disconnect(fail)
    assert story.call(tokens["access_token"]).status_code == 200
    assert len(told) == 1


def test_a_refused_request_is_told_to_nobody(
    told: list[dict[str, Any]], django_capture_on_commit_callbacks: AfterCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert begin().token(grant_type="authorization_code", code="unknown").status_code == 400
    assert told == []


def test_a_receiver_is_told_of_no_device_as_before(
    told: list[dict[str, Any]], django_capture_on_commit_callbacks: AfterCommit
) -> None:
    story = begin(preset="device", redirect_uris=())
    with django_capture_on_commit_callbacks(execute=True):
        codes = story.device_codes().json()
        story.decide_on_device(codes["user_code"])
        assert story.poll(codes["device_code"]).json()["access_token"]
    assert told == []


def test_without_a_receiver_nothing_is_read(
    django_assert_num_queries: Any, django_capture_on_commit_callbacks: AfterCommit
) -> None:
    service: Story = begin(preset="service", redirect_uris=())
    words = {"grant_type": "client_credentials", "scope": "notes:read"}
    assert service.token(**words).status_code == 200
    # A savepoint, one INSERT, and its end.
    with django_capture_on_commit_callbacks(execute=True), django_assert_num_queries(3):
        assert service.token(**words).status_code == 200
