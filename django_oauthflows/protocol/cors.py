"""Letting single-page apps call the token endpoint from their own origin, and nobody else's script."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.rules.requests import ClientFacts

_DAY = "86400"
#: What a script may read of an answer besides its body: why it was refused.
_READABLE = f"{REFERENCE_HEADER}, WWW-Authenticate, Retry-After"


def preflight(*, methods: str = "POST") -> HttpResponse:
    """What a browser asks before the request itself; it names no client yet, so every origin may try."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = _DAY
    return response


def allow(response: HttpResponse, request: HttpRequest, client: ClientFacts | None) -> HttpResponse:
    """Let the script that asked read the answer, if it runs on an origin of the client's."""
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin and client is not None and origin in _origins_of(client):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = _READABLE
    response["Vary"] = "Origin"
    return response


def allow_everyone(response: HttpResponse) -> HttpResponse:
    """For documents that are public anyway."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = _READABLE
    return response


def _origins_of(client: ClientFacts) -> set[str]:
    """The origins its owner listed, and those of its own redirect URIs."""
    parts = [urlsplit(uri) for uri in client.redirect_uris]
    own = {f"{part.scheme}://{part.netloc}" for part in parts if part.scheme in ("http", "https")}
    return own | set(client.allowed_origins)
