"""The answer to a rotation, kept for a few seconds for the client that never received it.

It is encrypted under the refresh token that was presented, which the server itself stores only as a
checksum: whoever reads the table learns nothing, and whoever presents the token again gets the same answer.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a rotation answered: both new values, the access token's scope and its end."""

    access_token: str
    refresh_token: str
    scopes: frozenset[str]
    expires: datetime


def seal(answer: Answer, *, presented: str, family: UUID) -> str:
    """Encrypt an answer under the presented refresh token (AES-256-GCM, key by HKDF-SHA256)."""
    plain = json.dumps(
        {
            "access_token": answer.access_token,
            "refresh_token": answer.refresh_token,
            "scope": sorted(answer.scopes),
            "expires": answer.expires.isoformat(),
        }
    )
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(presented, family)).encrypt(nonce, plain.encode(), family.bytes)
    return urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, *, presented: str, family: UUID) -> Answer:
    """Decrypt what `seal` made.

    Raises `cryptography.exceptions.InvalidTag` under any other token or family.
    """
    raw = urlsafe_b64decode(sealed)
    plain = AESGCM(_key(presented, family)).decrypt(raw[:_NONCE], raw[_NONCE:], family.bytes)
    kept = json.loads(plain)
    return Answer(
        access_token=kept["access_token"],
        refresh_token=kept["refresh_token"],
        scopes=frozenset(kept["scope"]),
        expires=datetime.fromisoformat(kept["expires"]),
    )


def _key(presented: str, family: UUID) -> bytes:
    derivation = HKDF(
        algorithm=SHA256(), length=32, salt=family.bytes, info=b"oauthflows rotation replay"
    )
    return derivation.derive(presented.encode("utf-8", "surrogatepass"))
