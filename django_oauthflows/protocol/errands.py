"""What a person was sent away to do for one request: sign in, sign up, step up, choose an account.

They come back to the same URL, and it has to be known then whether they did it. It is kept in a signed cookie
and not in the session, which Django empties when another person signs in than the one who was there: they
would be asked twice. An errand ends with the request's answer, so that an old link opens no new sign-in, and
a sign-in from before the errand never counts as the one that was asked for.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from django_oauthflows.core import clock
from django_oauthflows.protocol.parameters import Parameters

_COOKIE = "oauthflows_errands"
_SALT = "django_oauthflows.protocol.errands"
#: Seconds a person may take.
_LIFETIME = 1800
#: How many requests one browser may have open at once, in as many tabs.
_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What was asked of the person so far, and when they were last sent to sign in (seconds since 1970).

    `agreed_by` is the key of the user who pressed Allow and had to sign in again before the answer.
    """

    sent_to_sign_in: float | None = None
    was_sent_to_sign_up: bool = False
    was_sent_to_step_up: bool = False
    has_chosen: bool = False
    agreed_by: str = ""

    def to_sign_in(self) -> "Errand":
        """Sent now; an earlier errand goes on, since whoever reloads the page has not been anywhere."""
        if self.sent_to_sign_in is not None:
            return self
        return replace(self, sent_to_sign_in=clock.now().timestamp())

    def to_sign_in_anew(self, *, agreed_by: str = "") -> "Errand":
        """Let the person be sent to sign in once more, since the sign-in made for the request is too old."""
        return replace(self, sent_to_sign_in=None, agreed_by=agreed_by or self.agreed_by)


def name_of(parameters: Parameters) -> str:
    """What tells one request from another."""
    sent = json.dumps(sorted(parameters.plain().items()))
    return sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def errand_of(http: HttpRequest, name: str) -> Errand:
    """What this browser was sent away for on account of the request; nothing, unless we signed it."""
    kept = _all(http).get(name, {})
    known = {field.name: kept[field.name] for field in fields(Errand) if field.name in kept}
    return Errand(**known)


def keep(response: HttpResponse, http: HttpRequest, name: str, errand: Errand) -> HttpResponse:
    """Remember the errand in the browser; the oldest of too many is forgotten."""
    errands = {key: kept for key, kept in _all(http).items() if key != name}
    errands[name] = asdict(errand)
    return _write(response, http, dict(list(errands.items())[-_MOST:]))


def end(response: HttpResponse, http: HttpRequest, name: str) -> HttpResponse:
    """The request has been answered: a new one starts from the beginning."""
    errands = _all(http)
    if errands.pop(name, None) is None:
        return response
    return _write(response, http, errands)


def _all(http: HttpRequest) -> dict[str, dict[str, Any]]:
    try:
        kept = signing.loads(http.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LIFETIME)
    except signing.BadSignature:
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(
    response: HttpResponse, http: HttpRequest, errands: dict[str, dict[str, Any]]
) -> HttpResponse:
    path = reverse("oauthflows:authorize")
    if not errands:
        response.delete_cookie(_COOKIE, path=path, samesite="Lax")
        return response
    response.set_cookie(
        _COOKIE,
        signing.dumps(errands, salt=_SALT),
        max_age=_LIFETIME,
        path=path,
        secure=http.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
