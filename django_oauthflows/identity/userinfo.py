"""What the userinfo endpoint answers (OpenID Connect Core §5.3)."""

import json
from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.identity import claims as known_claims
from django_oauthflows.identity.encryption import encrypted_for
from django_oauthflows.identity.signing import signed_for
from django_oauthflows.rules.jwt_types import USERINFO
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.own_claims import own_claims_of_userinfo
from django_oauthflows.tokens.subjects import subject_beside


def userinfo(
    client: ClientFacts,
    person: Any,
    scopes: frozenset[str],
    authorization: Authorization | None,
    *,
    request: HttpRequest | None = None,
    token: Any = None,
) -> dict[str, Any]:
    """The claims of a token's scopes and those its request named, and the subject (§5.3.2).

    What the project's own validator tells comes first. Raises `Refusal` where it fails.
    """
    asked = (authorization.claims if authorization else None) or {}
    names = known_claims.names_of(scopes) | frozenset(asked.get("userinfo") or ())
    told = known_claims.told(person, names, client=client, scopes=scopes, asked=asked)
    withheld = dot.withheld_claims(scopes)
    own = _own_claims(client, person, scopes, request=request, token=token)
    return {
        **{name: told[name] for name in told if name not in withheld},
        **own,
        "sub": subject_beside(own, client, person),
    }


def _own_claims(
    client: ClientFacts, person: Any, scopes: frozenset[str], *, request: Any, token: Any
) -> dict[str, Any]:
    if not dot.tells_claims():
        return {}
    question = dot.Question(
        client_id=client.client_id,
        application_key=client.key,
        scopes=tuple(sorted(scopes)),
        user=person,
        access_token=token,
        request=request,
    )
    return own_claims_of_userinfo(question, client)


def is_plain_for(client: ClientFacts) -> bool:
    """Is the client told in JSON, rather than in a JWT?"""
    openid = client.openid
    return not (openid.userinfo_signed_response_alg or openid.userinfo_encrypted_response_alg)


def as_jwt(client: ClientFacts, members: dict[str, Any], *, issuer: str) -> str:
    """The answer as the client is registered for it: signed, encrypted or both (§5.3.2).

    Raises `Refusal` where it is to be encrypted and the client has no key for that.
    """
    openid, plain = client.openid, json.dumps(members)
    if algorithm := openid.userinfo_signed_response_alg:
        addressed = {**members, "iss": issuer, "aud": client.client_id}
        # It says as much of a person as an ID token, and is none (RFC 8725 §3.11).
        plain = signed_for(client, addressed, algorithm=algorithm, typ=USERINFO)
    if alg := openid.userinfo_encrypted_response_alg:
        enc = openid.userinfo_encrypted_response_enc
        return encrypted_for(client, plain, alg=alg, enc=enc, is_signed=bool(algorithm))
    return plain
