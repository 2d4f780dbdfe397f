"""Templates of django-oauth-toolkit that a project wrote anew: ours are shown in their place."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Warning
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

_ADMIN = "the admin's pages of a client"
#: DOT's templates below `oauth2_provider/`, and what is shown instead.
REPLACED = {
    "authorize.html": "oauthflows/consent.html",
    "base.html": "oauthflows/base.html",
    "logout_confirm.html": "oauthflows/logout/confirm.html",
    "device/user_code.html": "oauthflows/device/user_code.html",
    "device/accept_deny.html": "oauthflows/device/consent.html",
    "device/device_grant_status.html": "oauthflows/device/done.html",
    "authorized-tokens.html": "oauthflows/connected_apps.html",
    "authorized-token-delete.html": "oauthflows/confirm_ending.html",
    "application_list.html": _ADMIN,
    "application_detail.html": _ADMIN,
    "application_form.html": _ADMIN,
    "application_registration_form.html": _ADMIN,
    "application_confirm_delete.html": _ADMIN,
}


def check_templates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each of them that the project's template loaders find outside of DOT."""
    return [
        Warning(
            f"The template oauth2_provider/{name} of this project is shown by no endpoint of "
            f"django_oauthflows: {instead} is.",
            hint=(
                f"Write {instead} beside it, by the blocks of ours, and remove it."
                if instead.endswith(".html")
                else "Remove it: clients are managed in the admin, and by their owners at the management API."
            ),
            id="oauthflows.W182",
        )
        for name, instead in REPLACED.items()
        if _is_the_projects(f"oauth2_provider/{name}")
    ]


def _is_the_projects(name: str) -> bool:
    """Return whether a template comes from anywhere but DOT's own folder."""
    try:
        found = get_template(name)
    except TemplateDoesNotExist:
        return False
    except TemplateSyntaxError:
        # It stands somewhere else: DOT's own can be read.
        return True
    origin = str(getattr(getattr(found, "origin", None), "name", "") or "")
    return not _is_below(origin, apps.get_app_config("oauth2_provider").path)


def _is_below(path: str, folder: str) -> bool:
    return bool(path) and Path(path).resolve().is_relative_to(Path(folder).resolve())
