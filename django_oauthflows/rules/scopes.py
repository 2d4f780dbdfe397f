"""Questions about scope (RFC 6749 §3.3)."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest


def listed(scopes: frozenset[str]) -> str:
    """Name scopes in a public sentence, leaving out any that RFC 6749 §3.3 could not have meant."""
    named = sorted(name for name in scopes if name.isascii() and name.isprintable())
    return " ".join(name.replace('"', "").replace("\\", "") for name in named)[:200]


@rule(spec="RFC 6749 §3.3", refuses_with=Code.INVALID_SCOPE)
def scopes_must_be_allowed_for_client(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A client never gets more than its owner signed up for."""
    beyond = (request.scopes_asked or frozenset()) - request.client.scopes
    if beyond:
        return f"This client may not ask for the scope: {listed(beyond)}."
    return None


@rule(spec="RFC 6749 §3.3", refuses_with=Code.INVALID_SCOPE)
def scopes_must_not_be_empty(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A request that names no scope gets the server's default, and a server without one says so."""
    if not request.scopes:
        return "Ask for at least one scope: this server gives none by default."
    return None


@rule(spec="RFC 6749 §6", refuses_with=Code.INVALID_SCOPE)
def scopes_must_not_exceed_the_grant(request: TokenRequest) -> str | None:
    """A refresh may narrow what the person agreed to, and never widens it."""
    granted = request.held.scopes if request.held else frozenset()
    beyond = (request.scopes_asked or frozenset()) - granted
    if beyond:
        return f"The person did not grant the scope: {listed(beyond)}."
    return None


@rule(spec="RFC 6749 §6", refuses_with=Code.INVALID_SCOPE)
def scopes_must_be_left(request: TokenRequest) -> str | None:
    """What was withdrawn from the client since the grant is withdrawn from its tokens too."""
    if not request.scopes:
        return "Every scope of this grant has been withdrawn from the client."
    return None
