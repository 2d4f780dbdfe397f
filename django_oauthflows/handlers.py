"""The site's answers to errors that nobody caught, for a project's root `urls.py`:

    handler400 = "django_oauthflows.handlers.bad_request"
    handler404 = "django_oauthflows.handlers.page_not_found"
    handler500 = "django_oauthflows.handlers.server_error"

This app answers for its own endpoints while the database is away. For the project's own pages, and for what
middleware does after a view (Django saves its session there), only the root of the site can answer. They
answer 503 with Retry-After where the database is away: a page to browsers, and JSON to others. A client that
asks for JSON at an address below the issuer that leads nowhere gets a 404 that it can read.
"""

import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from django_oauthflows.core.outage import is_outage, noted
from django_oauthflows.issuer import path_within_site
from django_oauthflows.protocol.explained import not_found
from django_oauthflows.protocol.unavailable import unavailable


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an outage; any other error gets Django's own answer (the project's `500.html`)."""
    error = sys.exc_info()[1]
    if isinstance(error, Error) and is_outage(error):
        return _away(request, error)
    return defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an outage that Django takes for a session that somebody deleted; else as Django (`400.html`)."""
    error: BaseException | None = exception
    while isinstance(exception, SessionInterrupted) and error is not None:
        if isinstance(error, Error) and is_outage(error):
            return _away(request, error)
        error = error.__context__
    return defaults.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a client below the issuer in JSON; any other 404 is Django's own (the project's `404.html`)."""
    if _is_of_this_app(request) and _asks_for_json(request):
        return not_found(request)
    return defaults.page_not_found(request, exception)


def _is_of_this_app(request: HttpRequest) -> bool:
    """Return whether the path is below the issuer's, or led to a view of this app that found nothing."""
    if request.path_info.startswith(f"{path_within_site()}/"):
        return True
    found = request.resolver_match
    return found is not None and found.namespace in ("oauthflows", "oauth2_provider")


def _asks_for_json(request: HttpRequest) -> bool:
    """Return whether JSON is named, and preferred to a page (RFC 9110 §12.5.1); `*/*` names nothing."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _away(request: HttpRequest, error: Error) -> HttpResponse:
    is_page = "text/html" in request.headers.get("Accept", "")
    return unavailable(request, noted(error), "site", is_page=is_page)
