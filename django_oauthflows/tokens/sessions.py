"""The sign-in a grant belongs to: which session it is, when it began, and how strong it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string

from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.sessions import noting
from django_oauthflows.tokens.checksums import checksum, generate

_AUTH_TIME = "_oauthflows_auth_time"
_SID = "_oauthflows_sid"
#: What the column holds, in characters.
_LONGEST_ACR = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How and when the person signed in, as their browser's session tells it.

    `sid` is what clients know the session by (OpenID Connect Front-Channel Logout 1.0 §3): the same for all
    of them, for as long as the person stays signed in. `acr` and `amr` (RFC 8176) are what the project's
    `AUTHENTICATION_CONTEXT` says, and nothing is guessed without it: which backend let somebody in does not
    tell whether they typed a password or followed a link.
    """

    session: str = ""
    sid: str = ""
    auth_time: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()


def listen() -> None:
    """Note the moment of each sign-in; called once when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="oauthflows-signed-in")


def note_sign_in(request: HttpRequest) -> None:
    """Note that the person has just shown who they are.

    Django's `login()` does it; a page of the project's own that asks for a password or a second factor and
    does not call `login()` calls this.
    """
    request.session[_AUTH_TIME] = clock.now().timestamp()
    # Another person's sign-in empties the session first; the same person's keeps what clients know it by.
    _sid_of(request)


def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if getattr(request, "session", None) is not None:
        note_sign_in(request)
        noting.note(request, user, sid=_sid_of(request))


def session_checksum(request: HttpRequest) -> str:
    """The session by its checksum, so that a leaked table opens nobody's session; empty without one."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return checksum(key) if key else ""


def sign_in_of(request: HttpRequest) -> SignIn:
    """How the person of this request signed in. Without a noted moment `auth_time` stays unknown.

    Raises `ImproperlyConfigured` where the project's function answers in another form than it has to.
    """
    noted = request.session.get(_AUTH_TIME)
    acr, amr = _context_of(request)
    return SignIn(
        session=session_checksum(request),
        sid=_sid_of(request),
        auth_time=datetime.fromtimestamp(noted, tz=UTC) if noted else None,
        acr=acr,
        amr=amr,
    )


def current_sid(request: HttpRequest) -> str:
    """What clients know this browser's sign-in by; empty where none of them was told."""
    session = getattr(request, "session", None)
    return str(session.get(_SID, "")) if session is not None else ""


def note_use(request: HttpRequest) -> None:
    """Keep the record of this sign-in up to date: costs a statement once an hour, and none in between."""
    noting.note(request, request.user, sid=_sid_of(request))


def _sid_of(request: HttpRequest) -> str:
    if _SID not in request.session:
        request.session[_SID] = generate()
    return str(request.session[_SID])


def _context_of(request: HttpRequest) -> tuple[str, tuple[str, ...]]:
    if not conf.AUTHENTICATION_CONTEXT:
        return "", ()
    ask: Callable[[HttpRequest], Mapping[str, Any]] = import_string(conf.AUTHENTICATION_CONTEXT)
    told = ask(request) or {}
    acr, amr = told.get("acr") or "", told.get("amr") or ()
    is_list = isinstance(amr, list | tuple) and all(isinstance(name, str) for name in amr)
    if not is_list or not isinstance(acr, str) or len(acr) > _LONGEST_ACR:
        raise ImproperlyConfigured(
            f'{conf.AUTHENTICATION_CONTEXT} must return {{"acr": a string, "amr": a list of strings}}.'
        )
    return acr, tuple(amr)
