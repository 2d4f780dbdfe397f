"""What the provider says when somebody's session there has ended (OpenID Connect Back-Channel Logout 1.0)."""

from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation

from example_project.relying_party.people import People

#: The only event that makes a JWT a logout token (§2.4).
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class NotALogoutToken(Exception):
    """Nobody is signed out because of it."""


def opened(token: str) -> dict[str, Any]:
    """Return what a logout token says, after the checks of §2.6. Raises `NotALogoutToken`."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            People().retrieve_matching_jwk(token),
            algorithms=[settings.OIDC_RP_SIGN_ALGO],
            audience=settings.OIDC_RP_CLIENT_ID,
            issuer=settings.PROVIDER_URL,
            options={"require": ["iat", "exp", "jti"]},
        )
    except (jwt.PyJWTError, SuspiciousOperation, KeyError, ValueError) as error:
        raise NotALogoutToken from error
    if not _tells_of_a_logout(claims):
        raise NotALogoutToken
    return claims


def _tells_of_a_logout(claims: dict[str, Any]) -> bool:
    """Is it about somebody's sign-out, and no ID token, which the same key signs?"""
    events = claims.get("events")
    return (
        isinstance(events, dict)
        and isinstance(events.get(EVENT), dict)
        and "nonce" not in claims
        and bool(claims.get("sid") or claims.get("sub"))
    )
