"""What a request would earn: told of a token before there is one.

Whoever issues makes the token of its prospect and saves it; a rehearsal stops before that. Nothing is made,
spent or written here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django_oauthflows.offline_access import OFFLINE_ACCESS
from django_oauthflows.rules.parties import Act
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.formats import (
    algorithm_of,
    claims_of_access_token,
    new_access_token,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """An access token to be: `claims` is what a JWT says, `None` for an opaque one.

    `person` is the key of whoever granted it, or `None`; with `may_refresh` a refresh token comes beside it.
    """

    request: TokenRequest | AuthorizationRequest
    expires: datetime
    claims: dict[str, Any] | None = field(repr=False)
    person: Any = None
    may_refresh: bool = False

    def access_token(self) -> str:
        """A new token of this kind; another one each time."""
        return new_access_token(self.claims, algorithm_of(self.request))


def prospect_of(
    request: TokenRequest,
    *,
    may_refresh: bool = False,
    act: Act | None = None,
    must_be_jwt: bool = False,
) -> Prospect:
    """What the token endpoint would give, for whoever the request stands for.

    That is the person of what it holds, or the client. `act` is who acts for the person (RFC 8693 §4.1).
    """
    held, expires = request.held, access_end(request)
    claims = claims_of_access_token(
        request,
        expires,
        now=request.now,
        person=held.user_key if held else None,
        auth_time=held.auth_time if held else None,
        acr=held.acr if held else "",
        act=act,
        must_be_jwt=must_be_jwt,
    )
    return Prospect(
        request=request,
        expires=expires,
        claims=claims,
        person=held.user_key if held else None,
        may_refresh=may_refresh,
    )


def begins_with_refresh_token(request: TokenRequest) -> bool:
    """Does a person's grant that begins by this request have a refresh token?"""
    client = request.client
    is_open = not client.needs_offline_access or OFFLINE_ACCESS in request.scopes
    return client.may_refresh and is_open


def access_end(request: TokenRequest) -> datetime:
    """When an access token made now ends: no later than the grant it comes of."""
    end = request.now + timedelta(
        seconds=lifetimes.access_token_lifetime(
            request, person=request.held.user_key if request.held else None
        )
    )
    last = request.held.ends_at if request.held else None
    return end if last is None else min(end, last)
