"""The signature algorithms of this server, how a key for each is made, and what else clients may choose.

Asymmetric ones only in the table: `none` and the HMACs, with which a public key can be passed off as a
secret, can therefore neither sign nor verify with a key of the server's (RFC 8725 §3.1).
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

#: For what is told to one client that asked for it so: unsigned, or signed with the client's own secret,
#: which has to be as long as the hash (RFC 7518 §3.2).
NONE = "none"
HMACS = ("HS256", "HS384", "HS512")

#: How what is encrypted for a client travels, and how it is encrypted (RFC 7518 §4.1, §5.1). RSA1_5 is left
#: out: its padding tells whoever may ask often enough (RFC 8725 §3.2).
KEY_ENCRYPTION = ("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
CONTENT_ENCRYPTION = ("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM")

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
