"""Applications of django-oauth-toolkit: their grant types, client ids and metadata documents."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from oauth2_provider.settings import oauth2_settings

from django_oauthflows.dot.moved import module
from django_oauthflows.dot.settings import project_says

#: DOT's one grant type per application, as slugs of the catalogue (RFC 6749 §1.3). DOT lets every
#: application but an implicit one refresh.
FLOWS_OF_GRANT_TYPE: Mapping[str, frozenset[str]] = {
    "authorization-code": frozenset(
        {"authorization-code", "authorization-code-pkce", "refresh-token"}
    ),
    "client-credentials": frozenset({"client-credentials", "refresh-token"}),
    "implicit": frozenset({"implicit"}),
    "password": frozenset({"password", "refresh-token"}),
    "openid-hybrid": frozenset(
        {"hybrid", "authorization-code", "authorization-code-pkce", "refresh-token"}
    ),
    "urn:ietf:params:oauth:grant-type:device_code": frozenset({"device-code", "refresh-token"}),
}


def generate_client_id() -> str:
    from oauth2_provider.generators import generate_client_id

    return cast(str, generate_client_id())


def wildcard_redirect_uri_matches(uri: str, registered: tuple[str, ...]) -> bool:
    """DOT's own matching, for the project that insists on `ALLOW_URI_WILDCARDS`."""
    from oauth2_provider.models import redirect_to_uri_allowed

    if not oauth2_settings.ALLOW_URI_WILDCARDS:
        return False
    try:
        return bool(redirect_to_uri_allowed(uri, list(registered)))
    except ValueError:
        # DOT takes the URI apart, and this one is none.
        return False


def takes_client_documents() -> bool:
    """Does the project take the address of a metadata document for a client id (`CIMD_ENABLED`)?"""
    return bool(oauth2_settings.CIMD_ENABLED)


def permits_client_document(client_id: str) -> bool:
    """Do the project's permission classes let this address become a client?"""
    asked: Any = SimpleNamespace(headers={})
    permissions = oauth2_settings.CIMD_REGISTRATION_PERMISSION_CLASSES
    return bool(permissions) and all(
        kind().has_permission(asked, client_id) for kind in permissions
    )


def fetches_client_documents_itself() -> bool:
    """Has the project a fetcher of its own for metadata documents (`CIMD_METADATA_FETCHER`)?"""
    return project_says("CIMD_METADATA_FETCHER")


def fetch_client_document(client_id: str) -> tuple[Any, int] | None:
    """Return what the project's own fetcher finds at a client id, and the seconds it may be kept.

    `None` where there is nothing.
    """
    try:
        document, seconds = oauth2_settings.CIMD_METADATA_FETCHER().fetch(client_id)
    except module("cimd").CIMDError:
        return None
    return document, int(seconds)
