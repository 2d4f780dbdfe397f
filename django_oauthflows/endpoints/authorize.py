"""The authorization endpoint (RFC 6749 §3.1)."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from django_oauthflows.protocol.authorize import answer, receive


@csrf_exempt
@sensitive_post_parameters()
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the person, and send the browser back to the client with an answer.

    Our own pages post to the link the person came by, with a token against forgery. A POST to the bare URL
    is a client's request (OpenID Connect Core §3.1.2.1), which has none and is only kept.
    """
    if request.method == "POST" and not request.META.get("QUERY_STRING"):
        return receive(request)
    return _page(request)


@csrf_protect
def _page(request: HttpRequest) -> HttpResponse:
    return answer(request)
