"""System checks of what a site that ran django-oauth-toolkit may depend on, in the order they are told."""

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage

from django_oauthflows.adoption.loggers import check_logging
from django_oauthflows.adoption.settings import check_dot_settings

Check = Callable[..., list[CheckMessage]]

#: Checks that read settings and code alone: they touch no database.
CHECKS: tuple[Check, ...] = (check_dot_settings, check_logging)


def check_contracts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return what each of them says."""
    return [message for check in CHECKS for message in check(app_configs, **kwargs)]
