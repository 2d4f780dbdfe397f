"""What a client knows a person by: the same id everywhere, or one of its own (OpenID Connect Core §8).

Whoever is told of a person, in an ID token, by userinfo, by introspection or in a JWT access token, is told
the subject it knows: otherwise a client with pairwise subjects would learn the public one elsewhere. The name
of a session is kept apart in the same way.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from django_oauthflows.conf import conf
from django_oauthflows.rules.requests import ClientFacts

PAIRWISE = "pairwise"
#: The purposes that keys are derived for: the same text is never used for two.
_SUBJECT, _SESSION = b"oauthflows pairwise subject", b"oauthflows pairwise session"


def subject_of(client: ClientFacts, person: Any) -> str:
    """The subject a client knows the person of this key by: at most 255 ASCII characters (Core §2)."""
    if client.openid.subject_type != PAIRWISE:
        return str(person)
    # Keyed, so that nobody can compute another sector's subjects or read back the key (Core §8.1).
    named = f"{sector_of(client)}\0{person}".encode()
    return hmac.new(_key(_secret(), _SUBJECT), named, sha256).hexdigest()


def sid_of(client: ClientFacts, sid: str) -> str:
    """The name a client knows a session by (Front-Channel Logout 1.0 §3); empty for a session without one.

    Each sector of pairwise clients gets a name of its own: by one name for all, two sectors could find out
    that two of their subjects are one person (Core §8.1).
    """
    if not sid or client.openid.subject_type != PAIRWISE:
        return sid
    named = f"{sector_of(client)}\0{sid}".encode()
    return hmac.new(_key(_secret(), _SESSION), named, sha256).hexdigest()


def sector_of(client: ClientFacts) -> str:
    """The host that clients with the same pairwise subjects share; a client without one is its own."""
    uri = client.openid.sector_identifier_uri or next(iter(client.redirect_uris), "")
    try:
        return urlsplit(uri).hostname or client.client_id
    except ValueError:  # a row that is older than the checks
        return client.client_id


def _secret() -> str | bytes:
    return conf.PAIRWISE_SECRET or settings.SECRET_KEY


@lru_cache(maxsize=4)
def _key(secret: str | bytes, info: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    return derivation.derive(secret.encode() if isinstance(secret, str) else secret)
