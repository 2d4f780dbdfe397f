"""RSA keys of `OAUTH2_PROVIDER`, with which django-oauth-toolkit signed ID tokens before this app did.

They stay published (RFC 7517 §5) and good for an `id_token_hint` for as long as the settings hold them. The
key of `OIDC_RSA_PRIVATE_KEY` also goes on signing what is told of people by RS256, so that no client sees a
change; this server's own key is published beside it. Once the line has become one of
`OIDC_RSA_PRIVATE_KEYS_INACTIVE`, the own key signs, which every client has long had.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import RSAKey

from django_oauthflows import dot
from django_oauthflows.keys import ring
from django_oauthflows.keys.ring import KnownKey

logger = logging.getLogger("django_oauthflows.keys")

ALGORITHM = "RS256"
#: RFC 7518 §3.3.
_FEWEST_BITS = 2048


class NotAKey(ValueError):
    """A setting holds no RSA private key that may sign. The text says why, and nothing of the key."""


def adopted_key(kid: str) -> KnownKey | None:
    """Return the key of the settings that has this id (RFC 7638), `None` where none has."""
    return _all().get(kid)


def id_token_key(kid: str) -> KnownKey | None:
    """Return the public key that an ID token of this server was signed with, by DOT or by this app."""
    return adopted_key(kid) or ring.verifying_key(kid)


def signing_key(algorithm: str) -> KnownKey | None:
    """Return the project's key, where it signs by this algorithm in place of the server's own."""
    pem = dot.rsa_key()
    return _key_or_none(pem) if pem and algorithm == ALGORITHM else None


def published() -> list[dict[str, Any]]:
    """Return the public JWKs of the settings, as DOT publishes them."""
    return [
        {**known.key.as_dict(private=False), "alg": ALGORITHM, "use": "sig", "kid": known.kid}
        for known in _all().values()
    ]


def mistakes() -> dict[str, str]:
    """Return what is wrong with a setting's keys, by the setting's name."""
    found = {}
    inactive = dot.inactive_rsa_keys()
    if not isinstance(inactive, list | tuple):
        found["OIDC_RSA_PRIVATE_KEYS_INACTIVE"] = "it has to be a list"
        inactive = ()
    for name, pems in (
        ("OIDC_RSA_PRIVATE_KEY", [pem for pem in [dot.rsa_key()] if pem]),
        ("OIDC_RSA_PRIVATE_KEYS_INACTIVE", inactive),
    ):
        for pem in pems:
            try:
                parsed(pem)
            except NotAKey as error:
                found[name] = str(error)
    return found


def _all() -> Mapping[str, KnownKey]:
    """Return the keys by their ids, the one that signs first."""
    inactive = dot.inactive_rsa_keys()
    pems = [dot.rsa_key(), *(inactive if isinstance(inactive, list | tuple) else ())]
    known = (_key_or_none(pem) for pem in pems if pem)
    return {one.kid: one for one in known if one is not None}


def _key_or_none(pem: Any) -> KnownKey | None:
    tried = _tried(pem)
    return tried if isinstance(tried, KnownKey) else None


def parsed(pem: Any) -> KnownKey:
    """Return the key of a PEM text. Raises `NotAKey`."""
    tried = _tried(pem)
    if isinstance(tried, KnownKey):
        return tried
    raise NotAKey(tried)


def _tried(pem: Any) -> KnownKey | str:
    """Return the key, or why there is none."""
    return _parsed(pem) if isinstance(pem, str | bytes) else "it is no text"


@lru_cache(maxsize=16)
def _parsed(pem: str | bytes) -> KnownKey | str:
    """Parse a PEM text once per process: that takes 50 ms."""
    try:
        key = load_pem_private_key(pem.encode() if isinstance(pem, str) else pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        why = "it is no RSA private key in PEM without a password"
    elif key.key_size < _FEWEST_BITS:
        why = f"it has fewer than {_FEWEST_BITS} bits (RFC 7518 §3.3)"
    else:
        jwk = RSAKey.import_key(pem)
        return KnownKey(kid=jwk.thumbprint(), algorithm=ALGORITHM, key=jwk)
    logger.error("a key of OAUTH2_PROVIDER is not used: %s", why)
    return why
