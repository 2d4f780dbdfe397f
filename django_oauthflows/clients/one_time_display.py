"""A page that shows a secret: reached by a redirect, and shown once.

A page that answers a POST is made again when it is reloaded, with a second secret (RFC 9110 §15.4.4 names the
remedy). So the value waits in a row, encrypted, until the browser follows the redirect. The key is in that
browser's cookie and nowhere else: neither the table nor the cookie tells the secret by itself. The row is
bound to the page and to the user who is signed in, lives for a few minutes, and is deleted when it is read.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import router
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from django_oauthflows import sealing
from django_oauthflows.clients.one_time_models import OneTimeDisplay
from django_oauthflows.core import clock

#: How long a browser may take to follow the redirect.
LIFETIME = timedelta(minutes=5)
COOKIE = "oauthflows_one_time_display"

_SALT = "django_oauthflows.one_time_display"


def redirect_to(
    request: HttpRequest, page: str, value: Mapping[str, Any], url_of: Callable[[str], str]
) -> HttpResponse:
    """Keep a value for one look, and redirect to the page that shows it; `url_of` makes its address."""
    handle, key = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    sealed = sealing.seal(
        json.dumps(value), key=_key_of(key), bound_to=_place(request, page, handle)
    )
    rows = _rows()
    now = clock.now()
    rows.filter(expires__lte=now).delete()
    rows.create(handle=handle, sealed=sealed, expires=now + LIFETIME)
    url = url_of(handle)
    response = HttpResponseRedirect(url)
    response["Cache-Control"] = "no-store"
    response.set_signed_cookie(
        COOKIE,
        key,
        salt=_SALT,
        max_age=LIFETIME,
        path=url,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def take(request: HttpRequest, page: str, handle: str) -> dict[str, Any] | None:
    """Return the value that waits for this user in this browser; `None` for all others, and ever after."""
    key = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=LIFETIME)
    rows = _rows()
    row = rows.filter(handle=handle, expires__gt=clock.now()).first()
    if not key or row is None:
        return None
    try:
        plain, _ = sealing.unseal(
            row.sealed, keys=[_key_of(key)], bound_to=_place(request, page, handle)
        )
    except sealing.Unopened:
        return None
    # Of two requests at once, the one that deletes the row shows it.
    if not rows.filter(handle=handle).delete()[0]:
        return None
    value: dict[str, Any] = json.loads(plain)
    return value


def forget_cookie(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Take the key of this page from the browser: nothing is left that it opens."""
    response.delete_cookie(COOKIE, path=request.path, samesite="Strict")
    return response


def _rows() -> "QuerySet[OneTimeDisplay]":
    """The rows in the database they are written to: a replica may not have them yet."""
    return OneTimeDisplay.objects.using(router.db_for_write(OneTimeDisplay))


def _key_of(secret: str) -> bytes:
    return sealing.key_of(secret, sealing.Use.ONE_TIME_DISPLAYS)


def _place(request: HttpRequest, page: str, handle: str) -> bytes:
    """Return what the value is bound to: the page, its address and the user."""
    return json.dumps([page, handle, str(request.user.pk)]).encode()
