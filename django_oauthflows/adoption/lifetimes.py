"""Check of the lifetimes that a project wrote for django-oauth-toolkit."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from django_oauthflows import dot

_NAMES = ("AUTHORIZATION_CODE_EXPIRE_SECONDS", "ID_TOKEN_EXPIRE_SECONDS")


def check_lifetimes(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each lifetime that is none: every request that needs it would fail."""
    messages: list[CheckMessage] = []
    for read in (dot.longest_access_token_seconds, *(_reading(name) for name in _NAMES)):
        try:
            read()
        except (ImproperlyConfigured, ImportError) as error:
            messages.append(
                Error(
                    f"A lifetime cannot be read: {error}",
                    hint="Write seconds above 0, or a timedelta. ACCESS_TOKEN_EXPIRE_SECONDS may be a "
                    "function of the request too, or its dotted path.",
                    id="oauthflows.E200",
                )
            )
    return messages


def _reading(name: str) -> Any:
    return lambda: dot.seconds(name)
