"""Questions about Proof Key for Code Exchange (RFC 7636): the code is bound to whoever asked for it."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest

S256, PLAIN = "S256", "plain"

#: RFC 7636 §4.1 and §4.2: 43 to 128 characters of the unreserved set.
_SYNTAX = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")


def s256(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


@rule(spec="RFC 7636 §4.2", refuses_with=Code.INVALID_REQUEST)
def code_challenge_must_be_well_formed(request: AuthorizationRequest) -> str | None:
    """A challenge of another length or alphabet is not the hash of any verifier."""
    if request.code_challenge and not _SYNTAX.match(request.code_challenge):
        return "The code_challenge must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~."
    return None


@rule(spec="RFC 7636 §4.3", refuses_with=Code.INVALID_REQUEST)
def code_challenge_method_must_be_known(request: AuthorizationRequest) -> str | None:
    """An unknown transformation could never be verified."""
    if request.code_challenge_method not in ("", S256, PLAIN):
        return "The code_challenge_method must be S256."
    if request.code_challenge_method and not request.code_challenge:
        return "A code_challenge_method was sent without a code_challenge."
    return None


@rule(spec="OAuth 2.1 §4.1.1", refuses_with=Code.INVALID_REQUEST)
def code_challenge_must_use_s256(request: AuthorizationRequest) -> str | None:
    """A plain challenge shows the verifier to whoever reads the authorization request."""
    if request.code_challenge and request.code_challenge_method != S256:
        return "The code_challenge_method must be S256."
    return None


@rule(spec="OAuth 2.1 §4.1.1", refuses_with=Code.INVALID_REQUEST)
def code_challenge_must_be_sent(request: AuthorizationRequest) -> str | None:
    """A stolen code is worthless without its verifier.

    The one exception the specification leaves open: a confidential client whose OpenID Connect request
    carries a nonce, which protects against the injection of a stolen code in its own way (RFC 9700 §2.1.1).
    """
    if request.code_challenge:
        return None
    if request.client.is_confidential and "openid" in request.scopes and request.nonce:
        return None
    return "This client must use PKCE: send a code_challenge with code_challenge_method=S256."


@rule(spec="OAuth 2.1 §7.5.2", refuses_with=Code.INVALID_REQUEST)
def code_challenge_must_be_sent_with_every_request(request: AuthorizationRequest) -> str | None:
    """A nonce protects nobody whose client does not check it, and software agents seldom do."""
    if not request.code_challenge:
        return "This client must use PKCE: send a code_challenge with code_challenge_method=S256."
    return None


@rule(spec="RFC 9700 §2.1.1", refuses_with=Code.INVALID_REQUEST)
def code_challenge_must_be_sent_by_public_clients(request: AuthorizationRequest) -> str | None:
    """A public client has nothing but PKCE to show that the code was meant for it."""
    if "code" not in request.response_type.split(" "):
        return None
    if request.code_challenge or request.client.is_confidential:
        return None
    return "A public client must use PKCE: send a code_challenge with code_challenge_method=S256."


@rule(spec="RFC 9700 §2.1.1", refuses_with=Code.INVALID_GRANT)
def code_verifier_must_not_be_unexpected(request: TokenRequest) -> str | None:
    """A verifier for a code that was asked without a challenge means somebody took the challenge out."""
    if request.code_verifier and request.held and not request.held.code_challenge:
        return "A code_verifier was sent, but the code was requested without a code_challenge."
    return None


@rule(spec="RFC 7636 §4.5", refuses_with=Code.INVALID_GRANT)
def code_verifier_must_be_sent(request: TokenRequest) -> str | None:
    """Whoever redeems the code proves that they asked for it."""
    if request.held and request.held.code_challenge and not request.code_verifier:
        return "The code_verifier is missing."
    return None


@rule(spec="RFC 7636 §4.1", refuses_with=Code.INVALID_GRANT)
def code_verifier_must_be_well_formed(request: TokenRequest) -> str | None:
    """A verifier shorter than 43 characters could be guessed."""
    if request.code_verifier and not _SYNTAX.match(request.code_verifier):
        return "The code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~."
    return None


@rule(spec="RFC 7636 §4.6", refuses_with=Code.INVALID_GRANT)
def code_verifier_must_match_challenge(request: TokenRequest) -> str | None:
    """The proof itself, compared in constant time."""
    held = request.held
    if not (held and held.code_challenge):
        return None
    proof = (
        s256(request.code_verifier) if held.code_challenge_method == S256 else request.code_verifier
    )
    if not compare_digest(proof, held.code_challenge):
        return "The code_verifier does not match the code_challenge."
    return None
