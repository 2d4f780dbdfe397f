"""ID tokens of the token endpoint (OpenID Connect Core §3.1.3.3, §12.2)."""

from dataclasses import replace
from typing import Any

from django_oauthflows.identity.id_token import Identified, id_token_for
from django_oauthflows.rules.requests import TokenRequest
from django_oauthflows.tokens.issuing import Issued


def password_sign_in(
    request: TokenRequest, person: Any, *, scopes: frozenset[str]
) -> Identified | None:
    """Return the sign-in by a password at the token endpoint; `None` where OpenID Connect was not granted.

    No browser's session belongs to it, so the ID token has no `sid`, and a refresh says the same.
    """
    if "openid" not in scopes:
        return None
    return Identified(
        client=request.client,
        person=person,
        issuer=request.issuer,
        now=request.now,
        scopes=scopes,
        auth_time=request.now,
    )


def with_id_token(issued: Issued, sign_in: Identified | None) -> Issued:
    """Return what is issued, with an ID token where there is a sign-in to tell of."""
    if sign_in is None:
        return issued
    # A grant of django-oauth-toolkit's own begins with its first refresh.
    sign_in = replace(sign_in, authorization=issued.authorization)
    token = id_token_for(
        sign_in,
        access_token=issued.access_token,
        tells_scopes=sign_in.client.openid.claims_in_id_token,
    )
    return replace(issued, id_token=token)
