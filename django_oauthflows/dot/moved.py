"""Modules that django-oauth-toolkit's next release has moved: from the new place, else from the old one."""

from functools import cache
from importlib import import_module
from typing import Any

_PLACES = {
    "checks": ("oauth2_provider.core.checks", "oauth2_provider.checks"),
    "cimd": ("oauth2_provider.authorization_server.cimd", "oauth2_provider.cimd"),
    "scopes": ("oauth2_provider.core.scopes", "oauth2_provider.scopes"),
    "signals": ("oauth2_provider.core.signals", "oauth2_provider.signals"),
}


@cache
def module(name: str) -> Any:
    """Return a module of DOT by its old name; the old place warns where there is a new one."""
    new, old = _PLACES[name]
    try:
        return import_module(new)
    except ModuleNotFoundError as error:
        if error.name is None or not new.startswith(error.name):
            # It is there, and something that it needs is not.
            raise
    return import_module(old)
