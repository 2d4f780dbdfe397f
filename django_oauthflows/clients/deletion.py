"""The end of a client: whichever way its row is deleted, the audit log keeps that it was, and by whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.core.model_signals import listen_to_rows

#: Who deletes, in this thread or task: Django tells whoever listens to a deletion nothing of it.
_deleting: ContextVar[tuple[Any, HttpRequest | None]] = ContextVar(
    "oauthflows_deleting", default=(None, None)
)


def listen() -> None:
    """Hear of every client that is deleted; called once when the app is ready."""
    model = dot.application_model()
    listen_to_rows(models.signals.pre_delete, _leaves, model, uid="oauthflows-client-leaves")
    listen_to_rows(models.signals.post_delete, _deleted, model, uid="oauthflows-client-deleted")


def delete(application: Any, *, by: Any = None, request: HttpRequest | None = None) -> None:
    """Delete a client with all that belongs to it."""
    with done_by(by, request=request):
        application.delete()


@contextmanager
def done_by(by: Any = None, *, request: HttpRequest | None = None) -> Iterator[None]:
    """Clients that are deleted within were deleted by this actor; elsewhere, by the server."""
    token = _deleting.set((by, request))
    try:
        yield
    finally:
        _deleting.reset(token)


def _leaves(instance: Any, **_: Any) -> None:
    """Events that know the client by its row alone learn its id, by which they are found afterwards."""
    known = AuditEvent.objects.filter(application_id=instance.pk, client_id="")
    known.update(client_id=instance.client_id)


def _deleted(instance: Any, **_: Any) -> None:
    by, request = _deleting.get()
    recorder.record(
        Event.CLIENT_DELETED,
        client_id=instance.client_id,
        by=by,
        request=request,
        detail={"name": instance.name},
    )
