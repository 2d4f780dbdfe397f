"""The sign-in a grant belongs to: which session it is, and when it began."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows.tokens.checksums import checksum

_AUTH_TIME = "_oauthflows_auth_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How and when the person signed in, as their browser's session tells it."""

    session: str = ""
    auth_time: datetime | None = None
    acr: str = ""


def listen() -> None:
    """Note the moment of each sign-in; called once when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="oauthflows-signed-in")


def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if getattr(request, "session", None) is not None:
        request.session[_AUTH_TIME] = timezone.now().timestamp()


def session_checksum(request: HttpRequest) -> str:
    """The session by its checksum, so that a leaked table opens nobody's session; empty without one."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return checksum(key) if key else ""


def sign_in_of(request: HttpRequest) -> SignIn:
    """How the person of this request signed in. Without a noted moment `auth_time` stays unknown."""
    noted = request.session.get(_AUTH_TIME)
    return SignIn(
        session=session_checksum(request),
        auth_time=datetime.fromtimestamp(noted, tz=UTC) if noted else None,
    )
