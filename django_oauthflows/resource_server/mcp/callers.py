"""Which web pages may call an MCP server: the `Origin` header (RFC 6454 §7, Fetch §3.2).

The transport demands the check, against DNS rebinding (MCP 2025-11-25, Transports, "Security Warning").
Programs that are no browsers send no Origin, and pass.
"""

from collections.abc import Collection

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.core import hosts
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.resource_server.refusals import record

#: What scripts send: the protocol's own headers beside those of every API.
_SENT = (
    "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name, "
    "Last-Event-ID"
)
_READ = f"WWW-Authenticate, {REFERENCE_HEADER}, Retry-After"
_DAY = "86400"


class OriginRefused(PermissionDenied):
    """The page that called is of another site: 403 before anything else is looked at."""


def check_origin(request: Request, allowed: Collection[str]) -> None:
    """Refuse a browser whose page is on none of the origins. Raises `OriginRefused`."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None or origin in allowed:
        return
    refusal = Refusal(
        Code.ACCESS_DENIED,
        "Pages of this origin may not call the MCP server.",
        rule="origin_must_be_allowed",
        spec="RFC 6454 §7",
        status=403,
    )
    record(request, refusal)
    raise OriginRefused(refusal.sentence)


def origins_among(addresses: Collection[str]) -> frozenset[str]:
    """The origins of some addresses, as browsers write them."""
    return frozenset(origin for origin in map(hosts.origin_of, addresses) if origin)


def let_script_read(response: HttpResponse, request: Request, allowed: Collection[str]) -> None:
    """Let the script of an allowed origin read the answer. No answer allows credentials."""
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin in allowed:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = _READ
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = "POST"
            response["Access-Control-Allow-Headers"] = _SENT
            response["Access-Control-Max-Age"] = _DAY
    patch_vary_headers(response, ["Origin"])
