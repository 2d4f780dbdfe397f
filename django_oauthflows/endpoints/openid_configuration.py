"""The OpenID Provider's metadata document (OpenID Connect Discovery 1.0 §4)."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from django_oauthflows import dot
from django_oauthflows.issuer import is_path_of_issuer
from django_oauthflows.protocol.discovery import openid_configuration as metadata_of
from django_oauthflows.protocol.documents import public_document


@public_document
def openid_configuration(request: HttpRequest, path: str | None = None) -> HttpResponse:
    """What relying parties read to configure themselves; nothing where the site is no OpenID Provider.

    With `path` the client asks about the issuer of that path (RFC 8414 §5), which has to be this one.
    """
    is_ours = path is None or is_path_of_issuer(path, request)
    if not is_ours or not dot.is_openid_provider():
        raise Http404
    return JsonResponse(metadata_of(request))
