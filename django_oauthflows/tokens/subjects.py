"""What a client knows a person by: the same id everywhere, or one of its own (OpenID Connect Core §8).

Whoever is told of a person, in an ID token, by userinfo, by introspection or in a JWT access token, is told
the subject it knows: otherwise a client with pairwise subjects would learn the public one elsewhere. The name
of a session is kept apart in the same way.
"""

import hmac
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.own_claims import own_subject

PAIRWISE = "pairwise"
#: The purposes that keys are derived for: the same text is never used for two.
_SUBJECT, _SESSION = b"oauthflows pairwise subject", b"oauthflows pairwise session"


def subject_of(client: ClientFacts, person: Any, *, user: Any = None) -> str:
    """The subject a client knows the person of this key by: at most 255 ASCII characters (Core §2).

    A project whose `OAUTH2_VALIDATOR_CLASS` tells a `sub` of its own goes on telling it; `user` is the
    person's row, where it is at hand. Raises `Refusal` where that hook fails.
    """
    if client.openid.subject_type != PAIRWISE:
        own = own_subject(client, person, user=user) if dot.names_subjects() else None
        return str(person) if own is None else own
    # Keyed, so that nobody can compute another sector's subjects or read back the key (Core §8.1).
    named = f"{sector_of(client)}\0{person}".encode()
    return hmac.new(_key(_secret(), _SUBJECT), named, sha256).hexdigest()


def subject_beside(own: Mapping[str, Any], client: ClientFacts, user: Any) -> str:
    """The subject to tell beside `own` claims of the project's validator, which has named it there or not."""
    named = own.get("sub")
    if named in (None, "") or client.openid.subject_type == PAIRWISE:
        return subject_of(client, user.pk, user=user)
    return str(named)


def subject_in_access_token(client: ClientFacts, person: Any) -> str:
    """The subject that a JWT access token names, which an API of this site reads the person's key of.

    So it is never one that the project's validator made: a number in it would be another person's key.
    """
    return str(person) if client.openid.subject_type != PAIRWISE else subject_of(client, person)


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
