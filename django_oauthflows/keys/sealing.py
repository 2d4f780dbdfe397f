"""Private keys at rest: encrypted under a key derived from a setting; a stolen database signs nothing.

The secret is `OAUTHFLOWS["KEY_ENCRYPTION_SECRET"]`, or Django's SECRET_KEY without it. Former secrets go into
SECRET_KEY_FALLBACKS, as Django has it; what only they open is sealed anew by `oauthflows_rotate_keys`.
"""

import json
from typing import Any

from django_oauthflows import sealing
from django_oauthflows.conf import conf


class Sealed(Exception):
    """None of the project's secrets opens this private key."""


def seal(private: dict[str, Any], *, kid: str) -> str:
    """Encrypt a private JWK for the key of this id."""
    return sealing.seal(json.dumps(private), key=_keys()[0], bound_to=kid.encode())


def unseal(sealed: str, *, kid: str) -> dict[str, Any]:
    """Decrypt what `seal` made. Raises `Sealed` where no secret of the project's opens it."""
    return _opened(sealed, kid)[0]


def needs_sealing_anew(sealed: str, *, kid: str) -> bool:
    """Does only a former secret open it? Raises `Sealed` where none does."""
    return _opened(sealed, kid)[1] > 0


def can_be_opened(sealed: str, *, kid: str) -> bool:
    """Does any secret of the project open it?"""
    try:
        _opened(sealed, kid)
    except Sealed:
        return False
    return True


def _opened(sealed: str, kid: str) -> tuple[dict[str, Any], int]:
    try:
        plain, position = sealing.unseal(sealed, keys=_keys(), bound_to=kid.encode())
    except sealing.Unopened:
        raise Sealed(
            f"The signing key {kid} was encrypted under another secret. Put the former SECRET_KEY (or "
            "KEY_ENCRYPTION_SECRET) into SECRET_KEY_FALLBACKS, or run: "
            "manage.py oauthflows_rotate_keys --now"
        ) from None
    private: dict[str, Any] = json.loads(plain)
    return private, position


def _keys() -> list[bytes]:
    return sealing.project_keys(sealing.Use.SIGNING_KEYS, first=conf.KEY_ENCRYPTION_SECRET)
