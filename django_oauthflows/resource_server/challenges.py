"""How an API says no (RFC 6750 §3): every refusal of a token leaves with a challenge the client can read."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from django_oauthflows.errors import Code, Refusal
from django_oauthflows.issuer import url_of

REALM = "api"


class TokenRefused(AuthenticationFailed):
    """A token was shown and is not good: 401, never an anonymous request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence, code=str(refusal.code))
        self.refusal = refusal


class InsufficientScope(PermissionDenied):
    """The token is good and not enough (RFC 6750 §3.1). `auth_header` is what DRF sends as challenge."""

    def __init__(self, request: HttpRequest, scopes: Collection[str]) -> None:
        needed = " ".join(sorted(scopes))
        super().__init__(
            f"The access token needs the scope: {needed}.", code=str(Code.INSUFFICIENT_SCOPE)
        )
        self.auth_header = challenge(
            request,
            error=str(Code.INSUFFICIENT_SCOPE),
            error_description="The access token does not have the scope this needs.",
            scope=needed,
        )


def challenge(request: HttpRequest, **members: str) -> str:
    """A `WWW-Authenticate` value that leads to the resource's metadata (RFC 9728 §5.1)."""
    parts = {"realm": REALM, **members, **_metadata(request)}
    return "Bearer " + ", ".join(
        f'{name}="{_quoted(value)}"' for name, value in parts.items() if value
    )


def challenge_for(request: Any, refusal: Refusal | None, scopes: Collection[str]) -> str:
    """The challenge for a refused token, or without an error for a request that had none.

    `scopes` are those the view needs, so that a client can ask for the right ones at once.
    """
    scope = " ".join(sorted(scopes))
    if refusal is None:
        return challenge(request, scope=scope)
    return challenge(
        request, error=str(refusal.code), error_description=refusal.sentence, scope=scope
    )


def _metadata(request: HttpRequest) -> dict[str, str]:
    try:
        return {"resource_metadata": url_of(request, "resource-metadata")}
    except NoReverseMatch:
        # An API that only checks tokens need not serve the document.
        return {}


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
