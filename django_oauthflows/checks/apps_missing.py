"""A project whose INSTALLED_APPS lack what this app stands on."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

from django_oauthflows import dot


def check_toolkit(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name django-oauth-toolkit, whose tables hold clients and tokens."""
    if dot.is_installed():
        return []
    return [Error(dot.NOT_INSTALLED, hint=dot.APPS_LINE, id="oauthflows.E183")]


def check_rest_framework(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name Django REST framework, whose browsable API has templates and static files of its own."""
    if apps.is_installed("rest_framework"):
        return []
    return [
        Error(
            "rest_framework (Django REST framework) is not in INSTALLED_APPS: a protected view "
            "that is opened in a browser fails without its templates.",
            hint=dot.APPS_LINE,
            id="oauthflows.E184",
        )
    ]
