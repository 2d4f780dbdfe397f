"""Signing in within a pop-up window: pages there keep the connection to the window that opened them.

Django's default `Cross-Origin-Opener-Policy: same-origin` cuts `window.opener` off. A page that opened a
pop-up for the authorization request, as Swagger UI and single-page apps do, would wait for its answer for
ever. The pages of the authorization endpoint leave it connected (HTML Standard §7.1.3), and so does a sign-in
page that was reached from there. Framing stays forbidden, and every other page keeps the project's header.
"""

from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from django_oauthflows.conf import conf

_HEADER = "Cross-Origin-Opener-Policy"
#: What a view has that was given to `allow_popups`.
_MARK = "_oauthflows_allows_popups"


def keep_opener(response: HttpResponseBase) -> None:
    """Leave the window that opened this one connected."""
    if conf.ALLOW_POPUPS:
        response[_HEADER] = "unsafe-none"


def allow_popups(view: Any) -> Any:
    """Let a sign-in page of the project's be shown in the pop-up of a client.

    For each page between the authorization endpoint and its way back: `LOGIN_URL`, a second factor. Such a
    page is reached with `next`, and keeps the project's own header whenever `next` leads elsewhere.
    """

    def seen(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if _leads_to_a_client(request):
            keep_opener(response)
        return response

    @wraps(view)
    def page(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        return seen(request, view(request, *arguments, **named))

    @wraps(view)
    async def awaited(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        return seen(request, await view(request, *arguments, **named))

    made = awaited if iscoroutinefunction(view) else page
    setattr(made, _MARK, True)
    return made


def _leads_to_a_client(request: HttpRequest) -> bool:
    """Does this page go on to the authorization endpoint of this site?"""
    following = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        return False
    try:
        return urlsplit(following).path == reverse("oauthflows:authorize")
    except NoReverseMatch:  # a part of the site that has other addresses
        return False


def allows_popups(view: Any) -> bool:
    """Return whether a view was given to `allow_popups`."""
    return getattr(view, _MARK, False)
