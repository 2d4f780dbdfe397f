"""Validators of projects that ran django-oauth-toolkit, as its documentation has them written."""

from typing import Any

from django_oauthflows.dot_validator import HardenedValidator


class WithRequest(HardenedValidator):
    """The form that gets the request, with a `sub` and reserved claims of its own, and a map of scopes."""

    oidc_claim_scope = {
        **HardenedValidator.oidc_claim_scope,
        "groups": "notes:read",
        "email": "phone",
    }

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        user = request.user
        return {
            "sub": f"employee-{user.pk}",
            "name": f"Dr {user.last_name}",
            "groups": [user.username],
            "iss": "https://evil.example",
            "aud": "other",
            "exp": 1,
            "nonce": "made up",
            "acr": "high",
            "sid": "made up",
        }


class WithoutRequest(HardenedValidator):
    """The form that names claims without a request, and tells each of them by one."""

    oidc_claim_scope = {**HardenedValidator.oidc_claim_scope, "client": "openid", "left": "openid"}

    def get_additional_claims(self) -> dict[str, Any]:  # type: ignore[override]
        return {
            "client": lambda request: request.client.name,
            "left": lambda request: None,
            "nickname": lambda request: request.user.username,
        }


class Userinfo(HardenedValidator):
    """Says more at userinfo, and everything whatever the scopes."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        return {"department": "Analysis"}

    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        said = super().get_userinfo_claims(request)
        return {**said, "colour": "green", "token_scope": request.access_token.scope}

    def get_discovery_claims(self, request: Any) -> list[str]:
        return ["sub", "department", "colour"]


class IDTokens(HardenedValidator):
    """Says more in ID tokens."""

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        return {**claims, "issuer_seen": claims["iss"], "named": request.claims}, expires


class Broken(HardenedValidator):
    """Fails for whoever has no profile."""

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        raise ValueError(f"no profile of {request.user.email}")


class NoClaims(HardenedValidator):
    """Answers with something that is no claims."""

    def get_userinfo_claims(self, request: Any) -> Any:
        return "a JWT of its own"


class Passwords(HardenedValidator):
    """Knows another password."""

    def validate_user(
        self, username: str, password: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if password == f"legacy of {client.name}":
            from django.contrib.auth import get_user_model

            request.user = get_user_model()._default_manager.get(username=username)
            return True
        return bool(super().validate_user(username, password, client, request, *args, **kwargs))
