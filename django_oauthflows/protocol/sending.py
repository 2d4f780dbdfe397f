"""What an authorization request is answered with, once nothing stands against it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients.dry_run import shapes
from django_oauthflows.clients.dry_run.shapes import NOTHING_MORE, Sent
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.flows.base import Flow
from django_oauthflows.identity.id_token import (
    Identified,
    asked_of_project,
    id_token_for,
)
from django_oauthflows.identity.signing import be_ready
from django_oauthflows.protocol.answers import ReturnAddress, back_to_client
from django_oauthflows.protocol.dropped_scopes import note_dropped_scopes
from django_oauthflows.rules import contexts
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.tokens import codes
from django_oauthflows.tokens.front_channel import FrontIssued, issue_in_front
from django_oauthflows.tokens.sessions import SignIn, sign_in_of
from django_oauthflows.traffic import counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An authorization request that passed every rule."""

    request: AuthorizationRequest
    flow: Flow
    address: ReturnAddress
    sent: Sent = NOTHING_MORE


def send(http: HttpRequest, asked: Asked, scopes: frozenset[str]) -> HttpResponse:
    """Issue what the response type names, and send it back to the client.

    `scopes` are those the person granted, of the request's own and of those its named claims belong to.
    """
    answer = _answer(http, asked, scopes)
    counting.accepted(
        "authorize",
        flow=asked.flow.slug,
        application_key=asked.request.client.key,
        shape=shapes.of_authorization(asked.request, asked.sent),
    )
    note_dropped_scopes(http, asked.request, endpoint="authorize", user=http.user)
    return answer


def _answer(http: HttpRequest, asked: Asked, scopes: frozenset[str]) -> HttpResponse:
    request = granted(asked.request, scopes)
    sign_in, now = as_asked(request, sign_in_of(http)), clock.now()
    if request.response_types == {"code"}:
        code = codes.issue_code(
            request,
            flow=asked.flow.slug,
            person=http.user,
            scopes=request.scopes,
            sign_in=sign_in,
            now=now,
        )
        return back_to_client(http, asked.address, {"code": code})
    own_claims = None
    if "id_token" in request.response_types:
        be_ready(request.client)
        own_claims = _own_claims(http, request, sign_in, now)
    issued = issue_in_front(
        request,
        flow=asked.flow.slug,
        person=http.user,
        sign_in=sign_in,
        now=now,
        network=network_of(http),
    )
    members = {
        **({"code": issued.code} if issued.code else {}),
        **(_access_token_members(issued) if issued.access_token else {}),
        **_id_token_member(
            request, issued, person=http.user, sign_in=sign_in, now=now, own_claims=own_claims
        ),
    }
    return back_to_client(http, asked.address, members)


def as_asked(request: AuthorizationRequest, sign_in: SignIn) -> SignIn:
    """Return the sign-in with the `acr` that answers the request (OpenID Connect Core §3.1.2.1).

    A request that asks for none is told what the project itself says of sign-ins, and nothing else.
    """
    if not contexts.is_asked_for(request):
        return sign_in
    satisfied = contexts.satisfied_by(sign_in.acr, conf.ACR_LADDER)
    wished = request.acr_required or request.acr_values
    return replace(sign_in, acr=contexts.told(satisfied, wished))


def granted(request: AuthorizationRequest, scopes: frozenset[str]) -> AuthorizationRequest:
    """The request as it was granted: a claim by name is told where the scope it belongs to was."""
    claims, for_claims = request.claims, sorted(scopes & request.claim_scopes)
    if claims is not None and for_claims:
        claims = {**claims, "scopes": for_claims}
    return replace(request, scopes=scopes & request.scopes, claims=claims)


def _access_token_members(issued: FrontIssued) -> dict[str, str]:
    """RFC 6749 §4.2.2."""
    return {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": str(issued.expires_in),
        "scope": " ".join(sorted(issued.scopes)),
    }


def _id_token_member(
    request: AuthorizationRequest,
    issued: FrontIssued,
    *,
    person: Any,
    sign_in: SignIn,
    now: datetime,
    own_claims: Mapping[str, Any] | None,
) -> dict[str, str]:
    """The ID token of the front channel (OpenID Connect Core §3.2.2.5, §3.3.2.5)."""
    if "id_token" not in request.response_types:
        return {}
    told = identified(
        request, person=person, sign_in=sign_in, now=now, authorization=issued.authorization
    )
    token = id_token_for(
        replace(told, own_claims=own_claims),
        access_token=issued.access_token,
        code=issued.code,
        tells_scopes=tells_scopes(request),
    )
    return {"id_token": token}


def _own_claims(
    http: HttpRequest, request: AuthorizationRequest, sign_in: SignIn, now: datetime
) -> Mapping[str, Any] | None:
    """What the project's validator tells, asked before anything is issued. Raises `Refusal`."""
    told = identified(request, person=http.user, sign_in=sign_in, now=now, authorization=None)
    return asked_of_project(told, http).own_claims


def tells_scopes(request: AuthorizationRequest) -> bool:
    """With no access token to ask userinfo with, the ID token says it all (OpenID Connect Core §5.4)."""
    return request.response_types == {"id_token"}


def identified(
    request: AuthorizationRequest,
    *,
    person: Any,
    sign_in: SignIn,
    now: datetime,
    authorization: UUID | None,
) -> Identified:
    """The sign-in that an ID token of the front channel tells of."""
    return Identified(
        client=request.client,
        person=person,
        issuer=request.issuer,
        now=now,
        scopes=request.scopes,
        auth_time=sign_in.auth_time,
        acr=sign_in.acr,
        amr=sign_in.amr,
        nonce=request.nonce,
        sid=sign_in.sid,
        authorization=authorization,
        asked=request.claims,
    )
