"""The introspection endpoint (RFC 7662 §2)."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from django_oauthflows.audit import inactive_tokens
from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.clients.authentication import method_used
from django_oauthflows.clients.dry_run.shapes import of_authentication
from django_oauthflows.endpoints.shown_token import token_of
from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.introspecting import asker_by_get, asker_of
from django_oauthflows.protocol.parameters import from_body, token_from_query
from django_oauthflows.rules.jwt_types import INTROSPECTION
from django_oauthflows.tokens.introspection import introspect as introspect_token
from django_oauthflows.tokens.introspection import signed
from django_oauthflows.traffic import counting

_SIGNED = f"application/{INTROSPECTION}"


@json_endpoint("introspect", methods=("POST", "GET"))
def introspect(request: HttpRequest) -> HttpResponse:
    """Tell an authenticated client what a token is (RFC 7662 §2.2), signed if it asks so (RFC 9701 §4)."""
    if request.method == "GET":
        client = asker_by_get(request)
        parameters = token_from_query(request)
    else:
        parameters = from_body(request)
        client = asker_of(request, parameters)
    answer = introspect_token(token_of(parameters), request, asker=client)
    shape = of_authentication(method_used(request, parameters, client))
    counting.accepted("introspect", application_key=client.key, shape=shape)
    response: HttpResponse = JsonResponse(answer.members)
    if request.get_preferred_type(["application/json", _SIGNED]) == _SIGNED:
        response = HttpResponse(signed(answer.members, request, asker=client), content_type=_SIGNED)
    if answer.reason is not None:
        response[REFERENCE_HEADER] = inactive_tokens.record(
            answer.reason,
            request,
            application_key=client.key,
            client_id=client.client_id,
            detail=answer.detail,
        )
    return response
