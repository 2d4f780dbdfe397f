"""The validator of a hospital's site: groups in a scope of their own, and people known by a number."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class HospitalValidator(OAuth2Validator):  # type: ignore[misc]
    """As django-oauth-toolkit's documentation has it written."""

    oidc_claim_scope = {**OAuth2Validator.oidc_claim_scope, "groups": "groups", "ward": "profile"}

    def get_additional_claims(self) -> dict[str, Any]:
        return {
            "sub": lambda request: f"staff-{request.user.pk}",
            "name": lambda request: f"Dr {request.user.last_name}",
            "groups": lambda request: [group.name for group in request.user.groups.all()],
            "ward": lambda request: None,
            "phone_number": lambda request: "+44 20 7946 0000",
        }

    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        said: dict[str, Any] = super().get_userinfo_claims(request)
        return {**said, "asked_by": request.client.name}
