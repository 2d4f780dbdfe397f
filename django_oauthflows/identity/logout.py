"""The end of a sign-in: what was granted in it, who is told of it, and the browser it was in.

A sign-out by any way of Django's is noticed through its signal: its own view, the admin, or code that calls
`logout`. What ends from elsewhere (the person's list of sign-ins, an administrator) ends here.
"""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.core import clock
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.errors import Refusal
from django_oauthflows.identity import couriers
from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.identity.participants import participants_of
from django_oauthflows.issuer import issuer_of
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.sessions import engine
from django_oauthflows.sessions.ending import session_crowded_out, session_ended
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens import endings
from django_oauthflows.tokens.issuing_conditions import hold_user
from django_oauthflows.tokens.sessions import current_sid, session_checksum
from django_oauthflows.tokens.subjects import subject_of

logger = logging.getLogger("django_oauthflows.logout")


def listen() -> None:
    """Hear of every sign-out, and of the sign-ins that are too many; called once when the app is ready."""
    user_logged_out.connect(_signed_out, dispatch_uid="oauthflows-tell-of-sign-out")
    session_crowded_out.connect(_crowded_out, dispatch_uid="oauthflows-too-many-sign-ins")


def _crowded_out(sender: Any, row: ProviderSession, request: HttpRequest, **_: Any) -> bool:
    return end_session(row, reason="too_many_sign_ins", request=request)


def _signed_out(sender: Any, request: Any, user: Any, **_: Any) -> None:
    """End this browser's own sign-in; Django empties its session right after."""
    if user is None or request is None:
        return
    sid, using = current_sid(request), dot.token_database()
    with transaction.atomic(using=using):
        hold_user(user.pk, using)
        had_not_ended = bool(sid) and _note_end(sid)
        _end(user, sid, request, session=session_checksum(request))
        if had_not_ended:
            _record(user, request, reason="signed_out")


def _end(person: Any, sid: str, request: HttpRequest, *, session: str = "") -> None:
    """End what the sign-in leaves behind, and then tell its clients.

    Its row must say by now that it has ended: a request that is being answered in it sees that, or is seen
    here. Clients are looked up last: one that has redeemed its code in the meantime is told as well.
    """
    endings.end_sign_in(person, session=session, sid=sid, request=request)
    if sid:
        session_ended.send(sender=None, sid=sid)
        tell_clients(person, sid, request)


def end_session(row: ProviderSession, *, reason: str, request: HttpRequest) -> bool:
    """End a sign-in in another browser; `False` if it had ended before, or is kept where nobody can reach it.

    `reason` is a short slug for the record, as `ended_by_person`.
    """
    using = dot.token_database()
    with transaction.atomic(using=using):
        hold_user(row.user_id, using)
        if not _note_end(row.sid):
            return False
        if not engine.end(row):
            transaction.set_rollback(True, using=using)  # it goes on, and its row goes on to say so
            return False
        _end(row.user, row.sid, request)
        _record(row.user, request, reason=reason)
    return True


def _record(person: Any, request: HttpRequest, *, reason: str) -> None:
    recorder.record(Event.SESSION_ENDED, user=person, request=request, detail={"reason": reason})


def tell_clients(person: Any, sid: str, request: HttpRequest) -> None:
    """Make a delivery for each client that is to be told server to server, and send for a courier."""
    using = dot.token_database()
    clients = [
        client for client in participants_of(sid, person) if client.openid.backchannel_logout_uri
    ]
    if not clients:
        return
    try:
        issuer = issuer_of(request)
    except KeyError:
        logger.warning("a sign-out without a request of the network: its clients are not told")
        return
    rows = [_delivery(client, person, sid, issuer) for client in clients]
    with transaction.atomic(using=using):
        LogoutDelivery.objects.using(using).bulk_create(rows)
        after_commit(couriers.send, using=using)


def _delivery(client: ClientFacts, person: Any, sid: str, issuer: str) -> LogoutDelivery:
    return LogoutDelivery(
        application_id=client.key,
        uri=client.openid.backchannel_logout_uri,
        issuer=issuer,
        subject=_subject(client, person),
        sid=sid,
    )


def _subject(client: ClientFacts, person: Any) -> str:
    """Return whom the client knows; empty where the project's hook fails, which keeps nobody signed in."""
    try:
        return subject_of(client, person.pk, user=person)
    except Refusal:
        return ""


def _note_end(sid: str) -> bool:
    rows = ProviderSession.objects.using(dot.token_database())
    return bool(rows.filter(sid=sid, ended__isnull=True).update(ended=clock.now()))
