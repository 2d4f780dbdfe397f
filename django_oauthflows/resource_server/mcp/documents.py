"""What an MCP server is named by, and where its document as a protected resource is found (RFC 9728 §3)."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from django_oauthflows.issuer import origin_of

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
