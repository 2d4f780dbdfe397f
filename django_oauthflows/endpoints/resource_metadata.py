"""The protected resource's metadata document (RFC 9728 §3)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from django_oauthflows.protocol import cors
from django_oauthflows.protocol.discovery import resource_metadata as metadata_of


@require_safe
def resource_metadata(request: HttpRequest, path: str = "") -> HttpResponse:
    """What a client that met a 401 reads to find the authorization server."""
    response = cors.allow_everyone(JsonResponse(metadata_of(request, path)))
    response["Cache-Control"] = "public, max-age=300"
    return response
