"""The authorization server's metadata document (RFC 8414 §3)."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from django_oauthflows.issuer import is_path_of_issuer
from django_oauthflows.protocol.discovery import server_metadata as metadata_of
from django_oauthflows.protocol.documents import public_document


@public_document
def server_metadata(request: HttpRequest, issuer_path: str | None = None) -> HttpResponse:
    """What clients read to configure themselves. Public, and the same for everyone.

    With `issuer_path` the client asks about the issuer of that path (RFC 8414 §3.1), which has to be this
    one.
    """
    if issuer_path is not None and not is_path_of_issuer(issuer_path, request):
        raise Http404
    return JsonResponse(metadata_of(request))
