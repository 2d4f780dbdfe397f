"""Loggers of django-oauth-toolkit that a project listens to, and that these endpoints do not write to."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from django_oauthflows import dot

#: Loggers of the endpoints that were there before: DOT's own, and those of the library below it.
_THEIRS = (dot.LOGGER, "oauthlib")


def check_logging(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name the loggers that fall silent; DOT's own does not, where it has handlers (`dot.log`)."""
    configured = settings.LOGGING if isinstance(settings.LOGGING, Mapping) else {}
    loggers = configured.get("loggers") or {}
    if any(_is_of(name, "django_oauthflows") for name in loggers):
        return []
    silent = sorted(
        name
        for name, written in loggers.items()
        if any(_is_of(name, one) for one in _THEIRS)
        and not (name == dot.LOGGER and (written or {}).get("handlers"))
    )
    if not silent:
        return []
    return [
        Warning(
            f"LOGGING names {', '.join(silent)}: the endpoints of django_oauthflows do not write there.",
            hint='Write "django_oauthflows": {"handlers": [...], "level": "INFO"} in LOGGING["loggers"]. '
            f"Handlers of {dot.LOGGER} itself get every refusal, warning and error without it.",
            id="oauthflows.W171",
        )
    ]


def _is_of(name: str, parent: str) -> bool:
    return name == parent or name.startswith(f"{parent}.")
