"""What the userinfo endpoint answers (OpenID Connect Core §5.3)."""

from typing import Any

from django_oauthflows.identity import claims as known_claims
from django_oauthflows.identity.signing import signed_for
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.subjects import subject_of


def userinfo(
    client: ClientFacts, person: Any, scopes: frozenset[str], authorization: Authorization | None
) -> dict[str, Any]:
    """The claims of a token's scopes and those its request named, and the subject (§5.3.2)."""
    asked = (authorization.claims if authorization else None) or {}
    names = known_claims.names_of(scopes) | frozenset(asked.get("userinfo") or ())
    told = known_claims.told(
        person, names, client=client, scopes=scopes, locales=asked.get("locales") or ()
    )
    return {**told, "sub": subject_of(client, person.pk)}


def is_signed_for(client: ClientFacts) -> bool:
    """Is the client registered for a JWT rather than plain JSON?"""
    return bool(client.openid.userinfo_signed_response_alg)


def signed(client: ClientFacts, members: dict[str, Any], *, issuer: str) -> str:
    """The answer as a JWT for a client that is registered for one (§5.3.2)."""
    addressed = {**members, "iss": issuer, "aud": client.client_id}
    return signed_for(client, addressed, algorithm=client.openid.userinfo_signed_response_alg)
