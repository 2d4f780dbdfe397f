"""Questions about who asks."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest


@rule(spec="RFC 6749 §3.2.1", refuses_with=Code.UNAUTHORIZED_CLIENT)
def client_must_be_confidential(request: TokenRequest) -> str | None:
    """Without a person or a secret there is nobody the token could be given to."""
    if not request.client.is_confidential:
        return "A public client cannot use this grant: it has no credentials to authenticate with."
    return None


@rule(spec="RFC 9700 §2", refuses_with=Code.UNAUTHORIZED_CLIENT)
def flow_must_be_allowed_by_profile(request: AuthorizationRequest | TokenRequest) -> str | None:
    """Flows the field has given up work for clients of the legacy profile alone (RFC 9700 §2.1.2, §2.4)."""
    if request.client.profile != "legacy":
        return "This flow is no longer recommended, and the client's security profile forbids it."
    return None
