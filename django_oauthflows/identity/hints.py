"""ID tokens that come back to us as a hint of whom they name (OpenID Connect Core §3.1.2.1).

A hint proves nothing of who is there; it says whom, and which sign-in of theirs, a request is about. It still
has to be ours and, where it decides anything for a client, the client's own: otherwise one client could ask
this server whom the ID tokens of another are about.
"""

from dataclasses import dataclass

from joserfc.jwk import OctKey

from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.secrets import readable_secrets
from django_oauthflows.keys import foreign
from django_oauthflows.keys.adopted import id_token_key
from django_oauthflows.keys.algorithms import HMACS
from django_oauthflows.keys.jwt import NotGenuine, Opened, open_jwt
from django_oauthflows.rules.jwt_types import ID_TOKEN, is_of_type
from django_oauthflows.rules.jwts import moment
from django_oauthflows.rules.requests import ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Whom an ID token of ours was issued to, and about whom. `sid` is empty in one that names no session."""

    client_id: str
    subject: str
    sid: str = ""


def hint_of(value: str, *, issuer: str) -> Hint:
    """What a genuine ID token says, expired or not (RP-Initiated Logout 1.0 §4). Raises `NotGenuine`.

    One that nobody signed is no proof of anything, though a client may be registered for such.
    """
    peeked = foreign.peek(value)
    by_secret = peeked.header["alg"] in HMACS
    opened = _opened_by_secret(value, peeked) if by_secret else open_jwt(value, find=id_token_key)
    claims = opened.claims
    client_id, subject = claims.get("aud"), claims.get("sub")
    if claims.get("iss") != issuer or not _is_id_token(opened):
        raise NotGenuine
    if not isinstance(client_id, str) or not isinstance(subject, str):
        raise NotGenuine
    sid = claims.get("sid", "")
    return Hint(
        client_id=client_id,
        subject=subject,
        sid=sid if isinstance(sid, str) else "",
    )


def _is_id_token(opened: Opened) -> bool:
    """Return whether a JWT is no other kind, and has the times that every ID token has (Core §2).

    The same key signs access tokens, logout tokens and userinfo, each with a type of its own.
    """
    times = (opened.claims.get("exp"), opened.claims.get("iat"))
    is_one = is_of_type(opened.header.get("typ", ID_TOKEN), ID_TOKEN)
    return is_one and all(moment(time) is not None for time in times)


def subject_named_by(value: str, client: ClientFacts, issuer: str) -> str:
    """Whom an ID token names that was issued to this client. Raises `NotGenuine` for anything else."""
    hint = hint_of(value, issuer=issuer)
    if hint.client_id != client.client_id:
        raise NotGenuine
    return hint.subject


def _opened_by_secret(value: str, peeked: Opened) -> Opened:
    """Signed for a client with one of its own secrets (OpenID Connect Core §10.1)."""
    named = peeked.claims.get("aud")
    client = client_of(named) if isinstance(named, str) and "\0" not in named else None
    secrets = readable_secrets(client) if client is not None else ()
    keys = [OctKey.import_key(secret) for secret in secrets]
    if not foreign.is_signed_by(value, peeked, keys, HMACS):
        raise NotGenuine
    return peeked
