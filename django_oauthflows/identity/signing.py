"""How what is told of a person is signed for a client: by the algorithm it is registered for.

A public-key signature by default. `none` only for clients of the legacy profile, whose ID tokens come from
the token endpoint over TLS (OpenID Connect Core §3.1.3.7); an HMAC only with a secret that its owner chose to
keep readable (§10.1).
"""

import json
from base64 import urlsafe_b64encode
from typing import Any

from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OctKey

from django_oauthflows.clients.secrets import readable_secrets
from django_oauthflows.conf import conf
from django_oauthflows.identity.encryption import encrypted_for, key_for
from django_oauthflows.keys import adopted, jwt, ring
from django_oauthflows.keys.algorithms import ALGORITHMS, HMACS, NONE
from django_oauthflows.rules.jwt_types import ID_TOKEN
from django_oauthflows.rules.requests import ClientFacts


def signing_algorithms() -> list[str]:
    """Every algorithm a client may register for, the server's own first."""
    return list(dict.fromkeys((conf.ID_TOKEN_SIGNING_ALGORITHM, *ALGORITHMS, *HMACS, NONE)))


def signing_algorithm(client: ClientFacts) -> str:
    """What a client's ID tokens are signed with; the server's default where its choice is impossible now."""
    chosen = client.openid.id_token_signed_response_alg
    return chosen if _is_possible(client, chosen) else conf.ID_TOKEN_SIGNING_ALGORITHM


def be_ready(client: ClientFacts) -> None:
    """Look for the keys that an ID token will take, so that nothing is spent on an answer that fails.

    Raises `Refusal` where the client is registered for encryption and has no key for it.
    """
    algorithm = signing_algorithm(client)
    if algorithm in ALGORITHMS:
        ring.signing_key(algorithm)
    if alg := client.openid.id_token_encrypted_response_alg:
        key_for(client, alg)


def id_token(client: ClientFacts, members: dict[str, Any], *, algorithm: str) -> str:
    """The members as an ID token: signed, and encrypted where the client is registered for that."""
    signed = signed_for(client, members, algorithm=algorithm, typ=ID_TOKEN)
    alg, enc = (
        client.openid.id_token_encrypted_response_alg,
        client.openid.id_token_encrypted_response_enc,
    )
    return encrypted_for(client, signed, alg=alg, enc=enc) if alg else signed


def signed_for(client: ClientFacts, members: dict[str, Any], *, algorithm: str, typ: str) -> str:
    """A JWT of the members for one client, in compact form; `typ` is its kind (`rules/jwt_types.py`)."""
    if algorithm == NONE:
        return _unsecured(members, typ)
    if algorithm in HMACS:
        key = OctKey.import_key(readable_secrets(client)[0])
        return joserfc_jwt.encode({"alg": algorithm, "typ": typ}, members, key, [algorithm])
    projects = adopted.signing_key(algorithm)
    return jwt.sign(members, typ=typ, algorithm=algorithm, key=projects)


def _is_possible(client: ClientFacts, algorithm: str) -> bool:
    if algorithm == NONE:
        return client.profile == "legacy"
    if algorithm in HMACS:
        return bool(readable_secrets(client))
    return algorithm in ALGORITHMS


def _unsecured(members: dict[str, Any], typ: str) -> str:
    """A JWT without a signature (RFC 7519 §6.1)."""
    header = {"alg": NONE, **({"typ": typ} if typ != ID_TOKEN else {})}
    parts = (json.dumps(part).encode() for part in (header, members))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode("ascii") for part in parts) + "."
