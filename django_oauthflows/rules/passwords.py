"""Questions about a password request, asked before anybody looks at the password (RFC 6749 §4.3.2)."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import TokenRequest


@rule(spec="RFC 6749 §4.3.2", refuses_with=Code.INVALID_REQUEST)
def username_must_be_sent(request: TokenRequest) -> str | None:
    """Without a name there is nobody whose password could be right."""
    return None if "username" in request.sent else "The username is missing."


@rule(spec="RFC 6749 §4.3.2", refuses_with=Code.INVALID_REQUEST)
def password_must_be_sent(request: TokenRequest) -> str | None:
    """An empty password is none, and no backend is asked about it."""
    return None if "password" in request.sent else "The password is missing."
