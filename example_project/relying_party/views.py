"""The site's pages."""

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from example_project.relying_party.people import People
from example_project.relying_party.signing_out import end_sessions, is_logout


@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Who is signed in, or the way to sign in."""
    context = {
        "site": settings.SITE,
        "provider": settings.PROVIDER_URL,
        "failed": "not-signed-in" in request.GET,
    }
    return render(request, "relying_party/home.html", context)


@csrf_exempt  # it comes from the provider's server, and proves itself by its signature
@never_cache
@require_POST
def backchannel_logout(request: HttpRequest) -> HttpResponse:
    """The provider says that a session there has ended (OpenID Connect Back-Channel Logout 1.0 §2.5)."""
    try:
        claims = People().verified_logout_token(request.POST.get("logout_token", ""))
    except (jwt.PyJWTError, SuspiciousOperation, KeyError):
        return JsonResponse({"error": "invalid_request"}, status=400)
    if not is_logout(claims):
        return JsonResponse({"error": "invalid_request"}, status=400)
    end_sessions(claims)
    return HttpResponse(status=200)
