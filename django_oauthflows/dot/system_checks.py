"""System checks of django-oauth-toolkit that would blame a project for what this app set."""

from typing import Any

from django.core.checks import Tags

from django_oauthflows.dot.moved import module
from django_oauthflows.dot.settings import project_says


def leave_out_errors_of_our_own_making() -> None:
    """Keep `check --deploy` from failing by what this app set in DOT's settings, and not the project.

    DOT stores either checksums or tokens that a lost answer can be repeated from. This app does both: the
    answer is kept encrypted under the token itself. So DOT's error is true only of a project that asked for
    checksums by DOT's own means.
    """
    from django.core.checks.registry import registry

    registry.deployment_checks.discard(module("checks").validate_bcp_configuration)
    registry.register(check_bcp_configuration, Tags.security, deploy=True)


def check_bcp_configuration(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Return what DOT's own check of RFC 9700 says of the project's settings."""
    messages = module("checks").validate_bcp_configuration(app_configs, **kwargs)
    is_theirs = project_says("COMPLIANT_BCP_RFC9700_TOKEN_STORAGE")
    return [one for one in messages if is_theirs or one.id != "oauth2_provider.E001"]
