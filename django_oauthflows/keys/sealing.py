"""Private keys at rest: encrypted under a key derived from a setting; a stolen database signs nothing.

The secret is `OAUTHFLOWS["KEY_ENCRYPTION_SECRET"]`, or Django's SECRET_KEY without it. Former secrets go into
SECRET_KEY_FALLBACKS, as Django has it; what only they open is sealed anew by `oauthflows_rotate_keys`.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from django_oauthflows.conf import conf

_NONCE = 12


class Sealed(Exception):
    """None of the project's secrets opens this private key."""


def seal(private: dict[str, Any], *, kid: str) -> str:
    """Encrypt a private JWK (AES-256-GCM, key by HKDF-SHA256) for the key of this id."""
    nonce = secrets.token_bytes(_NONCE)
    cipher = AESGCM(_key(_secrets()[0]))
    sealed = cipher.encrypt(nonce, json.dumps(private).encode(), kid.encode())
    return urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, *, kid: str) -> dict[str, Any]:
    """Decrypt what `seal` made. Raises `Sealed` where no secret of the project's opens it."""
    return _opened(sealed, kid)[0]


def needs_sealing_anew(sealed: str, *, kid: str) -> bool:
    """Does only a former secret open it? Raises `Sealed` where none does."""
    return _opened(sealed, kid)[1] > 0


def _opened(sealed: str, kid: str) -> tuple[dict[str, Any], int]:
    raw = urlsafe_b64decode(sealed)
    for position, secret in enumerate(_secrets()):
        try:
            plain = AESGCM(_key(secret)).decrypt(raw[:_NONCE], raw[_NONCE:], kid.encode())
        except InvalidTag:
            continue
        private: dict[str, Any] = json.loads(plain)
        return private, position
    raise Sealed(
        f"The signing key {kid} was encrypted under another secret. Put the former SECRET_KEY (or "
        "KEY_ENCRYPTION_SECRET) into SECRET_KEY_FALLBACKS, or run: "
        "manage.py oauthflows_rotate_keys --now"
    )


def _secrets() -> list[str | bytes]:
    """The secret to encrypt under, then those that may have been used before."""
    known: tuple[str | bytes, ...] = (
        conf.KEY_ENCRYPTION_SECRET,
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
    )
    return [secret for secret in dict.fromkeys(known) if secret]


@lru_cache(maxsize=16)
def _key(secret: str | bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oauthflows signing keys")
    return derivation.derive(secret.encode() if isinstance(secret, str) else secret)
