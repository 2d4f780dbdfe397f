"""The authorization endpoint (RFC 6749 §3.1)."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from django_oauthflows.protocol.authorize import answer


@csrf_protect
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the person, and send the browser back to the client with an answer."""
    return answer(request)
