"""Writing down that a browser is signed in: at each sign-in, and at most once an hour afterwards."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows import dot
from django_oauthflows.audit.actors import network_of
from django_oauthflows.sessions import engine
from django_oauthflows.sessions.models import ProviderSession

#: What was written last, kept in the session itself: of which key, and when (seconds since 1970).
_NOTED = "_oauthflows_noted"
#: Seconds between two writes for the same browser.
_SELDOM = 3600
_LONGEST_AGENT = 200


def note(request: HttpRequest, person: Any, *, sid: str) -> None:
    """Note that a person is signed in with this browser.

    Nothing is written where that was done within the hour and the session's key is still the same: Django
    changes it when the person signs in again or changes their password.
    """
    now = timezone.now()
    if request.session.session_key is None and engine.sessions_can_be_ended():
        request.session.save()  # it gets its key only now
    mark = sha256((request.session.session_key or "").encode()).hexdigest()[:16]
    noted = request.session.get(_NOTED) or ("", 0.0)
    if noted[0] == mark and now.timestamp() - noted[1] < _SELDOM:
        return
    _write(sid, person, _columns(request, sid), is_known=bool(noted[0]))
    request.session[_NOTED] = [mark, now.timestamp()]


def _columns(request: HttpRequest, sid: str) -> dict[str, Any]:
    return {
        "ended": None,  # it is there, whatever was thought of it
        "sealed_key": engine.sealed_key_of(request, sid=sid),
        "last_seen": timezone.now(),
        # Plus an hour, since each use of the site may move the end on without a word to us.
        "expires": request.session.get_expiry_date() + timedelta(seconds=_SELDOM),
        "network": network_of(request),
        "user_agent": request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:_LONGEST_AGENT],
    }


def _write(sid: str, person: Any, columns: dict[str, Any], *, is_known: bool) -> None:
    using = dot.token_database()
    row = ProviderSession.objects.using(using).filter(sid=sid)
    if is_known and row.update(**columns):
        return
    try:
        with transaction.atomic(using=using):
            ProviderSession.objects.using(using).create(sid=sid, user_id=person.pk, **columns)
    except IntegrityError:
        row.update(**columns)  # another request of the same browser was first
