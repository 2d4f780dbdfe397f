"""Writing down that a browser is signed in: at each sign-in, and at most once an hour afterwards."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.audit.actors import network_of
from django_oauthflows.core import clock
from django_oauthflows.sessions import engine
from django_oauthflows.sessions.ending import session_crowded_out
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.statements import CompiledSelect

#: What was written last, kept in the session itself: of which key, and when (seconds since 1970).
_NOTED = "_oauthflows_noted"
#: Seconds between two writes for the same browser.
_SELDOM = 3600
_LONGEST_AGENT = 200
#: How many sign-ins of one person are kept. The one used longest ago ends where there is one more.
MOST_OF_PERSON = 100
#: How many are ended at once.
_ENDED_AT_ONCE = 10

_ENDED = CompiledSelect(
    lambda: (ProviderSession.objects.filter(ended__isnull=False).values_list("pk"), "sid")
)


def note(request: HttpRequest, person: Any, *, sid: str) -> None:
    """Note that a person is signed in with this browser.

    Nothing is written where that was done within the hour and the session's key is still the same: Django
    changes it when the person signs in again or changes their password.
    """
    now = clock.now()
    if request.session.session_key is None and engine.sessions_can_be_ended():
        request.session.save()  # it gets its key only now
    mark = sha256((request.session.session_key or "").encode()).hexdigest()[:16]
    noted = request.session.get(_NOTED) or ("", 0.0)
    if noted[0] == mark and now.timestamp() - noted[1] < _SELDOM:
        return
    is_new = _write(sid, person, _columns(request, sid), is_known=bool(noted[0]))
    request.session[_NOTED] = [mark, now.timestamp()]
    if is_new:
        _end_oldest(person, request)


def has_ended(sid: str) -> bool:
    """Tell whether the sign-in of this name was ended; one that was never noted was not."""
    return bool(sid) and _ENDED.first(sid, dot.token_database()) is not None


def _columns(request: HttpRequest, sid: str) -> dict[str, Any]:
    return {
        # A session that lives in a cookie goes on, whatever was thought of it. Any other one that was ended
        # stays so: this request may have begun before its end.
        **({} if engine.sessions_can_be_ended() else {"ended": None}),
        "sealed_key": engine.sealed_key_of(request, sid=sid),
        "last_seen": clock.now(),
        # Plus an hour, since each use of the site may move the end on without a word to us.
        "expires": request.session.get_expiry_date() + timedelta(seconds=_SELDOM),
        "network": network_of(request),
        "user_agent": request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:_LONGEST_AGENT],
    }


def _write(sid: str, person: Any, columns: dict[str, Any], *, is_known: bool) -> bool:
    """Write the row of this sign-in; `True` if it is a new one."""
    using = dot.token_database()
    row = ProviderSession.objects.using(using).filter(sid=sid)
    if is_known and row.update(**columns):
        return False
    try:
        with transaction.atomic(using=using):
            ProviderSession.objects.using(using).create(sid=sid, user_id=person.pk, **columns)
    except IntegrityError:
        row.update(**columns)  # another request of the same browser was first
        return False
    return True


def _end_oldest(person: Any, request: HttpRequest) -> None:
    """End what is beyond the room of one person, so that a program that signs in again and again is bounded.

    Each ends like a sign-out, and the browser's own session with it. Rows of sign-ins that have ended are the
    first to go, and so is that of a session in a cookie, which nothing can end: its next use notes it anew.
    """
    rows = ProviderSession.objects.using(dot.token_database()).filter(user_id=person.pk)
    by_use = rows.order_by(F("ended").desc(nulls_first=True), "-last_seen", "-pk")
    for row in by_use[MOST_OF_PERSON : MOST_OF_PERSON + _ENDED_AT_ONCE]:
        if row.ended is not None or not _ended_now(row, request):
            row.delete()


def _ended_now(row: ProviderSession, request: HttpRequest) -> bool:
    answers = session_crowded_out.send(sender=None, row=row, request=request)
    return any(has_ended for _, has_ended in answers)
