"""`ROTATE_REFRESH_TOKEN` False: a refresh token stays the same, as far as that is safe."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import WITH_OPENID, begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db

NOT_ROTATED = {**settings.OAUTH2_PROVIDER, "ROTATE_REFRESH_TOKEN": False}


def unused_for(age: timedelta) -> None:
    get_refresh_token_model().objects.update(created=timezone.now() - age)


@pytest.fixture(autouse=True)
def not_rotated() -> Iterator[None]:
    with override_settings(OAUTH2_PROVIDER=NOT_ROTATED):
        yield


@spec("RFC 6749 §6")
def test_a_client_with_a_secret_keeps_its_refresh_token() -> None:
    story = begin()
    first = story.tokens()
    for _ in range(3):
        again = story.refresh(first["refresh_token"]).json()
        assert again["refresh_token"] == first["refresh_token"]
        assert story.call(again["access_token"]).status_code == 200
    assert get_refresh_token_model().objects.count() == 1
    assert get_access_token_model().objects.count() == 1


def test_the_access_token_before_a_refresh_ends_as_it_did() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    assert story.call(first["access_token"]).status_code == 401
    assert story.call(second["access_token"]).status_code == 200


@spec("RFC 9700 §2.2.2")
@pytest.mark.parametrize("preset", ["single-page-app", "native-app"])
def test_a_public_client_gets_another_one_each_time(preset: str) -> None:
    story = begin(preset=preset)
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    with override_settings(OAUTHFLOWS={"REFRESH_GRACE_SECONDS": 0}):
        third = story.refresh(second["refresh_token"]).json()
        assert error_of(story.refresh(second["refresh_token"])) == (400, "invalid_grant")
        assert error_of(story.refresh(third["refresh_token"])) == (400, "invalid_grant")


def test_a_public_client_of_the_legacy_profile_keeps_its_own() -> None:
    story = begin(preset="single-page-app", profile="legacy")
    first = story.tokens()
    assert story.refresh(first["refresh_token"]).json()["refresh_token"] == first["refresh_token"]


def test_a_token_that_dot_issued_is_kept_too_and_belongs_to_a_grant_from_then_on() -> None:
    story = begin(registered=dot_application())
    _, token = dot_tokens(story)
    for _ in range(2):
        answer = story.refresh(token).json()
        assert answer["refresh_token"] == token
    assert story.call("access-of-old").status_code == 401
    authorization = Authorization.objects.get()
    assert get_refresh_token_model().objects.get().token_family == authorization.pk
    assert story.post("revoke", token=token).status_code == 200
    assert story.call(answer["access_token"]).status_code == 401
    assert error_of(story.refresh(token)) == (400, "invalid_grant")


def test_an_access_token_that_is_gone_is_no_hindrance_and_its_successor_ends_with_the_grant() -> (
    None
):
    story = begin()
    token = story.tokens()["refresh_token"]
    get_access_token_model().objects.all().delete()
    access = story.refresh(token).json()["access_token"]
    assert story.call(access).status_code == 200
    story.post("revoke", token=token)
    assert story.call(access).status_code == 401


def test_a_token_in_use_does_not_count_as_unused() -> None:
    story = begin()
    token = story.tokens()["refresh_token"]
    unused_for(timedelta(days=29))
    assert story.refresh(token).status_code == 200
    created = get_refresh_token_model().objects.get().created
    assert timezone.now() - created < timedelta(minutes=1)
    unused_for(timedelta(days=31))
    assert error_of(story.refresh(token)) == (400, "invalid_grant")


def test_the_absolute_end_of_the_grant_holds() -> None:
    story = begin()
    token = story.tokens()["refresh_token"]
    Authorization.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert error_of(story.refresh(token)) == (400, "invalid_grant")


def test_less_scope_at_one_refresh_leaves_all_for_the_next() -> None:
    story = begin()
    token = story.tokens(scope="notes:read notes:write")["refresh_token"]
    assert story.refresh(token, scope="notes:read").json()["scope"] == "notes:read"
    assert story.refresh(token).json()["scope"] == "notes:read notes:write"


def test_a_revoked_grant_stays_revoked() -> None:
    story = begin()
    token = story.tokens()["refresh_token"]
    story.post("revoke", token=token)
    assert error_of(story.refresh(token)) == (400, "invalid_grant")


def test_a_token_spent_before_the_setting_is_still_a_spent_one(settings: Any) -> None:
    story = begin()
    settings.OAUTH2_PROVIDER = {**NOT_ROTATED, "ROTATE_REFRESH_TOKEN": True}
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    Authorization.objects.update(replay_until=timezone.now() - timedelta(seconds=1))
    settings.OAUTH2_PROVIDER = NOT_ROTATED
    assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert error_of(story.refresh(second["refresh_token"])) == (400, "invalid_grant")


def test_an_id_token_comes_with_it_as_before(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**WITH_OPENID, "ROTATE_REFRESH_TOKEN": False}
    story = begin(scopes=["openid", "notes:read"])
    token = story.tokens(scope="openid notes:read")["refresh_token"]
    assert story.refresh(token).json()["id_token"]
