"""The metadata of an MCP server as a protected resource (RFC 9728 §2)."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from django_oauthflows.issuer import issuer_of, origin_of

_WELL_KNOWN = "/.well-known/oauth-protected-resource"


def resource_at(request: HttpRequest, path: str) -> str:
    """The URL that a client calls, to the letter: what an MCP server without an identifier is named by."""
    return origin_of(request) + escape_uri_path(path)


def path_of_document(path: str) -> str:
    """The path of the resource that a document is about, of the path of the document."""
    return path.partition(_WELL_KNOWN)[2] or "/"


def document_url(resource: str) -> str:
    """Where the document of a resource is found (RFC 9728 §3.1)."""
    parts = urlsplit(resource)
    return (
        f"{parts.scheme}://{parts.netloc}{_WELL_KNOWN}{parts.path.removesuffix('/') and parts.path}"
    )


def document_of(
    request: HttpRequest, resource: str, *, name: str, scopes: Collection[str]
) -> dict[str, Any]:
    """The document: which server gives tokens for this resource, and with which scopes, if any (§3.2)."""
    return {
        "resource": resource,
        "authorization_servers": [issuer_of(request)],
        **({"scopes_supported": sorted(scopes)} if scopes else {}),
        "bearer_methods_supported": ["header"],
        **({"resource_name": name} if name else {}),
    }
