"""Validators that projects wrote for django-oauth-toolkit. Imported late, as DOT does it."""

from typing import Any

from django_oauthflows.dot_validator import HardenedValidator


class OfAPIs(HardenedValidator):
    """Says who may call."""

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        return False


class OfScopes(HardenedValidator):
    """Says which scopes there are, and has a method of its own."""

    def validate_scopes(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def scopes_of_department(self) -> list[str]:
        return []


class OfContexts(HardenedValidator):
    """Says how somebody signed in, which is not a claim to make up."""

    def get_additional_claims(self) -> dict[str, Any]:  # type: ignore[override]
        return {"acr": lambda request: "high"}
