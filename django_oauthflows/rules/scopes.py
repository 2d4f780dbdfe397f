"""Questions about scope (RFC 6749 §3.3)."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.rules.words import is_scope


def listed(scopes: frozenset[str]) -> str:
    """Name scopes in a public sentence, leaving out any that RFC 6749 §3.3 could not have meant."""
    named = sorted(name for name in scopes if name.isascii() and name.isprintable())
    return " ".join(name.replace('"', "").replace("\\", "") for name in named)[:200]


def _refused(scopes: frozenset[str], why: str) -> str:
    """The public sentence about scopes that are not given."""
    if not all(map(is_scope, scopes)):
        return "The scope is malformed: its words are separated by spaces and by nothing else."
    return f"{why}: {listed(scopes)}."


@rule(spec="RFC 6749 §3.3", refuses_with=Code.INVALID_SCOPE)
def scopes_must_be_allowed_for_client(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A client never gets more than its owner signed up for."""
    beyond = (request.scopes_asked or frozenset()) - request.client.allowed_scopes
    if beyond:
        return _refused(beyond, "This client may not ask for the scope")
    return None


@rule(spec="RFC 6749 §3.3", refuses_with=Code.INVALID_SCOPE)
def scopes_must_not_be_empty(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A request that names no scope gets the default ones. One that names only unknown ones gets none."""
    if request.scopes:
        return None
    if request.scopes_asked is None:
        return "Ask for at least one scope: this client gets none by default."
    return none_is_known(request) or "Ask for at least one scope that opens something."


@rule(spec="RFC 6749 §3.3", refuses_with=Code.INVALID_SCOPE)
def scopes_must_be_known(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A strict profile takes a scope nobody knows for a mistake; the others leave it out."""
    if request.scopes_dropped:
        return _refused(request.scopes_dropped, "This server does not know the scope")
    return None


#: What a strict profile asks of scopes, at every endpoint that takes them.
STRICT_SCOPE_RULES = (scopes_must_be_known,)


def none_is_known(request: AuthorizationRequest | TokenRequest) -> str | None:
    """The public sentence about a request of which nothing is left once the unknown scopes are dropped."""
    if request.scopes_asked or not request.scopes_dropped:
        return None
    return _refused(request.scopes_dropped, "This server knows none of the scopes asked for")


@rule(spec="RFC 6749 §6", refuses_with=Code.INVALID_SCOPE)
def scopes_must_not_exceed_the_grant(request: TokenRequest) -> str | None:
    """A refresh may narrow what the person agreed to, and never widens it."""
    granted = request.held.scopes if request.held else frozenset()
    beyond = (request.scopes_asked or frozenset()) - granted
    if beyond:
        return _refused(beyond, "The person did not grant the scope")
    return None


@rule(spec="RFC 6749 §6", refuses_with=Code.INVALID_SCOPE)
def scopes_must_be_left(request: TokenRequest) -> str | None:
    """What was withdrawn from the client since the grant is withdrawn from its tokens too."""
    if not request.scopes:
        return "Every scope of this grant has been withdrawn from the client."
    return None
