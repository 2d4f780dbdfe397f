"""System checks of what a site that ran django-oauth-toolkit may depend on, in the order they are told."""

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage

from django_oauthflows.adoption.rsa_keys import check_rsa_keys
from django_oauthflows.adoption.settings import check_dot_settings
from django_oauthflows.adoption.validator_hooks import check_validator

Check = Callable[..., list[CheckMessage]]

#: Checks that read settings and code alone: they touch no database.
CHECKS: tuple[Check, ...] = (check_dot_settings, check_validator, check_rsa_keys)


def check_contracts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return what each of them says."""
    return [message for check in CHECKS for message in check(app_configs, **kwargs)]
