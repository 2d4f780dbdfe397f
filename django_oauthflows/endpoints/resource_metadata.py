"""The metadata documents of protected resources (RFC 9728 §3)."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from django_oauthflows.protocol.documents import public_document
from django_oauthflows.protocol.explained import not_found
from django_oauthflows.protocol.resource_documents import resource_document


@public_document
def resource_metadata(request: HttpRequest, resource_path: str | None = None) -> HttpResponse:
    """Show what a client that met a 401 reads to find the authorization server.

    With `resource_path` it is the document of the resource at that path of this host. Where there is none,
    the 404 can be read by scripts too: clients ask for several paths in turn.
    """
    document = resource_document(request, "" if resource_path is None else f"/{resource_path}")
    return not_found(request) if document is None else JsonResponse(document)
