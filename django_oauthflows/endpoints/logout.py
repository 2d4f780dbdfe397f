"""The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 §2)."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from django_oauthflows.protocol import logout as pipeline


@csrf_exempt
@sensitive_post_parameters()
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Sign the person out, or ask them. Any site may post a request here; only our own page a decision."""
    if request.method == "POST" and pipeline.DECISION not in request.POST:
        return pipeline.keep(request)
    return _decided(request)


@csrf_protect
def _decided(request: HttpRequest) -> HttpResponse:
    return pipeline.answer(request)
