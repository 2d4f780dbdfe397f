"""The introspection endpoint (RFC 7662 §2)."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from django_oauthflows.clients.authentication import authenticate, method_used
from django_oauthflows.clients.dry_run.shapes import of_authentication
from django_oauthflows.endpoints.shown_token import token_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.parameters import from_body
from django_oauthflows.tokens.introspection import INTROSPECTION_JWT, signed
from django_oauthflows.tokens.introspection import introspect as introspect_token
from django_oauthflows.traffic import counting

_SIGNED = f"application/{INTROSPECTION_JWT}"


@json_endpoint("introspect")
def introspect(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """Tell an authenticated client what a token is (RFC 7662 §2.2), signed if it asks so (RFC 9701 §4)."""
    parameters = from_body(request)
    client = authenticate(request, parameters)
    if not client.is_confidential:
        raise Refusal(
            Code.INVALID_CLIENT,
            "Introspection needs a client that can authenticate.",
            rule="introspecting_client_must_be_confidential",
            spec="RFC 7662 §2.1",
            status=401,
        )
    members = introspect_token(token_of(parameters), request, asker=client)
    shape = of_authentication(method_used(request, parameters, client))
    counting.accepted("introspect", application_key=client.key, shape=shape)
    if request.get_preferred_type(["application/json", _SIGNED]) != _SIGNED:
        return members
    return HttpResponse(signed(members, request, asker=client), content_type=_SIGNED)
