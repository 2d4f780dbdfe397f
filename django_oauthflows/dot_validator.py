"""The class DOT's own views and authenticators ask, made as strict as ours.

Imported by DOT itself, late, through the setting `OAUTH2_VALIDATOR_CLASS`: a project that keeps
`OAuth2Authentication` on some of its views gets the same answers there as from our own authenticator.
Apart from `dot.py`, because importing DOT's validators while apps load is not possible.
"""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from django_oauthflows.clients.policy import is_enabled
from django_oauthflows.core import users
from django_oauthflows.tokens import origins


class HardenedValidator(OAuth2Validator):  # type: ignore[misc]
    """DOT's validator without the ways around it."""

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        """A deactivated person's or a disabled client's token stops at its next use.

        So does what was made of its tokens by exchange.
        """
        if not super().validate_bearer_token(token, scopes, request):
            return False
        person, application = request.user, request.client
        if person is not None and not users.is_active(person):
            return False
        if application is not None and not is_enabled(application.pk):
            return False
        return origins.is_usable(request.access_token.token_checksum, request)

    def validate_jwt_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        """An ID token says who somebody is, not what a client may do: it is no access token (RFC 6750 §1)."""
        return self.validate_bearer_token(token, scopes, request)
