"""System checks of what a site that ran django-oauth-toolkit may depend on, in the order they are told."""

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage

from django_oauthflows.adoption.lifetimes import check_lifetimes
from django_oauthflows.adoption.loggers import check_logging
from django_oauthflows.adoption.own_models import check_own_models
from django_oauthflows.adoption.public_clients import check_public_clients
from django_oauthflows.adoption.registering_clients import check_registering_clients
from django_oauthflows.adoption.rsa_keys import check_rsa_keys
from django_oauthflows.adoption.settings import check_dot_settings
from django_oauthflows.adoption.templates import check_templates
from django_oauthflows.adoption.token_making import check_token_making
from django_oauthflows.adoption.validator_hooks import check_validator

Check = Callable[..., list[CheckMessage]]

#: Checks that read settings and code alone: they touch no database.
CHECKS: tuple[Check, ...] = (
    check_dot_settings,
    check_lifetimes,
    check_public_clients,
    check_token_making,
    check_registering_clients,
    check_own_models,
    check_templates,
    check_validator,
    check_rsa_keys,
    check_logging,
)


def check_contracts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return what each of them says."""
    return [message for check in CHECKS for message in check(app_configs, **kwargs)]
