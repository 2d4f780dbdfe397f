"""The userinfo endpoint (OpenID Connect Core §5.3): an API of this server, protected like any other."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.references import REFERENCE_HEADER, members_of
from django_oauthflows.clients.facts import client_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.identity import userinfo as told
from django_oauthflows.issuer import issuer_of
from django_oauthflows.protected_views import protected
from django_oauthflows.protocol import cors, headers
from django_oauthflows.protocol.parameters import FORM, from_body
from django_oauthflows.resource_server.challenges import challenge_for
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.tokens import access_token_client_must_be_enabled
from django_oauthflows.rules.userinfo import USERINFO_RULES
from django_oauthflows.tokens.reading import authorization_of
from django_oauthflows.tokens.validation import validate
from django_oauthflows.traffic import counting


@protected("openid")
@login_not_required
@csrf_exempt
@sensitive_post_parameters()
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST", "OPTIONS"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Tell a client what a person agreed to be told of them; to any script, since no cookie counts here."""
    if dot.is_switched_off("OIDC_ENABLED"):
        raise Http404
    if request.method == "OPTIONS":
        return cors.preflight(methods="GET, POST")
    token: Any = None
    try:
        token = validate(_shown(request), request, is_userinfo=True)
        enforce(USERINFO_RULES, token)
        response = _told(request, token)
        counting.accepted("userinfo")
    except Refusal as refusal:
        response = _refused(request, refusal, token)
    return cors.allow_everyone(headers.no_store(response))


def _told(request: HttpRequest, token: Any) -> HttpResponse:
    client = client_of(token.application.client_id)
    if client is None:  # known by a metadata document, which the site takes no more
        raise access_token_client_must_be_enabled.refusal(
            "The access token is unknown, revoked or expired."
        )
    scopes = frozenset(token.scope.split())
    members = told.userinfo(
        client, token.user, scopes, authorization_of(token), request=request, token=token
    )
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


def _refused(request: HttpRequest, refusal: Refusal, token: Any) -> HttpResponse:
    """Error and challenge (RFC 6750 §3); whoever showed no token is told what is wanted, and no error."""
    scopes = ["openid"] if refusal.code is Code.INSUFFICIENT_SCOPE else []
    if refusal.code is Code.INVALID_TOKEN and not _shown(request):
        response = JsonResponse({}, status=refusal.status)
        response["WWW-Authenticate"] = challenge_for(request, None, scopes)
        return response
    reference = recorder.refuse(
        refusal,
        request,
        endpoint="userinfo",
        application_key=token.application_id if token else None,
        client_id=token.application.client_id if token else "",
        user=token.user_id if token else None,
    )
    response = JsonResponse(members_of(request, refusal, reference), status=refusal.status)
    response[REFERENCE_HEADER] = reference
    response["WWW-Authenticate"] = challenge_for(request, refusal, scopes, reference)
    return response
