"""Opening JWTs that somebody else signed: a client its assertion or its request, a trusted issuer its own.

As strict as with our own (RFC 8725), but for the algorithms: theirs is chosen by their key and by what they
registered, out of two lists that never meet, so that no public key is taken for a shared secret.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import JWKRegistry, Key
from joserfc.jws import JWSRegistry

from django_oauthflows.keys.jwt import NotGenuine, Opened
from django_oauthflows.strict_json import decoded

#: Signatures with a private key (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).
ASYMMETRIC: tuple[str, ...] = (
    *("RS256", "PS256", "ES256", "EdDSA", "Ed25519"),
    *("RS384", "PS384", "ES384", "RS512", "PS512", "ES512"),
)
#: Codes under a shared secret (RFC 7518 §3.2).
SYMMETRIC: tuple[str, ...] = ("HS256", "HS384", "HS512")

#: Characters. The header may hold a key or a chain of certificates, none of which is looked at.
_LONGEST_HEADER = 4096
_LONGEST = 8000
_LONGEST_KID = 255
#: How many keys of a set may fit a header without a kid before it is asked to name one.
_MOST_TRIED = 4


class _Registry(JWSRegistry):
    """The algorithms of both lists, and longer headers than joserfc's own."""

    max_header_length = _LONGEST_HEADER

    def get_alg(self, name: str) -> Any:
        if name not in ASYMMETRIC and name not in SYMMETRIC:
            raise UnsupportedAlgorithmError(f"Algorithm of {name!r} is not allowed")
        return self.algorithms[name]


_registry = _Registry(strict_check_header=False)


def peek(value: str, *, at_most: int = _LONGEST) -> Opened:
    """What a JWT says before anybody has verified it: to find out whose keys to ask. Raises `NotGenuine`."""
    segments = value.split(".")
    if len(value) > at_most or len(segments) != 3 or len(segments[0]) > _LONGEST_HEADER:
        raise NotGenuine
    try:
        header, claims = decoded(segments[0]), decoded(segments[1])
    except (ValueError, RecursionError):
        raise NotGenuine from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise NotGenuine
    kid = header.get("kid", "")
    if (
        not isinstance(header.get("alg"), str)
        or not isinstance(kid, str)
        or len(kid) > _LONGEST_KID
    ):
        raise NotGenuine
    # No extension is understood here, so none may be critical (RFC 7515 §4.1.11, RFC 7797 §7).
    if "crit" in header or "b64" in header:
        raise NotGenuine
    return Opened(header=header, claims=claims)


def is_signed_by(value: str, opened: Opened, keys: Iterable[Key], allowed: Collection[str]) -> bool:
    """Did one of the keys sign what was peeked into, by one of the allowed algorithms?

    Keys fit by kid, type, curve, `use`, `alg` and `key_ops` (RFC 7517 §4); a header without a kid is tried
    with the few that fit.
    """
    algorithm, kid = opened.header["alg"], opened.header.get("kid")
    if algorithm not in allowed:
        return False
    fitting = [key for key in keys if kid in (None, "", key.kid) and _fits(key, algorithm)]
    return any(_verifies(value, key) for key in fitting[:_MOST_TRIED])


def verify_in_vain(value: str, opened: Opened) -> None:
    """Take the time that a signature takes, where there is no key that could have made it."""
    key = _nobodys_key(opened.header["alg"])
    if key is not None:
        _verifies(value, key)


@lru_cache(maxsize=32)
def _nobodys_key(algorithm: str) -> Key | None:
    family, size = algorithm[:2], algorithm[2:]
    if family in ("RS", "PS") and algorithm in ASYMMETRIC:
        return JWKRegistry.generate_key("RSA", 2048)
    if family == "ES" and algorithm in ASYMMETRIC:
        return JWKRegistry.generate_key("EC", {"512": "P-521"}.get(size, f"P-{size}"))
    if algorithm in ASYMMETRIC:
        return JWKRegistry.generate_key("OKP", "Ed25519")
    return JWKRegistry.generate_key("oct", 512) if algorithm in SYMMETRIC else None


def _fits(key: Key, algorithm: str) -> bool:
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    try:
        _registry.get_alg(algorithm).check_key(key)
        key.check_key_op("verify")
    except (JoseError, ValueError):
        return False
    return not (algorithm == "EdDSA" and getattr(key, "curve_name", "") != "Ed25519")


def _verifies(value: str, key: Key) -> bool:
    try:
        jws.deserialize_compact(value, key, registry=_registry)
    except (JoseError, ValueError, RecursionError):
        return False
    return True
