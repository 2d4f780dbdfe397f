"""The site's pages."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from example_project.relying_party import logout_tokens
from example_project.relying_party.provider_logout import provider_logout_form
from example_project.relying_party.signing_out import end_sessions


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


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, and lead on to the provider by a form."""
    if not request.user.is_authenticated:
        return redirect("home")
    fields = provider_logout_form(request)
    auth.logout(request)
    context = {"site": settings.SITE, "address": settings.OIDC_OP_LOGOUT_ENDPOINT, "fields": fields}
    return render(request, "relying_party/sign_out.html", context)


@csrf_exempt  # it comes from the provider's server, and proves itself by its signature
@never_cache
@require_POST
def backchannel_logout(request: HttpRequest) -> HttpResponse:
    """The provider says that a session there has ended (OpenID Connect Back-Channel Logout 1.0 §2.5)."""
    try:
        claims = logout_tokens.opened(request.POST.get("logout_token", ""))
    except logout_tokens.NotALogoutToken:
        return JsonResponse({"error": "invalid_request"}, status=400)
    end_sessions(claims)
    return HttpResponse(status=200)
