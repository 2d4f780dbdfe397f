"""Questions about Proof Key for Code Exchange (RFC 7636): the code is bound to whoever asked for it."""

import json
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.rules.uri_origins import leads_to_device

S256, PLAIN = "S256", "plain"

#: RFC 7636 §4.1 and §4.2: 43 to 128 characters of the unreserved set.
_SYNTAX = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")


def s256(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def binds_code(challenge: str, method: str) -> bool:
    """Return whether a code can be redeemed only with a secret that never passed through the browser."""
    return bool(challenge) and method == S256


def code_proof(redirect_uri: str, challenge: str, method: str) -> str:
    """Return the checksum of what the rightful holder of a code knows beside the code.

    It outlives the code, so that whoever brings a spent one can still be told from its holder. The redirect
    URI is part of it where the token request has to name it.
    """
    if binds_code(challenge, method):
        redirect_uri = ""
    return _checksum(redirect_uri, challenge, method if challenge else "")


def _checksum(*known: str) -> str:
    return sha256(json.dumps(known).encode()).hexdigest()


def proves_its_code(request: TokenRequest) -> bool:
    """Return whether a request for a spent code holds all that its redemption took (RFC 7636 §4.6)."""
    proof, verifier = request.held.code_proof if request.held else "", request.code_verifier
    if not proof:
        # Issued before proofs were kept: only its client's authentication is left.
        return request.client.is_confidential
    if verifier and not _SYNTAX.match(verifier):
        return False
    answers = [(s256(verifier), S256), (verifier, PLAIN)] if verifier else [("", "")]
    shown = [code_proof(request.redirect_uri, *answer) for answer in answers]
    if verifier:
        # Issued before the redirect URI could be left out: it is part of the proof beside a challenge too.
        shown.append(_checksum(request.redirect_uri, s256(verifier), S256))
    return any(compare_digest(one, proof) for one in shown)


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
    An administrator may let one confidential client leave out both.
    """
    client = request.client
    if request.code_challenge:
        return None
    if not client.is_confidential:
        return "This client must use PKCE: send a code_challenge with code_challenge_method=S256."
    if "openid" in request.scopes and request.nonce:
        return None
    if client.may_omit_pkce_and_nonce and request.response_type == "code":
        return None
    return (
        "This client must use PKCE or a nonce: send a code_challenge with code_challenge_method=S256, or the "
        "scope openid with a nonce."
    )


@rule(spec="RFC 8252 §8.1", refuses_with=Code.INVALID_REQUEST)
def code_challenge_must_be_sent_for_loopback_addresses(request: AuthorizationRequest) -> str | None:
    """Any program on a device can wait at a loopback port, and a nonce is checked by who gets the tokens.

    So neither a nonce nor a secret takes the place of PKCE there, whatever the client's profile is.
    """
    if "code" not in request.response_types or request.code_challenge:
        return None
    if leads_to_device(request.redirect_uri):
        return (
            "A client that is answered on the person's own device must use PKCE: send a code_challenge with "
            "code_challenge_method=S256."
        )
    return None


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
