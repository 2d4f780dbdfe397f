"""What would be given, told: the token, its lifetimes, the claims, and what becomes of each scope."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.clients.requested_scopes import RequestedScopes, requested_scopes
from django_oauthflows.errors import Refusal
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.identity import id_token, userinfo
from django_oauthflows.identity.encryption import key_for
from django_oauthflows.identity.id_token import Identified
from django_oauthflows.identity.signing import signing_algorithm
from django_oauthflows.keys import adopted, ring
from django_oauthflows.keys.algorithms import ALGORITHMS, NONE
from django_oauthflows.protocol.rehearsal.base import (
    JWT,
    MADE_THEN,
    Delivery,
    Notes,
    Question,
    ScopeTold,
    Text,
    masked,
)
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.jwt_types import ACCESS_TOKEN
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, TokenRequest
from django_oauthflows.rules.tokens import USE_RULES
from django_oauthflows.rules.userinfo import USERINFO_RULES
from django_oauthflows.rules.words import words_of
from django_oauthflows.tokens import introspection, issuing, lifetimes
from django_oauthflows.tokens.audiences import audience_of_request
from django_oauthflows.tokens.formats import algorithm_of
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.prospects import Prospect
from django_oauthflows.tokens.reading import FoundAccessToken
from django_oauthflows.tokens.validation import is_meant, use_of


def told(
    http: HttpRequest,
    earned: Prospect,
    delivery: Delivery,
    *,
    now: datetime,
    person: Any = None,
    authorization: Authorization | None = None,
) -> Delivery:
    """A delivery with its access token; `authorization` is the grant it would belong to."""
    request, row = earned.request, _row(earned, person, now)
    audience = audience_of_request(request, is_for_person=earned.person is not None)
    claims = None if earned.claims is None else masked(earned.claims)
    header = _header(ACCESS_TOKEN, algorithm_of(request))
    return replace(
        delivery,
        has_access_token=True,
        access_jwt=None if claims is None else JWT(header=header, claims=claims),
        expires_in=int((earned.expires - now).total_seconds()),
        audience=audience,
        introspection=introspection.members_of_access_token(
            row,
            claims or {},
            request.issuer,
            asker=request.client,
            audience=audience if request.resource else (),
        ),
        **_refresh_of(earned, now),
        **_userinfo_of(http, row, request, authorization, now),
    )


def id_token_of(
    sign_in: Identified, *, beside_access_token: bool, beside_code: bool, tells_scopes: bool
) -> JWT:
    """What the ID token would say; each hash stands for what it is made of."""
    client, algorithm = sign_in.client, signing_algorithm(sign_in.client)
    members = id_token.members_of(
        sign_in,
        access_token=MADE_THEN if beside_access_token else "",
        code=MADE_THEN if beside_code else "",
        tells_scopes=tells_scopes,
    )
    header = _header("JWT", algorithm)
    is_encrypted = bool(client.openid.id_token_encrypted_response_alg)
    return JWT(header=header, claims=masked(members), is_encrypted=is_encrypted)


def must_be_ready(client: ClientFacts) -> None:
    """As `signing.be_ready`, but that no key is made and none is fetched. Raises `Refusal`."""
    alg = client.openid.id_token_encrypted_response_alg
    if alg and (client.jwks is not None or not client.jwks_uri):
        key_for(client, alg)


def scopes_told(question: Question, notes: Notes) -> Iterator[ScopeTold]:
    """Every scope of the client's and of the request, those that are given first."""
    client, descriptions = question.client, dot.all_scopes()
    named = _named(question)
    given = frozenset[str]().union(*(delivery.scopes for delivery in notes.deliveries))
    every = client.scopes | (question.scopes or named.scopes)
    for name in sorted(every, key=lambda name: (name not in given, name)):
        yield ScopeTold(
            name=name,
            description=str(descriptions.get(name, "")),
            is_given=name in given,
            why=_why(name, client, named, given, notes),
        )


def _named(question: Question) -> RequestedScopes:
    """What the request names; nothing is left out of a refresh (RFC 6749 §6)."""
    if question.scopes is not None and question.flow.grant_type == "refresh_token":
        return RequestedScopes(asked=question.scopes, scopes=question.scopes)
    flow = question.flow
    types = words_of(question.response_type or next(iter(flow.response_types), ""))
    comes_with_code = "code" in types or flow.grant_type == DEVICE_CODE.grant_type
    return requested_scopes(question.scopes, question.client, comes_with_code=comes_with_code)


def _why(
    name: str, client: ClientFacts, named: RequestedScopes, given: frozenset[str], notes: Notes
) -> Text:
    agreed, asked = notes.agreed, named.scopes
    if name in named.dropped:
        return _("No part of this server knows it: it is left out.")
    if name in named.ignored:
        return _(
            "Ignored: no code comes back, or the client may not refresh (OpenID Connect Core §11)."
        )
    if name not in client.allowed_scopes:
        return _("Not one of this client’s: whoever asks for it is refused.")
    if name in given:
        is_required = client.needs_all_scopes or name in client.fixed_scopes
        if agreed is not None and is_required:
            return _("Required: the person cannot leave it out.")
        return _("Asked for.") if name in asked else _("Given before.")
    if name not in asked:
        if agreed is not None and name in agreed:
            return _("For a claim that is asked for by name: told, and not in the token’s scope.")
        return _("Not asked for.")
    if agreed is not None and name not in agreed:
        return _("Optional, and left out by the person.")
    return _("Asked for, and no token is given.")


def _row(earned: Prospect, person: Any, now: datetime) -> Any:
    row = issuing.access_token_row(earned.request, earned.expires, person=earned.person)
    row.user, row.created = (person if earned.person is not None else None), now
    return row


def _header(typ: str, named: str) -> dict[str, str]:
    """As it would be; without the id of a key that is still to be made, or is the client's own."""
    if named == NONE:
        return {"alg": NONE}
    project = adopted.signing_key(named) if typ != ACCESS_TOKEN else None
    own = ring.signing_kid(named) if named in ALGORITHMS else ""
    kid = project.kid if project else own
    return {"typ": typ, "alg": named, **({"kid": kid} if kid else {})}


def _refresh_of(earned: Prospect, now: datetime) -> dict[str, Any]:
    request = earned.request
    if not earned.may_refresh or not isinstance(request, TokenRequest):
        return {"no_refresh": _why_none(earned)}
    idle = lifetimes.refresh_token_idle_end(request.client, now)
    absolute = request.held.ends_at if request.held else None
    return {
        "has_refresh_token": True,
        "refresh_idle": _seconds_until(idle, now),
        "refresh_absolute": _seconds_until(absolute, now),
    }


def _seconds_until(end: datetime | None, now: datetime) -> int | None:
    """Rounded, since a grant begins a moment before its code is redeemed."""
    return None if end is None else round((end - now).total_seconds())


def _why_none(earned: Prospect) -> Text:
    request = earned.request
    if not isinstance(request, TokenRequest):
        return _("No refresh token ever goes through the browser (RFC 9700 §2.1.2).")
    if earned.person is None:
        return _("The client acts for itself, and asks again (RFC 6749 §4.4.3).")
    flow = catalogue.BY_SLUG.get(request.flow)
    if flow is not None and not flow.may_be_refreshed:
        return _("This flow gives none: who needs another token asks again.")
    if request.client.may_refresh:
        return _("Here only a grant with the scope offline_access has one.")
    return _("The client may not use the refresh token flow.")


def _userinfo_of(
    http: HttpRequest,
    row: Any,
    request: TokenRequest | AuthorizationRequest,
    authorization: Authorization | None,
    now: datetime,
) -> dict[str, Any]:
    """What the userinfo endpoint would answer to this token, or why it would not."""
    there, client = copy.copy(http), request.client
    there.path = reverse("oauthflows:userinfo")
    found = FoundAccessToken(row=row, client_is_enabled=client.is_enabled)
    audience = audience_of_request(request, is_for_person=row.user is not None)
    meant = is_meant(row.resource, there) or request.userinfo_url in audience
    try:
        enforce(USE_RULES, use_of(found, now, there, is_meant=meant))
        enforce(USERINFO_RULES, row)
    except Refusal as refusal:
        return {"no_userinfo": refusal.sentence}
    scopes = frozenset(row.scope.split())
    return {"userinfo": userinfo.userinfo(client, row.user, scopes, authorization)}
