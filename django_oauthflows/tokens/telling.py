"""What is told of an end, once it is really there: to the audit log, and to whoever listens."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.tokens.models import Authorization


def ended(authorization: Authorization, reason: str, by: Any, request: HttpRequest | None) -> None:
    """A grant ended, with all that came of it."""
    recorder.record(
        Event.AUTHORIZATION_REVOKED,
        application_key=authorization.application_id,
        client_id=_client_id_of(authorization),
        user=authorization.user_id,
        by=by,
        request=request,
        detail={"reason": reason, "authorization": str(authorization.pk)},
    )
    after_commit(
        signals.authorization_revoked.send_robust,
        using=dot.token_database(),
        sender=None,
        authorization_id=authorization.pk,
        reason=reason,
    )


def token_ended(row: Any, reason: str, by: Any, request: HttpRequest | None) -> None:
    """A token ended alone: its grant goes on, or there never was one."""
    recorder.record(
        Event.TOKEN_REVOKED,
        application_key=row.application_id,
        client_id=_client_id_of(row),
        user=row.user_id,
        by=by,
        request=request,
        detail={"reason": reason},
    )


def _client_id_of(row: Any) -> str:
    """As far as it was read already: the event names the client by its key anyway."""
    return getattr(row._state.fields_cache.get("application"), "client_id", "")
