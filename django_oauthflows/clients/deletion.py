"""The end of a client."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event


def delete(application: Any, *, by: Any = None, request: HttpRequest | None = None) -> None:
    """Delete a client with all that belongs to it."""
    with transaction.atomic():
        application.delete()
        recorder.record(
            Event.CLIENT_DELETED,
            client_id=application.client_id,
            by=by,
            request=request,
            detail={"name": application.name},
        )
