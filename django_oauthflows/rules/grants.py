"""Questions about what a client presents at the token endpoint: a code or a refresh token."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.pkce import binds_code, proves_its_code
from django_oauthflows.rules.requests import TokenRequest


@rule(spec="RFC 6749 §5.2", refuses_with=Code.INVALID_GRANT)
def code_must_exist(request: TokenRequest) -> str | None:
    """The same words for a code that never was, was another client's, or is long gone."""
    return None if request.held else "The code is unknown or has expired."


@rule(spec="RFC 6749 §4.1.3", refuses_with=Code.INVALID_GRANT)
def code_must_belong_to_client(request: TokenRequest) -> str | None:
    """A stolen code cannot be redeemed by another client; its rightful holder still can."""
    if request.held and request.held.client_key != request.client.key:
        return "The code is unknown or has expired."
    return None


@rule(spec="RFC 7636 §4.6", refuses_with=Code.INVALID_GRANT)
def spent_code_must_be_proven(request: TokenRequest) -> str | None:
    """A code travels through the browser: one who only read it there must not end the person's tokens."""
    if request.held and request.held.spent_at and not proves_its_code(request):
        return "The code is unknown or has expired."
    return None


@rule(spec="RFC 6749 §4.1.2", refuses_with=Code.INVALID_GRANT)
def code_must_be_unspent(request: TokenRequest) -> str | None:
    """A code that its holder brings twice was redeemed by somebody else: every token of it dies."""
    if request.held and request.held.spent_at:
        return "The code was redeemed before; the tokens it earned have been revoked."
    return None


@rule(spec="RFC 6749 §4.1.2", refuses_with=Code.INVALID_GRANT)
def code_must_not_be_expired(request: TokenRequest) -> str | None:
    """A code lives for seconds, so that a leaked one is of no use."""
    if request.held and request.held.expires and request.held.expires <= request.now:
        return "The code is unknown or has expired."
    return None


@rule(spec="RFC 6749 §4.1.3", refuses_with=Code.INVALID_GRANT)
def redirect_uri_must_match_code(request: TokenRequest) -> str | None:
    """The code is redeemed for the very URI it was sent to, so that one sent astray is worthless.

    PKCE with S256 makes it worthless too. OAuth 2.1 clients leave the URI out then, and one that is sent is
    still compared (OAuth 2.1 §4.1.3, §10.2).
    """
    held = request.held
    if held and request.redirect_uri != held.redirect_uri:
        if not request.redirect_uri and binds_code(held.code_challenge, held.code_challenge_method):
            return None
        if held.redirect_uri and not request.redirect_uri:
            return "The redirect_uri is missing: send the one the authorization request had."
        return "The redirect_uri is not the one the authorization request had."
    return None


@rule(spec="RFC 6749 §5.2", refuses_with=Code.INVALID_GRANT)
def refresh_token_must_exist(request: TokenRequest) -> str | None:
    """The same words for a token that never was, was another client's, or is long gone."""
    return None if request.held else "The refresh token is unknown, revoked or expired."


@rule(spec="RFC 6749 §6", refuses_with=Code.INVALID_GRANT)
def refresh_token_must_belong_to_client(request: TokenRequest) -> str | None:
    """A refresh token is bound to the client it was issued to."""
    if request.held and request.held.client_key != request.client.key:
        return "The refresh token is unknown, revoked or expired."
    return None


@rule(spec="RFC 6749 §6", refuses_with=Code.INVALID_CLIENT, status=401)
def client_must_authenticate_as_it_did(request: TokenRequest) -> str | None:
    """A client with a choice that proved itself for the code proves itself for what came of it.

    Else whoever finds the refresh token could use it by leaving the proof out.
    """
    if request.held and request.held.was_proven and request.client.left_out_its_proof:
        return "This refresh token was issued to a client that authenticated: authenticate again."
    return None


@rule(spec="RFC 9700 §4.14.2", refuses_with=Code.INVALID_GRANT)
def refresh_token_must_be_unspent(request: TokenRequest) -> str | None:
    """A refresh token that comes again after its rotation was stolen from somebody: its family dies.

    A retry within the grace window is the client whose answer was lost, and gets the same answer again.
    """
    if request.held and request.held.spent_at and not request.held.may_be_replayed:
        return "The refresh token was used before; all tokens of this grant have been revoked."
    return None


@rule(spec="RFC 9700 §4.14.2", refuses_with=Code.INVALID_GRANT)
def refresh_token_must_not_be_expired(request: TokenRequest) -> str | None:
    """A grant nobody used for long, or that is as old as it may get, ends."""
    held = request.held
    if held is None:
        return None
    ends = [moment for moment in (held.expires, held.ends_at) if moment is not None]
    if ends and min(ends) <= request.now:
        return "The refresh token is unknown, revoked or expired."
    return None


@rule(spec="RFC 7009 §2.1", refuses_with=Code.INVALID_GRANT)
def authorization_must_be_live(request: TokenRequest) -> str | None:
    """What the person, the client or an administrator ended stays ended."""
    if request.held and request.held.authorization_revoked:
        return "This grant has been revoked."
    return None


@rule(spec="RFC 6749 §5.2", refuses_with=Code.INVALID_GRANT)
def person_must_be_active(request: TokenRequest) -> str | None:
    """A deactivated account gets no new tokens."""
    if request.held and not request.held.user_is_active:
        return "This grant has been revoked."
    return None


@rule(spec="RFC 6749 §5.2", refuses_with=Code.UNAUTHORIZED_CLIENT)
def flow_must_still_be_allowed(request: TokenRequest) -> str | None:
    """A flow withdrawn from the client is withdrawn from the grants it obtained by it."""
    held = request.held
    if held and not request.client.may_use(held.flow):
        return "The flow this grant was obtained by is no longer allowed for the client."
    return None


@rule(spec="RFC 6749 §5.2", refuses_with=Code.INVALID_GRANT)
def client_must_still_be_enabled(request: TokenRequest) -> str | None:
    """Read with the grant itself, so that no remembered copy of the client outlives its switch."""
    if request.held and not request.held.client_is_enabled:
        return "This client has been disabled."
    return None
