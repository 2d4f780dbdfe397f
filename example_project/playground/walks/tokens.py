"""What a client asks of a JWT before it believes it (OpenID Connect Core §3.1.3.7)."""

import hashlib
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]


class Untrusted(Exception):
    """This token says nothing."""


def is_jwt(value: Any) -> bool:
    return isinstance(value, str) and value.count(".") == 2 and value.startswith("eyJ")


def claims_of(token: str, keys: Any, *, issuer: str) -> dict[str, Any]:
    """The claims of a token that the issuer's keys signed and whose time is not over. Raises `Untrusted`."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
    except (JoseError, ValueError) as error:
        raise Untrusted("A token was not signed with the provider's keys.") from error
    expires = claims.get("exp")
    if claims.get("iss") != issuer or not isinstance(expires, int) or expires <= time.time():
        raise Untrusted("A token came from another issuer, or its time is over.")
    return dict(claims)


def must_be_for(claims: dict[str, Any], client_id: str, nonce: str) -> None:
    """Raise `Untrusted` unless an ID token is this client's own, and answers this very request."""
    audience = claims.get("aud")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Untrusted("The ID token is meant for another client.")
    if claims.get("nonce") != nonce:
        raise Untrusted("The ID token answers another request.")


def must_name(claims: dict[str, Any], beside: Mapping[str, str]) -> None:
    """Raise `Untrusted` unless an ID token names what came with it: `beside` is at_hash or c_hash → value.

    OpenID Connect Core §3.2.2.9 and §3.3.2.10: else a token of another person could be put beside it.
    """
    for claim, value in beside.items():
        if claims.get(claim) != _left_half(value):
            raise Untrusted("The ID token names another token or code than the one beside it.")


def _left_half(value: str) -> str:
    """The hash for RS256, the algorithm of a client that registered no other."""
    digest = hashlib.sha256(value.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
