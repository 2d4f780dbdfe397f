"""Client authentication by a JWT: `private_key_jwt` and `client_secret_jwt` (OpenID Connect Core §9).

RFC 7523 §3 says what such a JWT holds. It names its client, which has registered what verifies it: a public
key, or a secret that its owner chose to keep readable. It is made for one request and used once.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from joserfc.jwk import OctKey

from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients import secrets
from django_oauthflows.clients.keys import NoKeys, verifying_keys
from django_oauthflows.clients.replay import spend_once
from django_oauthflows.conf import conf
from django_oauthflows.issuer import host_is_named, issuer_of, origin_of, url_of
from django_oauthflows.keys.foreign import (
    ASYMMETRIC,
    SYMMETRIC,
    is_signed_by,
    peek,
    verify_in_vain,
)
from django_oauthflows.keys.jwt import NotGenuine, Opened
from django_oauthflows.rules.assertions import ASSERTION_RULES, Asserting
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.jwt_types import CLIENT_ASSERTION
from django_oauthflows.rules.jwts import CLOCK_SKEW
from django_oauthflows.rules.requests import Assertion, AuthMethod, ClientFacts

#: RFC 7523 §2.2.
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_LONGEST_NAME = 255
#: Bytes a secret must have for each code (RFC 7518 §3.2).
_SHORTEST_SECRET = {"HS256": 32, "HS384": 48, "HS512": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An assertion as it came, and what it says; nobody has verified it yet."""

    value: str = field(repr=False)
    opened: Opened = field(repr=False)

    @property
    def method(self) -> AuthMethod:
        """Which method its algorithm makes it."""
        is_shared = self.opened.header["alg"] in SYMMETRIC
        return AuthMethod.SECRET_JWT if is_shared else AuthMethod.PRIVATE_KEY_JWT

    @property
    def typ(self) -> Any:
        """What its header says it is (RFC 8725 §3.11); most say JWT, or nothing."""
        return self.opened.header.get("typ", "")

    def named(self, claim: str) -> str:
        """What a claim says, where that is a name anybody could have; else nothing."""
        name = self.opened.claims.get(claim)
        is_name = isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_NAME
        return str(name) if is_name else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What client authentication asks the rules about."""

    assertion: Assertion


def read(value: str) -> Shown | None:
    """An assertion that can be read at all, which is no more than that."""
    try:
        return Shown(value=value, opened=peek(value))
    except NotGenuine:
        return None


def audiences_of(request: HttpRequest) -> frozenset[str]:
    """How an assertion may name this server: the issuer, or the token endpoint (RFC 7523 §3)."""
    return frozenset({issuer_of(request), url_of(request, "token")})


def proof_of(
    shown: Shown, client: ClientFacts | None, request: HttpRequest, now: datetime
) -> Proof:
    """What an assertion proves of a client; the signature costs the same whether there is one or not.

    The endpoint that was called is an audience too: RFC 9126 §2 asks for it, and a library that knows nothing
    else of this server writes the address that it posts to. It is an address of nobody else's, as the token
    endpoint's is.
    """
    client_id = client.client_id if client else ""
    return Proof(
        assertion=Assertion(
            is_genuine=is_signed_by_client(shown, client, network_of(request)),
            now=now.timestamp(),
            longest_life=conf.ASSERTION_LIFETIME,
            issuer=client_id,
            subject=client_id,
            audiences=audiences_of(request) | {origin_of(request) + request.path},
            came_to_named_host=host_is_named(request),
            own_type=CLIENT_ASSERTION,
            typ=shown.typ,
            claims=shown.opened.claims,
        )
    )


def is_signed_by_client(
    shown: Shown, client: ClientFacts | None, network: str | None = None
) -> bool:
    """Did the client sign it, with its key or its secret, by the algorithm it is registered for?

    `network` is where it came from.
    """
    found = None
    if client is not None and shown.method is AuthMethod.SECRET_JWT:
        found = _signed_by_a_secret(shown, client)
    elif client is not None:
        found = _signed_by_a_key(shown, client, network)
    if found is None:
        verify_in_vain(shown.value, shown.opened)
    return bool(found)


def first_doubt(asserting: Asserting) -> Rule[Asserting] | None:
    """The first rule that says no."""
    return next((asked for asked in ASSERTION_RULES if asked(asserting) is not None), None)


def spend(assertion: Assertion) -> bool:
    """Is this the first time the assertion comes? It has passed the rules, so it has an id and an end."""
    until = datetime.fromtimestamp(float(assertion.claims["exp"]), tz=UTC)
    # Whole seconds of the cache, and a clock that differs: rather remembered for too long.
    kept_until = until + timedelta(seconds=CLOCK_SKEW + 1)
    return spend_once(assertion.issuer, str(assertion.claims["jti"]), kept_until)


def _signed_by_a_key(shown: Shown, client: ClientFacts, network: str | None) -> bool | None:
    """None where the client has no key to try."""
    registered = client.token_endpoint_auth_signing_alg
    try:
        kid = shown.opened.header.get("kid", "")
        keys = verifying_keys(client, kid=kid, network=network)
    except NoKeys:
        return None
    return is_signed_by(
        shown.value, shown.opened, keys, (registered,) if registered else ASYMMETRIC
    )


def _signed_by_a_secret(shown: Shown, client: ClientFacts) -> bool | None:
    """None where the client has no readable secret to try."""
    algorithm = shown.opened.header["alg"]
    allowed = (client.token_endpoint_auth_signing_alg or algorithm,)
    readable = secrets.readable_secrets(client)
    for secret in readable:
        if len(secret.encode()) < _SHORTEST_SECRET[algorithm]:
            continue
        key = OctKey.import_key(secret.encode(), {"kid": str(shown.opened.header.get("kid", ""))})
        if is_signed_by(shown.value, shown.opened, [key], allowed):
            secrets.note_use(client, secret)
            return True
    return False if readable else None
