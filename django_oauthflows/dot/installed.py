"""A project that has this app in INSTALLED_APPS and not django-oauth-toolkit."""

from typing import Any, NoReturn

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

NOT_INSTALLED = (
    "oauth2_provider (django-oauth-toolkit) is not in INSTALLED_APPS: its tables hold the clients and the "
    "tokens."
)
APPS_LINE = (
    'INSTALLED_APPS = [..., "rest_framework", "oauth2_provider", "django_oauthflows"], '
    "or let manage.py oauthflows_quickstart --write do it."
)


def is_installed() -> bool:
    """Return whether django-oauth-toolkit is one of the project's apps."""
    return apps.is_installed("oauth2_provider")


def not_installed(*args: Any, **kwargs: Any) -> NoReturn:
    """Answer no request: servers run no system checks, and read this sentence in their log."""
    raise ImproperlyConfigured(f"{NOT_INSTALLED} Write {APPS_LINE}")
