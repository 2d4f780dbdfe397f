"""Tokens at rest: encrypted, since unlike a server's they cannot be kept as checksums.

AES-256-GCM under a key derived from `SECRET_KEY` by HKDF (RFC 5869). What `SECRET_KEY_FALLBACKS` sealed is
still read, and written with the new key at the next refresh.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


def seal(text: str, *, context: str) -> str:
    """Encrypt for one place: what was sealed for another `context` does not open there."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), context.encode())
    return urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, *, context: str) -> str | None:
    """Decrypt what `seal` made; None under other keys, for another context, or when it was changed."""
    raw = urlsafe_b64decode(sealed)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            plain = AESGCM(_key(secret)).decrypt(raw[:_NONCE], raw[_NONCE:], context.encode())
        except InvalidTag:
            continue
        return plain.decode()
    return None


@lru_cache(maxsize=8)
def _key(secret: str | bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oauthflows outbound tokens")
    return derivation.derive(secret.encode() if isinstance(secret, str) else secret)
