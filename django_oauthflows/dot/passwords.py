"""The password grant's own hook of django-oauth-toolkit's validator (RFC 6749 §4.3)."""

from typing import Any

from django_oauthflows.dot.validator import Question, validator_and_request, validator_overrides


def validates_users() -> bool:
    """Return whether the project's validator has its own idea of who a username and password belong to."""
    return validator_overrides("validate_user", "build_http_request")


def validated_user(username: str, password: str, question: Question) -> Any:
    """Return the user whom the project's validator takes these for; `None` for nobody."""
    validator, request = validator_and_request(question)
    request.user = None
    is_good = validator.validate_user(username, password, request.client, request)
    return request.user if is_good else None
