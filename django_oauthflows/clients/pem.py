"""Public keys as most tools write them, PEM (RFC 7468), made into a key set (RFC 7517)."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_KINDS: tuple[Any, ...] = (ECKey, RSAKey, OKPKey)


def is_pem(text: str) -> bool:
    return "-----BEGIN " in text


def holds_a_private_pem(text: str) -> bool:
    """Is there anything in it that nobody else should see?"""
    return "PRIVATE KEY" in text


def key_set_from(text: str) -> dict[str, Any]:
    """The keys of a PEM file, each named by its thumbprint (RFC 7638). Raises `ValidationError`."""
    if holds_a_private_pem(text):
        raise ValidationError(
            _("This is a private key. Make a new one, and register its public part alone.")
        )
    keys = [_imported(block[0]) for block in _BLOCK.finditer(text)]
    if not keys:
        raise ValidationError(_("There is no public key in this."))
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint()} for key in keys]}


def _imported(block: str) -> Key:
    for kind in _KINDS:
        try:
            key: Key = kind.import_key(block)
        except (JoseError, ValueError, TypeError):
            continue
        return key
    raise ValidationError(_("A key in this is neither RSA nor EC nor Ed25519, or cannot be read."))
