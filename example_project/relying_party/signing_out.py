"""Signing out, both ways: from here at the provider, and from the provider here."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest

from example_project.relying_party.models import SignedIn


def provider_logout_url(request: HttpRequest) -> str:
    """Where a person goes to sign out at the provider too (OpenID Connect RP-Initiated Logout 1.0 §2)."""
    # There is none after one person signed in over another: then the provider asks before it signs out.
    hint = request.session.get("oidc_id_token", "")
    query = {
        **({"id_token_hint": hint} if hint else {}),
        "client_id": settings.OIDC_RP_CLIENT_ID,
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
    }
    return f"{settings.OIDC_OP_LOGOUT_ENDPOINT}?{urlencode(query)}"


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
