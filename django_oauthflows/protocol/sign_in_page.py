"""The page where users sign in: the project's own, or the package's where the project has none."""

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.utils.functional import lazy

from django_oauthflows.protocol import site_pages

#: The name of the package's own page.
OWN = "oauthflows:sign-in"


def login_url() -> str:
    """Return `LOGIN_URL` where it leads somewhere, else the name of the package's own page."""
    return str(settings.LOGIN_URL) if has_page() else OWN


def has_page() -> bool:
    """Return whether the project has a sign-in page.

    While `DEBUG` is on it is looked for each time, since somebody may be writing it.
    """
    look = site_pages.leads_somewhere if settings.DEBUG else _found
    return look(str(settings.LOGIN_URL))


_found = lru_cache(maxsize=16)(site_pages.leads_somewhere)

#: As Django's `login_required`, for the package's own pages.
sign_in_required = login_required(login_url=lazy(login_url, str)())
