"""The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 §2)."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from django_oauthflows import dot
from django_oauthflows.protocol import logout as pipeline
from django_oauthflows.protocol.same_site import with_session_of_site


@login_not_required
@csrf_exempt
@sensitive_post_parameters()
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Sign the person out, or ask them. Any site may post a request here; only our own page a decision."""
    if any(map(dot.is_switched_off, ("OIDC_ENABLED", "OIDC_RP_INITIATED_LOGOUT_ENABLED"))):
        raise Http404
    if request.method == "POST" and pipeline.DECISION not in request.POST:
        return pipeline.keep(request)
    return _decided(request)


@csrf_protect
@with_session_of_site
def _decided(request: HttpRequest) -> HttpResponse:
    return pipeline.answer(request)
