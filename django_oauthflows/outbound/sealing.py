"""Tokens at rest: encrypted, since unlike a server's they cannot be kept as checksums.

Under a key derived from `SECRET_KEY`. What `SECRET_KEY_FALLBACKS` sealed is still read, and written with the
new key at the next refresh.
"""

from django_oauthflows import sealing


def seal(text: str, *, context: str) -> str:
    """Encrypt for one place: what was sealed for another `context` does not open there."""
    return sealing.seal(text, key=_keys()[0], bound_to=context.encode())


def unseal(sealed: str, *, context: str) -> str | None:
    """Decrypt what `seal` made; None under other keys, for another context, or when it was changed."""
    try:
        return sealing.unseal(sealed, keys=_keys(), bound_to=context.encode())[0]
    except sealing.Unopened:
        return None


def _keys() -> list[bytes]:
    return sealing.project_keys(sealing.Use.OUTBOUND_TOKENS)
