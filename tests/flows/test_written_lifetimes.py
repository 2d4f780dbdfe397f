"""Lifetimes in every form in which a project writes them for django-oauth-toolkit and its next release."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from django_oauthflows.models import ClientPolicy
from tests.stories import begin

pytestmark = pytest.mark.django_db


def by_user(request: Any) -> timedelta | int:
    """A function of a project: longer for one client, shorter for a user, by grant type and scope."""
    if request.client.name == "Backup":
        return timedelta(hours=2)
    if request.user is not None and request.user.username.startswith("guest"):
        return 60
    return 300 if "notes:write" in request.scopes else 600


def lifetime(value: Any, **changes: Any) -> Any:
    written = {**settings.OAUTH2_PROVIDER, "ACCESS_TOKEN_EXPIRE_SECONDS": value, **changes}
    return override_settings(OAUTH2_PROVIDER=written)


def service_token(scope: str = "notes:read", **client: Any) -> int:
    story = begin(preset="service", redirect_uris=(), **client)
    answer = story.token(grant_type="client_credentials", scope=scope)
    assert answer.status_code == 200, answer.content
    return int(answer.json()["expires_in"])


@pytest.mark.parametrize("value", [240, 240.0, timedelta(minutes=4)])
def test_a_lifetime_is_seconds_or_a_timedelta(value: Any) -> None:
    with lifetime(value):
        assert service_token() == 240


@pytest.mark.parametrize("value", [by_user, f"{__name__}.by_user"])
def test_a_function_decides_by_client_and_scope(value: Any) -> None:
    with lifetime(value):
        assert service_token() == 600
        assert service_token("notes:write") == 300
        assert service_token(name="Backup") == 7200


def test_a_function_is_told_of_the_user_at_the_exchange_and_the_refresh() -> None:
    story = begin()
    story.person.username = "guest-1"
    story.person.save()
    with lifetime(by_user):
        tokens = story.tokens()
        refreshed = story.refresh(tokens["refresh_token"]).json()

    assert (tokens["expires_in"], refreshed["expires_in"]) == (60, 60)


def test_the_policy_of_a_client_goes_before_a_function() -> None:
    story = begin(preset="service", redirect_uris=())
    ClientPolicy.objects.update(access_token_lifetime=120)
    with lifetime(by_user):
        answer = story.token(grant_type="client_credentials", scope="notes:read").json()

    assert answer["expires_in"] == 120


def test_codes_and_id_tokens_take_a_timedelta_too() -> None:
    minute = timedelta(seconds=50)
    with lifetime(600, AUTHORIZATION_CODE_EXPIRE_SECONDS=minute, ID_TOKEN_EXPIRE_SECONDS=minute):
        assert begin().tokens()["expires_in"] == 600


@pytest.mark.parametrize("value", [0, -1, "soon.enough", True, timedelta(0), lambda request: None])
def test_a_lifetime_that_is_none_is_told_in_words(value: Any) -> None:
    with lifetime(value), pytest.raises((ImproperlyConfigured, ImportError)):
        service_token()
