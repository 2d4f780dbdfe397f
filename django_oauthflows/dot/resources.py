"""Resource indicators (RFC 8707), compared as the project says; authenticators of APIs."""

from typing import Any

from oauth2_provider.settings import oauth2_settings


def resource_allows(url: str, resource: list[str]) -> bool:
    """Is a token limited to `resource` (RFC 8707) meant for `url`? An empty list is no limit."""
    if not resource:
        return True
    validator = oauth2_settings.RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR
    return validator is None or bool(validator(url, resource))


def resource_is_prefix_of(resource: str, url: str) -> bool:
    """Does the project's own comparison say that `url` belongs to `resource`? Without one, nothing does."""
    validator = oauth2_settings.RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR
    return validator is not None and bool(validator(url, [resource]))


def takes_access_tokens(authentication: Any) -> bool:
    """Is it DOT's own authentication of an API, or made of that?"""
    kinds = getattr(authentication, "__mro__", ())
    return any(kind.__module__.startswith("oauth2_provider.contrib.") for kind in kinds)
