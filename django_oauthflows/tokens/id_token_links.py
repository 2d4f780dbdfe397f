"""The `jti` of an ID token (RFC 7519 §4.1.7), which names the authorization that the token came of.

So an ID token that comes back leads to its own grant, with one statement and without a row of its own. The id
of an authorization is no secret, and differs from client to client.
"""

from uuid import UUID

from django_oauthflows.tokens.checksums import generate

#: Characters of randomness behind the name: one authorization gives many ID tokens.
_RANDOM = 16


def jti_for(authorization: UUID) -> str:
    """Return a new `jti` for an ID token of this authorization."""
    return f"{authorization.hex}.{generate()[:_RANDOM]}"


def authorization_named_by(jti: object) -> UUID | None:
    """Return the id of the authorization a `jti` names; `None` for one that this server did not make."""
    name, dot, _ = jti.partition(".") if isinstance(jti, str) else ("", "", "")
    if not dot or len(name) != 32:
        return None
    try:
        return UUID(hex=name)
    except ValueError:
        return None
