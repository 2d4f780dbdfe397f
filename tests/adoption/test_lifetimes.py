"""Lifetimes as django-oauth-toolkit's next release lets a project write them: a `timedelta`, a function."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from django_oauthflows import dot
from django_oauthflows.tokens.lifetimes import longest_access_token_lifetime
from tests.checks.test_checks import dot_settings
from tests.stories import begin

pytestmark = pytest.mark.django_db


def lives_by_what_is_asked(request: Any) -> timedelta | int:
    if request.grant_type == "client_credentials":
        return timedelta(minutes=2)
    if "notes:write" in request.scopes:
        return 60
    return len(request.client.name) + (100 if request.user is None else 200)


def test_a_timedelta_is_a_lifetime() -> None:
    words = {
        "ACCESS_TOKEN_EXPIRE_SECONDS": timedelta(minutes=5),
        "ID_TOKEN_EXPIRE_SECONDS": timedelta(minutes=10),
        "AUTHORIZATION_CODE_EXPIRE_SECONDS": timedelta(seconds=30),
        "REFRESH_TOKEN_EXPIRE_SECONDS": timedelta(days=3),
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": timedelta(seconds=5),
    }
    with override_settings(**dot_settings(**words)):
        story = begin()
        tokens = story.tokens()
        assert tokens["expires_in"] == 300
        assert story.refresh(tokens["refresh_token"]).json()["expires_in"] == 300
        assert longest_access_token_lifetime() == 300


@pytest.mark.parametrize(
    "chosen", [lives_by_what_is_asked, f"{__name__}.lives_by_what_is_asked"], ids=["it", "path"]
)
def test_a_function_says_it_for_each_request(chosen: Any) -> None:
    with override_settings(**dot_settings(ACCESS_TOKEN_EXPIRE_SECONDS=chosen)):
        service = begin(preset="service", redirect_uris=(), name="Reports")
        own = service.token(grant_type="client_credentials", scope="notes:read").json()
        assert own["expires_in"] == 120
        story = begin(name="Notes")
        assert story.tokens(scope="notes:read notes:write")["expires_in"] == 60
        assert story.tokens(scope="notes:read")["expires_in"] == 205


def test_a_function_says_a_day_at_most_for_keys_are_published_no_longer() -> None:
    with override_settings(**dot_settings(ACCESS_TOKEN_EXPIRE_SECONDS=lambda request: 10**7)):
        assert begin().tokens()["expires_in"] == 86400
        assert longest_access_token_lifetime() == 86400


def test_what_is_no_lifetime_is_said_to_be_none() -> None:
    with (
        override_settings(**dot_settings(ID_TOKEN_EXPIRE_SECONDS="an hour")),
        pytest.raises(ImproperlyConfigured, match="ID_TOKEN_EXPIRE_SECONDS"),
    ):
        dot.seconds("ID_TOKEN_EXPIRE_SECONDS")
