"""What an access token looks like: 256 random bits, or a JWT that an API can verify by itself (RFC 9068).

Either way its row is kept, by its checksum: revocation, introspection and the connected apps stay true for
both, and whoever looks the token up sees its end at once. Only an API that verifies a JWT by itself does not:
there a revoked token works until it expires, which is why access tokens live for minutes.
"""

import secrets
from datetime import datetime
from typing import Any

from django_oauthflows.conf import conf
from django_oauthflows.keys import jwt
from django_oauthflows.rules.jwt_types import ACCESS_TOKEN
from django_oauthflows.rules.parties import Act
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.tokens.audiences import as_claim, audience_of_request
from django_oauthflows.tokens.checksums import generate
from django_oauthflows.tokens.subjects import subject_in_access_token


def claims_of_access_token(
    request: TokenRequest | AuthorizationRequest,
    expires: datetime,
    *,
    now: datetime,
    person: Any = None,
    auth_time: datetime | None = None,
    acr: str = "",
    act: Act | None = None,
    must_be_jwt: bool = False,
) -> dict[str, Any] | None:
    """What an access token says, in the format the client's policy, or one of its scopes, asks for.

    `None` for an opaque one, which says nothing. `person` is the key of whoever granted it, `None` for a
    client's own; `auth_time` and `acr` tell how they had signed in. One that says who acts (`act`) is a JWT
    in any case, and so is one that `must_be_jwt`.
    """
    is_jwt = request.client.token_format == "jwt" or not request.scopes.isdisjoint(conf.JWT_SCOPES)
    if not (is_jwt or must_be_jwt or act is not None):
        return None
    claims = _claims(request, expires, now=now, person=person)
    if auth_time is not None:
        claims["auth_time"] = int(auth_time.timestamp())
    if acr:
        claims["acr"] = acr
    if act is not None:
        claims["act"] = act
    return claims


def new_access_token(claims: dict[str, Any] | None, algorithm: str) -> str:
    """A new access token that says these claims, or nothing."""
    if claims is None:
        return generate()
    return jwt.sign(claims, typ=ACCESS_TOKEN, algorithm=algorithm)


def algorithm_of(request: TokenRequest | AuthorizationRequest) -> str:
    """Return what a JWT access token is signed with: as its API can verify it, else as its client is set.

    A token for several APIs is signed for one of them only where all that say something say the same.
    """
    named = conf.RESOURCE_SIGNING_ALGORITHMS
    resources = request.resource or (request.own_resource,)
    wanted = {named[resource] for resource in resources if resource in named}
    if len(wanted) == 1:
        return wanted.pop()
    return request.client.access_token_signing_alg or conf.SIGNING_ALGORITHM


def _claims(
    request: TokenRequest | AuthorizationRequest, expires: datetime, *, now: datetime, person: Any
) -> dict[str, Any]:
    """RFC 9068 §2.2."""
    return {
        "iss": request.issuer,
        "sub": (
            request.client.client_id
            if person is None
            else subject_in_access_token(request.client, person)
        ),
        "aud": as_claim(audience_of_request(request, is_for_person=person is not None)),
        "client_id": request.client.client_id,
        "iat": int(now.timestamp()),
        "exp": int(expires.timestamp()),
        "jti": secrets.token_urlsafe(16),
        "scope": " ".join(sorted(request.scopes)),
    }
