"""The userinfo endpoint (OpenID Connect Core §5.3): an API of this server, protected like any other."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from django_oauthflows.clients.facts import client_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.identity import userinfo as told
from django_oauthflows.issuer import issuer_of
from django_oauthflows.protocol import cors, headers
from django_oauthflows.protocol.parameters import FORM, from_body
from django_oauthflows.resource_server.challenges import challenge_for
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.userinfo import USERINFO_RULES
from django_oauthflows.tokens.reading import authorization_of
from django_oauthflows.tokens.validation import validate


@csrf_exempt
@sensitive_post_parameters()
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST", "OPTIONS"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Tell a client what a person agreed to be told of them; to any script, since no cookie counts here."""
    if request.method == "OPTIONS":
        return cors.preflight(methods="GET, POST")
    try:
        response = _told(request)
    except Refusal as refusal:
        response = _refused(request, refusal)
    return cors.allow_everyone(headers.no_store(response))


def _told(request: HttpRequest) -> HttpResponse:
    token = validate(_shown(request), request)
    enforce(USERINFO_RULES, token)
    client = client_of(token.application.client_id)
    assert client is not None  # noqa: S101 - the token was found with its client
    scopes = frozenset(token.scope.split())
    members = told.userinfo(client, token.user, scopes, authorization_of(token))
    if told.is_plain_for(client):
        return JsonResponse(members)
    answer = told.as_jwt(client, members, issuer=issuer_of(request))
    return HttpResponse(answer, content_type="application/jwt")


def _shown(request: HttpRequest) -> str:
    """The token of the header or, in a POST, of the body (RFC 6750 §2.1, §2.2); empty without one."""
    scheme, _, in_header = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    in_body = ""
    if request.method == "POST" and request.content_type == FORM:
        in_body = from_body(request).text("access_token")
    if in_body and in_header:
        raise Refusal(
            Code.INVALID_REQUEST,
            "The access token was sent in two places: use one.",
            rule="access_token_must_be_sent_once",
            spec="RFC 6750 §2",
        )
    return in_body or (in_header.strip() if scheme.lower() == "bearer" else "")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Error and challenge (RFC 6750 §3); whoever showed no token is told what is wanted, and no error."""
    has_shown = refusal.code is not Code.INVALID_TOKEN or bool(_shown(request))
    members = {"error": str(refusal.code), "error_description": refusal.sentence}
    response = JsonResponse(members if has_shown else {}, status=refusal.status)
    scopes = ["openid"] if refusal.code is Code.INSUFFICIENT_SCOPE else []
    response["WWW-Authenticate"] = challenge_for(request, refusal if has_shown else None, scopes)
    return response
