"""The page where users sign in: the project's own, or the package's where the project has none."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.template import TemplateDoesNotExist
from django.template.loader import select_template
from django.urls import get_urlconf
from django.utils.functional import lazy

from django_oauthflows.protocol import site_pages

#: The name of the package's own page.
OWN = "oauthflows:sign-in"


def login_url() -> str:
    """Return `LOGIN_URL` where it leads to a page that can be shown, else the name of the package's own."""
    return str(settings.LOGIN_URL) if has_page() else OWN


def has_page() -> bool:
    """Return whether the project has a sign-in page.

    While `DEBUG` is on it is looked for each time, since somebody may be writing it.
    """
    look = _looked_for if settings.DEBUG else _found
    return look(str(settings.LOGIN_URL), get_urlconf() or settings.ROOT_URLCONF)


def lacks_template(page: str) -> bool:
    """Return whether a page is Django's own sign-in view without its template, which no app brings along."""
    view = site_pages.view_of(page)
    kind = getattr(view, "view_class", None)
    if not (isinstance(kind, type) and issubclass(kind, LoginView)):
        return False
    made = kind(**getattr(view, "view_initkwargs", {}))
    try:
        select_template(made.get_template_names())
    except TemplateDoesNotExist:
        return True
    return False


def _looked_for(page: str, urlconf: Any) -> bool:
    return site_pages.leads_somewhere(page) and not lacks_template(page)


_found = lru_cache(maxsize=16)(_looked_for)

#: As Django's `login_required`, for the package's own pages.
sign_in_required = login_required(login_url=lazy(login_url, str)())
