"""System checks of django-oauth-toolkit that would blame a project for what this app set."""

from functools import wraps
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

    validate_bcp_configuration = module("checks").validate_bcp_configuration

    @wraps(validate_bcp_configuration)
    def check(app_configs: Any, **kwargs: Any) -> list[Any]:
        messages = validate_bcp_configuration(app_configs, **kwargs)
        is_theirs = project_says("COMPLIANT_BCP_RFC9700_TOKEN_STORAGE")
        return [one for one in messages if is_theirs or one.id != "oauth2_provider.E001"]

    registry.deployment_checks.discard(validate_bcp_configuration)
    registry.register(check, Tags.security, deploy=True)
