"""Who signed in: the provider's subject, and never an email address, is who somebody is here."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class People(OIDCAuthenticationBackend):
    """mozilla-django-oidc's sign-in, with what it leaves to the site."""

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """Verify the ID token, its issuer and its audience too (OpenID Connect Core §3.1.3.7).

        The library looks at signature, expiry and nonce: without these two lines, what the provider said to
        another site would count here.
        """
        claims: dict[str, Any] = super().verify_token(token, **kwargs)
        issuer, audience = self.get_settings("PROVIDER_URL"), claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != issuer or self.OIDC_RP_CLIENT_ID not in named:
            raise SuspiciousOperation("This ID token was made for somebody else.")
        # Not in the session, which is emptied when somebody else signs in.
        self.request.provider_session = claims.get("sid", "")
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        return bool(claims.get("sub"))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        found: QuerySet[User] = self.UserModel.objects.filter(username=claims["sub"])
        return found

    def create_user(self, claims: dict[str, Any]) -> User:
        return self.update_user(self.UserModel(username=claims["sub"]), claims)

    def update_user(self, user: User, claims: dict[str, Any]) -> User:
        """Keep what the provider tells: at each sign-in, so that a new name arrives."""
        user.first_name = claims.get("given_name", "")
        user.last_name = claims.get("family_name", "")
        user.email = claims.get("email", "")
        user.save()
        return user
