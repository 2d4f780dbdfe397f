"""ID tokens that come back to us as a hint of whom they name (OpenID Connect Core §3.1.2.1).

A hint proves nothing of who is there; it only says whom the client expects. It still has to be ours and the
client's own: otherwise one client could ask this server whom the ID tokens of another are about.
"""

from joserfc.jwk import OctKey

from django_oauthflows.clients.secrets import readable_secrets
from django_oauthflows.keys.foreign import SYMMETRIC, is_signed_by, peek
from django_oauthflows.keys.jwt import NotGenuine, Opened, open_jwt
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.formats import AT_JWT


def subject_named_by(hint: str, client: ClientFacts, issuer: str) -> str:
    """Whom an ID token names that was issued to this client; one that has expired still does.

    Raises `NotGenuine` for anything else.
    """
    opened = _opened(hint, client)
    audience, subject = opened.claims.get("aud"), opened.claims.get("sub")
    is_ours = opened.claims.get("iss") == issuer and opened.header.get("typ") != AT_JWT
    is_theirs = client.client_id in (audience if isinstance(audience, list) else [audience])
    if not (is_ours and is_theirs and isinstance(subject, str)):
        raise NotGenuine
    return subject


def _opened(hint: str, client: ClientFacts) -> Opened:
    """Signed with a key of ours or, as ID tokens may be (§10.1), with the client's secret."""
    opened = peek(hint)
    if opened.header["alg"] not in SYMMETRIC:
        return open_jwt(hint)
    keys = [OctKey.import_key(secret) for secret in readable_secrets(client)]
    if not is_signed_by(hint, opened, keys, SYMMETRIC):
        raise NotGenuine
    return opened
