"""Lifetimes in django-oauth-toolkit's settings: a number of seconds, a `timedelta`, or a function (DOT 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from django_oauthflows.dot.models import applications
from django_oauthflows.dot.settings import setting

#: The longest that a function of the project's may say, in seconds: keys are published for that long.
LONGEST_SAID = 86400


@dataclass(frozen=True, kw_only=True)
class LifetimeRequest:
    """What a project's function learns of a request, by the names that oauthlib's request has.

    Rows are read when the function reads them.
    """

    client_id: str
    client_key: Any
    grant_type: str = ""
    scopes: tuple[str, ...] = ()
    user_key: Any = None

    @cached_property
    def client(self) -> Any:
        """The application."""
        return applications().get(pk=self.client_key)

    @cached_property
    def user(self) -> Any:
        """Who granted it, or `None`."""
        return get_user_model()._base_manager.filter(pk=self.user_key).first()


def seconds(name: str, *, may_be_none: bool = False) -> int:
    """Return a lifetime that is the same for every request; 0 only for one that `may_be_none`."""
    value = setting(name)
    return 0 if may_be_none and value == 0 else _whole(name, value)


def access_token_seconds(request: LifetimeRequest) -> int:
    """Return how long an access token lives, by `ACCESS_TOKEN_EXPIRE_SECONDS`."""
    name = "ACCESS_TOKEN_EXPIRE_SECONDS"
    chosen = _chosen()
    if not callable(chosen):
        return _whole(name, chosen)
    return min(_whole(name, chosen(request)), LONGEST_SAID)


def longest_access_token_seconds() -> int:
    """Return the longest that it lets any access token live."""
    chosen = _chosen()
    return LONGEST_SAID if callable(chosen) else _whole("ACCESS_TOKEN_EXPIRE_SECONDS", chosen)


def _chosen() -> int | timedelta | Callable[[LifetimeRequest], int | timedelta]:
    chosen = setting("ACCESS_TOKEN_EXPIRE_SECONDS")
    return import_string(chosen) if isinstance(chosen, str) else chosen  # type: ignore[no-any-return]


def _whole(name: str, value: Any) -> int:
    """A number of seconds. Raises `ImproperlyConfigured` for what is none, as DOT does."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, or a timedelta.")
    return int(value)
