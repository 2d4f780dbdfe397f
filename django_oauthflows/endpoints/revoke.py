"""The revocation endpoint (RFC 7009 §2)."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.clients.authentication import authenticate, method_used
from django_oauthflows.clients.dry_run.shapes import of_authentication
from django_oauthflows.endpoints.shown_token import token_of
from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.parameters import from_body
from django_oauthflows.tokens.revocation import revoke as revoke_token
from django_oauthflows.traffic import counting


@json_endpoint("revoke")
def revoke(request: HttpRequest) -> dict[str, Any]:
    """End a token of the client's own; an unknown one is no error (RFC 7009 §2.2)."""
    parameters = from_body(request)
    client = authenticate(request, parameters)
    revoke_token(token_of(parameters), client=client, request=request)
    shape = of_authentication(method_used(request, parameters, client))
    counting.accepted("revoke", application_key=client.key, shape=shape)
    return {}
