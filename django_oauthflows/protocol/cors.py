"""Which scripts in browsers may call the endpoints for clients, and read what these answer (Fetch §3.3).

Tokens are for scripts on an origin of the client's own. Documents are for everybody, and so is the answer
that nobody knows the client. No cookie counts at these endpoints: no answer allows credentials. The
authorization endpoint is for browsers and not for scripts (RFC 9700 §2.6).
"""

from django.http import HttpRequest, HttpResponse

from django_oauthflows import dot
from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.core import hosts
from django_oauthflows.rules.requests import ClientFacts

_DAY = "86400"
#: What scripts of known clients send: those of Swagger UI, of agents (MCP) and of holders of keys (RFC 9449).
_HEADERS = (
    "Authorization",
    "Content-Type",
    "Accept",
    "X-Requested-With",
    "MCP-Protocol-Version",
    "DPoP",
)
#: What a script may read of an answer besides its body: why it was refused.
_READABLE = f"{REFERENCE_HEADER}, WWW-Authenticate, Retry-After"


def preflight(*, methods: str = "POST") -> HttpResponse:
    """What a browser asks before the request itself; it names no client yet, so every origin may try."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = ", ".join(_HEADERS)
    response["Access-Control-Max-Age"] = _DAY
    return response


def allow(response: HttpResponse, request: HttpRequest, client: ClientFacts | None) -> HttpResponse:
    """Let the script that asked read the answer, if it runs on an origin of the client's."""
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin and client is not None and _is_its_own(client, origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = _READABLE
    response["Vary"] = "Origin"
    return response


def allow_everyone(response: HttpResponse) -> HttpResponse:
    """For documents that are public anyway."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = _READABLE
    return response


def _is_its_own(client: ClientFacts, origin: str) -> bool:
    """By what is registered, or by what a swapped model says of a client that has no policy."""
    if origin in _origins_of(client):
        return True
    return not client.has_policy and dot.allows_origin(client.key, origin)


def _origins_of(client: ClientFacts) -> set[str]:
    """The origins its owner listed, and those of its own redirect URIs."""
    named = (*client.redirect_uris, *client.allowed_origins)
    # A browser writes an origin in small letters (RFC 6454 §6.1).
    return {origin for origin in map(hosts.origin_of, named) if origin}
