"""The page where users sign in: the project's own, or the package's where the project has none."""

from functools import lru_cache
from typing import Any

from django.conf import global_settings, settings
from django.contrib.auth.decorators import login_required
from django.urls import get_urlconf
from django.utils.functional import lazy

from django_oauthflows.protocol import site_pages

#: The name of the package's own page.
OWN = "oauthflows:sign-in"


def login_url() -> str:
    """Return `LOGIN_URL`, or the name of the package's own page where the project has none."""
    return str(settings.LOGIN_URL) if has_page() else OWN


def has_page() -> bool:
    """Return whether the project has a sign-in page.

    One that it named may stand in another program of the same host, where nobody can look for it. Django's
    default is looked for: while `DEBUG` is on each time, since somebody may be writing the page.
    """
    if settings.LOGIN_URL != global_settings.LOGIN_URL:
        return True
    look = _look if settings.DEBUG else _found
    return look(get_urlconf() or settings.ROOT_URLCONF, tuple(settings.MIDDLEWARE))


def _look(urlconf: Any, middleware: tuple[str, ...]) -> bool:
    """Look for Django's default; what decides about it is in the arguments."""
    return site_pages.leads_somewhere(str(global_settings.LOGIN_URL))


_found = lru_cache(maxsize=16)(_look)

#: As Django's `login_required`, for the package's own pages.
sign_in_required = login_required(login_url=lazy(login_url, str)())
