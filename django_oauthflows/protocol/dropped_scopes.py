"""The record of scopes that a request was answered without, since no part of the server knows them."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest

#: How many of them are written down, and so many characters of each. They are printable ASCII.
_MOST, _LONGEST = 20, 100


def note_dropped_scopes(
    http: HttpRequest,
    request: AuthorizationRequest | TokenRequest,
    *,
    endpoint: str,
    user: Any = None,
) -> None:
    """Write down what was left out of a request that is answered; nothing where nothing was."""
    if not request.scopes_dropped:
        return
    client = request.client
    recorder.record_some(
        Event.SCOPES_DROPPED,
        http,
        endpoint=endpoint,
        application_key=client.key,
        client_id=client.client_id,
        user=user,
        # At the authorization endpoint nobody has proved to be the client.
        by=actors.client(client.client_id) if user is None else user,
        detail={
            "dropped": [name[:_LONGEST] for name in sorted(request.scopes_dropped)[:_MOST]],
            "number": len(request.scopes_dropped),
            "left": sorted(request.scopes),
        },
    )
