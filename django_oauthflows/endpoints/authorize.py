"""The authorization endpoint (RFC 6749 §3.1)."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from django_oauthflows.protocol import headers
from django_oauthflows.protocol.authorize import answer, receive
from django_oauthflows.protocol.popups import keep_opener
from django_oauthflows.protocol.same_site import with_session_of_site


@login_not_required
@csrf_exempt
@sensitive_post_parameters()
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the person, and send the browser back to the client with an answer.

    Our own pages post to the link the person came by, with a token against forgery. A POST to the bare URL
    is a client's request (OpenID Connect Core §3.1.2.1), which has none and is only kept. A HEAD is
    answered without a look at the request: its GET may issue a code, or send the person away to sign in.
    """
    if request.method == "HEAD":
        return headers.page(HttpResponse())
    is_of_client = request.method == "POST" and not request.META.get("QUERY_STRING")
    response = receive(request) if is_of_client else _page(request)
    if response.status_code < 400:
        keep_opener(response)
    return response


@csrf_protect
@with_session_of_site
def _page(request: HttpRequest) -> HttpResponse:
    return answer(request)
