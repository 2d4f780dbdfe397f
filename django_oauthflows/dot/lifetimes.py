"""Lifetimes that a project wrote for django-oauth-toolkit, in whatever form it takes them.

A number of seconds, a `timedelta`, or for access tokens a function of the request, by itself or by its dotted
path, as the next release of django-oauth-toolkit takes it.
"""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from django_oauthflows.dot.models import applications
from django_oauthflows.dot.settings import setting

_ACCESS_TOKENS = "ACCESS_TOKEN_EXPIRE_SECONDS"


def seconds_of(name: str) -> int:
    """Return a lifetime in seconds, by the name of its setting. Raises `ImproperlyConfigured`."""
    return _as_seconds(name, setting(name))


def access_token_seconds(
    *, client_id: str, application_key: Any, scopes: frozenset[str], user_key: Any, grant_type: str
) -> int:
    """Return how long an access token lives that is issued to this client. Raises `ImproperlyConfigured`.

    A function of the project gets an object with `client`, `client_id`, `user`, `scopes` and `grant_type`, as
    django-oauth-toolkit gives it. The rows behind `client` and `user` are read only if it looks at them.
    """
    function = _function()
    if function is None:
        return seconds_of(_ACCESS_TOKENS)
    request = SimpleNamespace(
        client=SimpleLazyObject(lambda: applications().get(pk=application_key)),
        client_id=client_id,
        user=None if user_key is None else SimpleLazyObject(lambda: _user(user_key)),
        scopes=sorted(scopes),
        grant_type=grant_type,
    )
    return _as_seconds(_ACCESS_TOKENS, function(request))


def usual_access_token_seconds() -> int | None:
    """Return how long access tokens live where it is the same for all; `None` where a function decides."""
    return None if _function() else seconds_of(_ACCESS_TOKENS)


def _function() -> Callable[[Any], Any] | None:
    value = setting(_ACCESS_TOKENS)
    found: Any = import_string(value) if isinstance(value, str) else value
    return found if callable(found) else None


def _user(key: Any) -> Any:
    return get_user_model()._default_manager.get(pk=key)


def _as_seconds(name: str, value: Any) -> int:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise ImproperlyConfigured(
            f"OAUTH2_PROVIDER[{name!r}] gives {value!r}: write a number of seconds above 0, or a timedelta."
        )
    return int(seconds)
