"""Making and opening signed JWTs (RFC 7519), as strictly as RFC 8725 asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry

from django_oauthflows.keys import ring
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.strict_json import Strict, decoded

#: Longest header and longest whole that is looked at, in characters; ours have 100 and about 1000.
_LONGEST_HEADER = 512
_LONGEST = 16_384


class NotGenuine(Exception):
    """No well-formed JWT with a good signature of a key that is known. The reason is nobody's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A JWT whose signature is good. What it claims is still to be judged."""

    header: dict[str, Any]
    claims: dict[str, Any]


class _Registry(JWSRegistry):
    """The algorithms of the table and no others; without joserfc's warning that EdDSA has a new name.

    RFC 9864 renames it, and the verifiers in use know the name of RFC 8037.
    """

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of {name!r} is not allowed")
        return self.algorithms[name]


_registry = _Registry(strict_check_header=False)


def sign(
    claims: dict[str, Any], *, typ: str, algorithm: str = "", key: ring.KnownKey | None = None
) -> str:
    """A compact JWS of the claims, by this `key` or the one that signs now (RFC 7515 §3.1).

    `typ` says what it is, so that it is never taken for something else (RFC 8725 §3.11).
    """
    known = key or ring.signing_key(algorithm)
    header = {"typ": typ, "alg": known.algorithm, "kid": known.kid}
    return jwt.encode(header, claims, known.key, registry=_registry)


def open_jwt(
    value: str, *, find: Callable[[str], ring.KnownKey | None] = ring.verifying_key
) -> Opened:
    """Verify a JWT by the published key its header names. Raises `NotGenuine`."""
    if len(value) > _LONGEST or value.count(".") != 2:
        raise NotGenuine
    header = _header(value)
    known = find(header["kid"])
    # The key decides by which algorithm it is used, never the header (RFC 8725 §3.1).
    if known is None or header.get("alg") != known.algorithm:
        raise NotGenuine
    try:
        token = jwt.decode(value, known.key, registry=_registry, decoder_cls=Strict)
    except (JoseError, ValueError, RecursionError) as error:
        raise NotGenuine from error
    return Opened(header=header, claims=token.claims)


def claims_of(value: str) -> dict[str, Any]:
    """The claims of a JWT that is known to be ours by other means; none for an opaque token."""
    try:
        payload = decoded(value.split(".")[1])
    except (IndexError, ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _header(value: str) -> dict[str, Any]:
    encoded = value.partition(".")[0]
    try:
        header = decoded(encoded) if len(encoded) <= _LONGEST_HEADER else None
    except (ValueError, RecursionError) as error:
        raise NotGenuine from error
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str):
        raise NotGenuine
    # No extension is understood here, so none may be critical (RFC 7515 §4.1.11); the payload of a JWT is
    # never left unencoded (RFC 7797 §7).
    if "crit" in header or "b64" in header:
        raise NotGenuine
    return header
