"""What a swapped application model says itself, where django-oauth-toolkit would ask it.

A model that overrides nothing is not asked, and not read.
"""

from typing import Any
from urllib.parse import urlsplit

from django_oauthflows.dot.models import application_model, applications


def overrides(method: str) -> bool:
    """Has the project's application model a method of its own by this name?"""
    from oauth2_provider.models import AbstractApplication

    return getattr(application_model(), method, None) is not getattr(AbstractApplication, method)


def overridden(*methods: str) -> list[str]:
    """Return those of the methods that it has of its own."""
    return [method for method in methods if overrides(method)]


def refuses_redirect_uri(key: Any, uri: str) -> bool:
    """Does the application of this key refuse a redirect URI that it has registered?

    By `redirect_uri_allowed`, or by the schemes of `get_allowed_schemes`. It is asked of no other URI: only
    one that is registered may be used (RFC 9700 §2.1).
    """
    asked = overridden("redirect_uri_allowed", "get_allowed_schemes")
    if not asked:
        return False
    application = applications().filter(pk=key).first()
    if application is None:
        return True
    if "redirect_uri_allowed" in asked and not application.redirect_uri_allowed(uri):
        return True
    if "get_allowed_schemes" not in asked:
        return False
    schemes = {scheme.lower() for scheme in application.get_allowed_schemes()}
    return urlsplit(uri).scheme not in schemes


def allows_origin(key: Any, origin: str) -> bool:
    """Does the application of this key take scripts of an origin by its own `origin_allowed`?"""
    if not overrides("origin_allowed"):
        return False
    application = applications().filter(pk=key).first()
    return application is not None and bool(application.origin_allowed(origin))
