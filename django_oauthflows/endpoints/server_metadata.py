"""The authorization server's metadata document (RFC 8414 §3)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from django_oauthflows.protocol import cors
from django_oauthflows.protocol.discovery import server_metadata as metadata_of


@require_safe
def server_metadata(request: HttpRequest) -> HttpResponse:
    """What clients read to configure themselves. Public, and the same for everyone."""
    response = cors.allow_everyone(JsonResponse(metadata_of(request)))
    response["Cache-Control"] = "public, max-age=300"
    return response
