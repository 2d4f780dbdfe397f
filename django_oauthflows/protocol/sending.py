"""What an authorization request is answered with, once nothing stands against it."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from django_oauthflows.flows.base import Flow
from django_oauthflows.protocol.answers import ReturnAddress, back_to_client
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.tokens import codes
from django_oauthflows.tokens.front_channel import issue_in_front
from django_oauthflows.tokens.sessions import sign_in_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An authorization request that passed every rule."""

    request: AuthorizationRequest
    flow: Flow
    address: ReturnAddress


def send(http: HttpRequest, asked: Asked, scopes: frozenset[str]) -> HttpResponse:
    """Issue what the response type names, and send it back to the client."""
    request = replace(asked.request, scopes=scopes)
    sign_in, now = sign_in_of(http), timezone.now()
    if "token" not in request.response_type.split():
        code = codes.issue_code(
            request,
            flow=asked.flow.slug,
            person=http.user,
            scopes=scopes,
            sign_in=sign_in,
            now=now,
        )
        return back_to_client(http, asked.address, {"code": code})
    issued = issue_in_front(
        request,
        flow=asked.flow.slug,
        person=http.user,
        sign_in=sign_in,
        now=now,
        with_code="code" in request.response_type.split(),
    )
    members = {
        **({"code": issued.code} if issued.code else {}),
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": str(issued.expires_in),
        "scope": " ".join(sorted(issued.scopes)),
    }
    return back_to_client(http, asked.address, members)
