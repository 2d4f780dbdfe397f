"""Modules of django-oauth-toolkit that its next release moves: the new place is tried first.

The old places warn there and are to go with its release 4.0.
"""

from functools import cache
from importlib import import_module
from types import ModuleType

#: Where a module of 3.4 stands after it was moved.
_NEW_PLACES = {
    "checks": "core.checks",
    "cimd": "authorization_server.cimd",
    "scopes": "core.scopes",
    "signals": "core.signals",
}


@cache
def module(name: str) -> ModuleType:
    """Return a module of django-oauth-toolkit by its name in 3.4. Raises `ImportError` if it has neither."""
    try:
        return import_module(f"oauth2_provider.{_NEW_PLACES[name]}")
    except ModuleNotFoundError:
        return import_module(f"oauth2_provider.{name}")
