"""Sessions here that the provider ends."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest

from example_project.relying_party.models import SignedIn


def remember_session(request: HttpRequest, user: User, **_: Any) -> None:
    """Note which session of the provider this one came from."""
    if not request.session.session_key:
        request.session.create()
    SignedIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "subject": user.get_username(),
            "provider_session": getattr(request, "provider_session", ""),
        },
    )


def end_sessions(claims: dict[str, Any]) -> int:
    """End the sessions here that a logout token is about: of one provider session, or of a person."""
    which = Q()
    if sid := claims.get("sid"):
        which &= Q(provider_session=sid)
    if subject := claims.get("sub"):
        which &= Q(subject=subject)
    ended = list(SignedIn.objects.filter(which).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=ended).delete()
    SignedIn.objects.filter(session_key__in=ended).delete()
    return len(ended)
