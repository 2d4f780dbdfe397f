"""Columns of an application in django-oauth-toolkit's next release; a swapped model may have them now."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string
from oauth2_provider.settings import oauth2_settings

from django_oauthflows.dot.models import application_model

#: DOT's setting by which every client has to push its authorization requests (RFC 9126 §5).
_ALL_MUST_PUSH = "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS"


def authentication_method(application: Any) -> str:
    """Return the one method that a client is registered for (RFC 7591 §2); empty for any with a secret."""
    return str(getattr(application, "token_endpoint_auth_method", "") or "")


def client_jwks(application: Any) -> Mapping[str, Any] | None:
    """Return its public keys; none at all where what the column has cannot be read."""
    written = getattr(application, "client_jwks", "")
    if not written:
        return None
    try:
        keys = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        keys = {}
    return keys if isinstance(keys, Mapping) else {}


def client_jwks_uri(application: Any) -> str:
    """Return the address of its public keys."""
    return str(getattr(application, "client_jwks_uri", "") or "")


def must_push_requests(application: Any) -> bool:
    """Return whether it may start at the authorization endpoint by a pushed request alone (RFC 9126 §6)."""
    if getattr(application, "require_pushed_authorization_requests", None):
        return True
    return bool(oauth2_settings.user_settings.get(_ALL_MUST_PUSH))


def validate_address(setting_name: str, address: str) -> None:
    """Ask the project's own validator of an address, `REDIRECT_URI_VALIDATOR` or `ALLOWED_ORIGIN_VALIDATOR`.

    It is made for an application, which is a new one here. Raises `ValidationError` as it does.
    """
    chosen = oauth2_settings.user_settings.get(setting_name)
    if not chosen:
        return
    make = import_string(chosen) if isinstance(chosen, str) else chosen
    make(application_model()())(address)
