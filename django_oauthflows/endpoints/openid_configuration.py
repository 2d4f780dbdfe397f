"""The OpenID Provider's metadata document (OpenID Connect Discovery 1.0 §4)."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from django_oauthflows import dot
from django_oauthflows.protocol import cors
from django_oauthflows.protocol.discovery import openid_configuration as metadata_of


@require_safe
def openid_configuration(request: HttpRequest) -> HttpResponse:
    """What relying parties read to configure themselves; nothing where the site is no OpenID Provider."""
    if not dot.is_openid_provider():
        raise Http404
    response = cors.allow_everyone(JsonResponse(metadata_of(request)))
    response["Cache-Control"] = "public, max-age=300"
    return response
