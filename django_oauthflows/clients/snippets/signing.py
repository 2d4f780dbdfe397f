"""By which key, and how, a client signs what it sends (RFC 7518 §3.1)."""

from dataclasses import dataclass

from django_oauthflows.clients.key_sets import Understood, understood
from django_oauthflows.clients.keys import last_seen
from django_oauthflows.keys.foreign import ASYMMETRIC
from django_oauthflows.rules.requests import AuthMethod, ClientFacts

#: What a key of some type signs with, where neither it nor its client says so.
_BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
#: Bytes of each of the two numbers of an ECDSA signature (RFC 7518 §3.4).
_NUMBERS = {"ES256": 32, "ES384": 48, "ES512": 66}
_CLASSES = {"ES": "ECKey", "Ed": "OKPKey", "RS": "RSAKey", "PS": "RSAKey", "HS": "OctKey"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """An algorithm, and the key to name in the header; `kid` is empty where none has to be."""

    alg: str
    kid: str = ""

    @property
    def is_by_key(self) -> bool:
        """By a private key, not under the secret it shares with the server."""
        return self.family != "HS"

    @property
    def family(self) -> str:
        return self.alg[:2]

    @property
    def bits(self) -> str:
        """The size of its hash; empty where the algorithm hashes as it likes."""
        return self.alg[2:] if self.alg[2:].isdigit() else ""

    @property
    def key_class(self) -> str:
        return _CLASSES[self.family]

    @property
    def hex_digits(self) -> int:
        """Of each number of an ECDSA signature."""
        return 2 * _NUMBERS.get(self.alg, 0)


def signing_of(client: ClientFacts, *, is_needed: bool = False) -> Signing | None:
    """How a client signs; `None` for one that does not authenticate so, unless a flow needs it to."""
    if client.authentication_method is AuthMethod.SECRET_JWT and not is_needed:
        return Signing(alg=client.token_endpoint_auth_signing_alg or "HS256")
    if client.authentication_method is not AuthMethod.PRIVATE_KEY_JWT and not is_needed:
        return None
    key_set = client.jwks if client.jwks is not None else last_seen(client.jwks_uri)
    keys = [key for key in understood(key_set) if not key.wrong and key.use != "enc"]
    key = keys[0] if keys else Understood(kid="", kty="EC", alg="", use="", size="P-256")
    return Signing(alg=_algorithm_of(key, client.token_endpoint_auth_signing_alg), kid=key.kid)


def _algorithm_of(key: Understood, registered: str) -> str:
    for said in (key.alg, registered):
        if said in ASYMMETRIC:
            return said
    if key.kty == "EC":
        return _BY_CURVE.get(key.size, "ES256")
    return "EdDSA" if key.kty == "OKP" else "RS256"
