"""The metadata documents of protected resources (RFC 9728 §3)."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from django_oauthflows.protocol.documents import public_document
from django_oauthflows.protocol.resource_documents import resource_document


@public_document
def resource_metadata(request: HttpRequest, path: str | None = None) -> HttpResponse:
    """Show what a client that met a 401 reads to find the authorization server.

    With `path` it is the document of the resource at that path of this host, if there is one.
    """
    document = resource_document(request, "" if path is None else f"/{path}")
    if document is None:
        raise Http404
    return JsonResponse(document)
