"""Secrets that must be read again: encrypted at rest (AES-256-GCM, key by HKDF-SHA256, RFC 5869).

What can be kept as a checksum is. Signing keys, tokens of other providers, the answer of a rotation and the
secrets of clients that sign with them cannot be. Each use derives a key of its own, so that nothing sealed
for one opens for another, and binds what it seals to the row it belongs to.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


class Use(Enum):
    """What is sealed. The value goes into the derivation: whoever changes one can open nothing any more."""

    SIGNING_KEYS = b"oauthflows signing keys"
    OUTBOUND_TOKENS = b"oauthflows outbound tokens"
    ROTATION_REPLAY = b"oauthflows rotation replay"
    CLIENT_SECRETS = b"oauthflows client secrets"
    SESSION_KEYS = b"oauthflows session keys"
    LOGOUT_REQUESTS = b"oauthflows logout requests"
    KEPT_REQUESTS = b"oauthflows kept requests"
    ONE_TIME_DISPLAYS = b"oauthflows one-time displays"
    MCP_REQUEST_STATES = b"oauthflows MCP request states"


class Unopened(Exception):
    """None of the keys opens it: another secret, another place, or it was changed."""


def seal(plain: str, *, key: bytes, bound_to: bytes) -> str:
    """Encrypt for one place: what was sealed for another `bound_to` does not open there."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), bound_to)
    return urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, *, keys: Sequence[bytes], bound_to: bytes) -> tuple[str, int]:
    """What was sealed, and which of the keys opened it. Raises `Unopened`."""
    try:
        raw = urlsafe_b64decode(sealed)
    except ValueError:
        raise Unopened from None
    for position, key in enumerate(keys):
        try:
            plain = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to)
        except (InvalidTag, ValueError):
            continue
        return plain.decode(), position
    raise Unopened


def project_keys(use: Use, *, first: str = "") -> list[bytes]:
    """The key to seal with, then those that may have sealed before.

    Of `first` where a project has a secret for this use alone, of SECRET_KEY, and of SECRET_KEY_FALLBACKS.
    """
    known: tuple[str | bytes, ...] = (first, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_remembered(secret, use) for secret in dict.fromkeys(known) if secret]


def key_of(secret: str | bytes, use: Use, *, salt: bytes | None = None) -> bytes:
    """A key of 256 bits, good for one use."""
    given = secret.encode("utf-8", "surrogatepass") if isinstance(secret, str) else secret
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=use.value).derive(given)


@lru_cache(maxsize=32)
def _remembered(secret: str | bytes, use: Use) -> bytes:
    """The project's secrets alone: what clients present is not kept in memory."""
    return key_of(secret, use)
