"""Encrypting what is told of a person for the one client that may read it: signed first, then encrypted.

By the client's own public key (OpenID Connect Core §10.2, RFC 7516).
"""

from joserfc import jwe
from joserfc.jwk import Key

from django_oauthflows.clients.keys import NoKeys, encryption_key
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.keys.algorithms import CONTENT_ENCRYPTION, KEY_ENCRYPTION
from django_oauthflows.rules.requests import ClientFacts

#: What a client gets that names the first alone (OpenID Connect Dynamic Client Registration 1.0 §2).
USUAL_CONTENT = CONTENT_ENCRYPTION[0]


def encrypted_for(
    client: ClientFacts, plain: str, *, alg: str, enc: str, is_signed: bool = True
) -> str:
    """A JWE, with a signed JWT in it or the bare claims (RFC 7519 §5.2). Raises `Refusal` without a key."""
    key = key_for(client, alg)
    header = {"alg": alg, "enc": enc or USUAL_CONTENT}
    nested = {"cty": "JWT"} if is_signed else {}
    named = {"kid": key.kid} if key.kid else {}
    algorithms = [*KEY_ENCRYPTION, *CONTENT_ENCRYPTION]
    return jwe.encrypt_compact({**header, **nested, **named}, plain, key, algorithms=algorithms)


def key_for(client: ClientFacts, alg: str) -> Key:
    """The client's key for an algorithm. Raises `Refusal` where it has none that fits."""
    try:
        return encryption_key(client, alg)
    except NoKeys:
        raise Refusal(
            Code.INVALID_REQUEST,
            "The client is registered for encrypted answers, and no key to encrypt with is known.",
            rule="encrypted_answer_must_have_a_key",
            spec="OpenID Connect Core §10.2",
            fix="Register a key with use=enc in jwks, or publish it at jwks_uri.",
        ) from None
