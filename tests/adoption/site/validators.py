"""A validator with claims and hooks of its own."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class SiteValidator(OAuth2Validator):  # type: ignore[misc]
    def get_additional_claims(self) -> dict[str, Any]:
        return {"groups": lambda request: sorted(g.name for g in request.user.groups.all())}

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(
            super().validate_redirect_uri(client_id, redirect_uri, request, *args, **kwargs)
        )
