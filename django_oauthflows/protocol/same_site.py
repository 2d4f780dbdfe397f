"""Sites that keep the session's cookie to themselves (SESSION_COOKIE_SAMESITE = "Strict").

A browser sends such a cookie with no request that another site leads it to (RFC 6265bis §5.6.7.1). Everybody
who comes from a client would seem to be signed out, and a sign-out would be called done while the session
goes on. So the page is opened once more, from this site, and the cookie comes along.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from django_oauthflows.protocol import headers

View = Callable[[HttpRequest], HttpResponse]


def with_session_of_site(view: View) -> View:
    """Make a view that is asked again from this site where the session's cookie was left behind."""

    @wraps(view)
    def look(request: HttpRequest) -> HttpResponse:
        if not _left_its_session_behind(request):
            return view(request)
        return headers.page(render(request, "oauthflows/same_site.html"))

    return look


def _left_its_session_behind(request: HttpRequest) -> bool:
    """Return whether another site led a whole page here (Fetch Metadata: `Sec-Fetch-Site`, `Sec-Fetch-Dest`).

    The page that is opened again comes from this site, so that this happens once. A frame is left as it is:
    no cookie comes along there either way.
    """
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_SAMESITE == "Strict"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and request.headers.get("Sec-Fetch-Site") == "cross-site"
        and request.headers.get("Sec-Fetch-Dest") == "document"
    )
