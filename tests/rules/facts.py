"""Frozen requests for the rules: each one passes every rule until a test changes something."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django_oauthflows.rules.parties import Exchanging, Party, TokenType
from django_oauthflows.rules.pkce import s256
from django_oauthflows.rules.requests import (
    Assertion,
    AuthorizationRequest,
    ClientFacts,
    Held,
    TokenRequest,
    TokenUse,
)

NOW = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CALLBACK = "https://client.example/callback"
TARGET = "https://next.example/"

#: RFC 7636 appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def client(**changes: Any) -> ClientFacts:
    """A confidential web app that may read and write notes."""
    return ClientFacts(
        **{
            "key": 1,
            "client_id": "a-client",
            "name": "A client",
            "is_confidential": True,
            "is_enabled": True,
            "has_policy": True,
            "preset": "web-app",
            "profile": "standard",
            "flows": frozenset({"authorization-code-pkce", "refresh-token"}),
            "scopes": frozenset({"notes:read", "notes:write"}),
            "redirect_uris": (CALLBACK,),
            "exchange_targets": frozenset({TARGET}),
            **changes,
        }
    )


def authorization(**changes: Any) -> AuthorizationRequest:
    """A request for a code with PKCE."""
    return AuthorizationRequest(
        **{
            "client": client(),
            "response_type": "code",
            "response_mode": "query",
            "redirect_uri": CALLBACK,
            "redirect_uri_was_sent": True,
            "state": "a-state",
            "scopes_asked": frozenset({"notes:read"}),
            "scopes": frozenset({"notes:read"}),
            "nonce": "",
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
            "prompt": frozenset(),
            "resource": (),
            **changes,
        }
    )


def held(**changes: Any) -> Held:
    """A live code of the client's."""
    return Held(
        **{
            "key": 1,
            "flow": "authorization-code-pkce",
            "client_key": 1,
            "user_key": 1,
            "user_is_active": True,
            "client_is_enabled": True,
            "scopes": frozenset({"notes:read"}),
            "resource": (),
            "expires": NOW + SECOND,
            "spent_at": None,
            "redirect_uri": CALLBACK,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "authorization": UUID(int=1),
            "ends_at": NOW + SECOND,
            **changes,
        }
    )


def party(**changes: Any) -> Party:
    """A person whose token was issued to the client."""
    return Party(**{"subject": "7", "is_person": True, "was_issued_to_client": True, **changes})


def exchanging(**changes: Any) -> Exchanging:
    """That person's access token, to be exchanged for the next API."""
    return Exchanging(
        **{
            "subject_token_type": TokenType.ACCESS_TOKEN.value,
            "resource": (TARGET,),
            "targets": (TARGET,),
            "subject": party(),
            **changes,
        }
    )


def token(**changes: Any) -> TokenRequest:
    """The redemption of that code."""
    return TokenRequest(
        **{
            "client": client(),
            "grant_type": "authorization_code",
            "flow": "authorization-code-pkce",
            "now": NOW,
            "scopes_asked": None,
            "scopes": frozenset({"notes:read"}),
            "resource": (),
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "held": held(),
            "exchange": exchanging(),
            "assertion": assertion(),
            # Whatever is asked for is of the site, as a grant without a resource is.
            "own_resource": TARGET,
            **changes,
        }
    )


def assertion(**changes: Any) -> Assertion:
    """A client's own assertion, which passes every rule; `claims` are added to its claims."""
    now = NOW.timestamp()
    claims = {
        "iss": "a-client",
        "sub": "a-client",
        "aud": "https://server.example/o",
        "exp": now + 60,
        "iat": now,
        "jti": "an-id",
        **changes.pop("claims", {}),
    }
    return Assertion(
        **{
            "is_genuine": True,
            "now": now,
            "longest_life": 600,
            "issuer": "a-client",
            "own_type": "client-authentication+jwt",
            "subject": "a-client",
            "audiences": frozenset({"https://server.example/o", "https://server.example/o/token/"}),
            "claims": {name: value for name, value in claims.items() if value is not None},
            **changes,
        }
    )


def use(**changes: Any) -> TokenUse:
    """A live access token, shown to the API it is meant for."""
    return TokenUse(**{"exists": True, "now": NOW, "expires": NOW + SECOND, **changes})
