"""The revocation endpoint (RFC 7009 §2)."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.clients.authentication import authenticate
from django_oauthflows.endpoints.shown_token import token_of
from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.parameters import from_body
from django_oauthflows.tokens.revocation import revoke as revoke_token


@json_endpoint("revoke")
def revoke(request: HttpRequest) -> dict[str, Any]:
    """End a token of the client's own; an unknown one is no error (RFC 7009 §2.2)."""
    parameters = from_body(request)
    client = authenticate(request, parameters)
    revoke_token(token_of(parameters), client=client, request=request)
    return {}
