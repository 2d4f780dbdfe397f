"""The introspection endpoint (RFC 7662 §2)."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.clients.authentication import authenticate
from django_oauthflows.endpoints.shown_token import token_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.parameters import from_body
from django_oauthflows.tokens.introspection import introspect as introspect_token


@json_endpoint("introspect")
def introspect(request: HttpRequest) -> dict[str, Any]:
    """Tell an authenticated client what a token is (RFC 7662 §2.2)."""
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
    return introspect_token(token_of(parameters), request, asker=client)
