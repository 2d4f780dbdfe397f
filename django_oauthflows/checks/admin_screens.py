"""Screens of the admin that a project made by itself for tables with secrets in them."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Warning

from django_oauthflows import dot
from django_oauthflows.core.admin_lookups import OnlyNeededLookups

_OURS = "oauthflows"


def check_lookups(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name the lists that answer any look-up, as Django's own screens do."""
    return [
        Warning(
            f"The list of {type(screen).__qualname__} answers any look-up in its address "
            "(?column__startswith=a): a secret that no page shows can be read character by character.",
            hint="Let it derive from django_oauthflows.core.admin_lookups.OnlyNeededLookups first.",
            obj=model._meta.label,
            id="oauthflows.W151",
        )
        for model, screen in _screens()
        if not isinstance(screen, OnlyNeededLookups)
    ]


def _screens() -> list[tuple[Any, Any]]:
    """The screens of our models and of django-oauth-toolkit's, in the site's admin."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    from django.contrib import admin

    models = {
        dot.application_model(),
        dot.access_token_model(),
        dot.refresh_token_model(),
        dot.grant_model(),
        dot.id_token_model(),
        dot.device_grant_model(),
        *apps.get_app_config(_OURS).get_models(),
    }
    registered = admin.site._registry.items()
    return [(model, screen) for model, screen in registered if model in models]
