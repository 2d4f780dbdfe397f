"""Assertions as clients sign them (RFC 7523 §3), for tests."""

import json
import secrets
from base64 import urlsafe_b64encode
from functools import cache
from time import time
from typing import Any

from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry

#: RFC 7523 §2.2 and §2.1.
CLIENT_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@cache
def client_key() -> ECKey:
    """The private key of every test client that signs for itself and was given no other."""
    return ECKey.generate_key("P-256", {"kid": "test-client", "use": "sig"})


def key_set_of(*keys: Key) -> dict[str, Any]:
    """The public key set of some keys, as a client registers it."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def signed_assertion(
    issuer: str,
    audience: Any,
    *,
    key: Key | None = None,
    algorithm: str = "ES256",
    header: dict[str, Any] | None = None,
    **changes: Any,
) -> str:
    """An assertion of a minute about its issuer itself; `changes` replace claims or, with None, leave out."""
    signer = key or client_key()
    now = int(time())
    claims = {
        "iss": issuer,
        "sub": issuer,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
        **changes,
    }
    said = {name: value for name, value in claims.items() if value is not None}
    named = {"kid": signer.kid} if signer.kid else {}
    parts = ({"alg": algorithm, **named, **(header or {})}, said)
    message = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    # By hand, since what is wrong with a token has to be signed as well.
    signature = JWSRegistry.algorithms[algorithm].sign(message.encode(), signer)
    return f"{message}.{encoded(signature)}"


def encoded(raw: bytes) -> str:
    """One part of a compact JWS (RFC 7515 §2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
