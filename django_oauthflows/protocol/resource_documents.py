"""Metadata documents of the protected resources of this site (RFC 9728 §2, §3, §4).

Each resource has its own document behind the well-known path, at the path of its identifier. A view that
declares none is known by its URL, to whoever asks for that very path.
"""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from django_oauthflows import dot
from django_oauthflows.clients.dynamic.offered import is_on, scopes_of_strangers
from django_oauthflows.issuer import issuer_of, origin_of, own_resource_of, path_of_site
from django_oauthflows.protected_views import (
    ProtectedView,
    declared_resources,
    protected_view_at,
)
from django_oauthflows.rules.addresses import parts_of
from django_oauthflows.rules.resource_metadata import resource_metadata

#: Pages about the API that settings of django-oauth-toolkit name, by their members (§2).
_PAGES = {
    "resource_documentation": "OAUTH2_PROTECTED_RESOURCE_DOCUMENTATION",
    "resource_policy_uri": "OAUTH2_PROTECTED_RESOURCE_POLICY_URI",
    "resource_tos_uri": "OAUTH2_PROTECTED_RESOURCE_TOS_URI",
}


def resource_document(request: HttpRequest, path: str) -> dict[str, Any] | None:
    """Return the document of the resource at a path of this host; `None` where there is no such resource.

    `path` begins with a slash, or is empty for the root of the host.
    """
    resource = _declared_at(path, request)
    if resource:
        found = _view_at(path)
        name = found[1].name if found and found[1].resource == resource else ""
        return _document(request, resource, declared_resources()[resource], name=name)
    own = own_resource_of(request)
    if path in ("", _path_of(own)):
        return _document(request, own, dot.resource_scopes())
    found = _view_at(path)
    if found is None:
        return None
    way, view = found
    url = origin_of(request) + escape_uri_path(path_of_site() + way)
    return _document(request, view.resource or url, view.scopes, name=view.name)


def protected_resources(request: HttpRequest) -> list[str]:
    """Return the resources that this site says are its own: the site itself, and those that views declare.

    An identifier that is no web address has no document (RFC 9728 §1.2), and is not listed (§4).
    """
    declared = [uri for uri in declared_resources() if parts_of(uri) is not None]
    return list(dict.fromkeys([own_resource_of(request), *declared]))


def _declared_at(path: str, request: HttpRequest) -> str:
    """The declared resource at a path of the issuer's host, or of the host that was asked; else empty."""
    hosts = (origin_of(request), f"{request.scheme}://{request.get_host()}")
    for uri in declared_resources():
        parts = urlsplit(uri)
        is_here = f"{parts.scheme}://{parts.netloc}" in hosts and not parts.query
        if is_here and _path_of(uri) == path:
            return uri
    return ""


def _path_of(uri: str) -> str:
    """The path of an identifier as it stands behind the well-known one (RFC 9728 §3.1)."""
    path = urlsplit(uri).path
    return "" if path == "/" else path


def _view_at(path: str) -> tuple[str, ProtectedView] | None:
    """Return the protected view at a path of the host, and its path below the site's root."""
    site = path_of_site()
    return protected_view_at(path.removeprefix(site)) if path.startswith(f"{site}/") else None


def _document(
    request: HttpRequest, resource: str, scopes: Collection[str], *, name: str = ""
) -> dict[str, Any]:
    document = resource_metadata(
        resource,
        issuer=issuer_of(request),
        scopes=_available(scopes),
        name=name or dot.setting("OAUTH2_PROTECTED_RESOURCE_NAME"),
    )
    return document | {
        member: value for member, name in _PAGES.items() if (value := dot.setting(name))
    }


def _available(scopes: Collection[str]) -> frozenset[str]:
    """Those of an API's scopes that whoever reads the document can ask for.

    Many clients ask for all of them. Where clients register themselves, that is what such clients are given.
    """
    available = frozenset(scopes) & dot.resource_scopes()
    if is_on() or dot.takes_client_documents():
        return available & scopes_of_strangers()
    return available
