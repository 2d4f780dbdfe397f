"""The signature algorithms of this server, and how a key for each is made.

Asymmetric ones only: `none` and the HMACs, with which a public key can be passed off as a secret, are not in
the table and can therefore neither sign nor verify (RFC 8725 §3.1).
"""

from dataclasses import dataclass
from typing import Any

from joserfc.jwk import JWKRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """A JWS algorithm (RFC 7518 §3.1, RFC 8037 §3.1) with its kind of key. RSA sizes are bits."""

    name: str
    key_type: str
    curve_or_size: str | int


ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(name="ES256", key_type="EC", curve_or_size="P-256"),
        Algorithm(name="RS256", key_type="RSA", curve_or_size=2048),
        Algorithm(name="PS256", key_type="RSA", curve_or_size=2048),
        Algorithm(name="EdDSA", key_type="OKP", curve_or_size="Ed25519"),
    )
}

#: What a published key without an `alg` (RFC 7517 §4.4 makes it optional) is taken to be for.
USUAL: dict[str, str] = {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA"}


def generate(algorithm: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A new key: its id (RFC 7638 thumbprint), its public and its private JWK."""
    kind = ALGORITHMS[algorithm]
    key = JWKRegistry.generate_key(kind.key_type, kind.curve_or_size)
    kid = key.thumbprint()
    named = {"kid": kid, "alg": algorithm, "use": "sig"}
    public = {**key.as_dict(private=False), **named}
    return kid, public, {**key.as_dict(private=True), **named}
