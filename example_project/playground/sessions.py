"""A client's own session: another cookie than the provider's, and nothing shared with it.

That of the demo client knows which connection is the person's; the tokens themselves are kept encrypted by
`django_oauthflows.outbound`, and the browser holds no more than the session's key.
"""

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

COOKIE = "demo_client"


def open_session(request: HttpRequest, *, cookie: str = COOKIE) -> SessionStore:
    return SessionStore(request.COOKIES.get(cookie))


def keep_session(
    session: SessionStore,
    response: HttpResponseBase,
    *,
    cookie: str = COOKIE,
    below: str = "playground:client",
) -> None:
    """Save what changed, and give the browser the key to it."""
    if not session.modified:
        return
    session.save()
    response.set_cookie(
        cookie,
        session.session_key or "",
        path=reverse(below),
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        # Not Strict: the way back from the provider starts on the provider's site.
        samesite="Lax",
    )
