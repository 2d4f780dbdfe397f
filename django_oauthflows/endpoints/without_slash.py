"""An endpoint for clients, asked for without the slash at the end of its path."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from django_oauthflows.audit import recorder
from django_oauthflows.audit.references import REFERENCE_HEADER, members_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.issuer import url_of
from django_oauthflows.protocol import cors, headers

_METHODS = "GET, POST, PUT, DELETE"


def without_slash(name: str) -> Callable[..., HttpResponse]:
    """Return the view of the path that lacks its slash; `name` is that of the endpoint in `urls.py`.

    It names the right URL and does nothing else: a redirect would lose the body of a POST (RFC 9110 §15.4.2),
    and Django raises an error there while DEBUG is on. GET is led on as `APPEND_SLASH` says.
    """

    @login_not_required
    @csrf_exempt
    @sensitive_post_parameters()
    @transaction.non_atomic_requests
    def look(request: HttpRequest, **values: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return cors.preflight(methods=_METHODS)
        if request.method in ("GET", "HEAD") and settings.APPEND_SLASH:
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        return _refused(request, name, url_of(request, name, *values.values()))

    return look


def _refused(request: HttpRequest, name: str, url: str) -> HttpResponse:
    """Answer any script that asks: what it is told stands in the public metadata too."""
    refusal = Refusal(
        Code.INVALID_REQUEST,
        f"The URL of this endpoint ends with a slash: {url}",
        rule="endpoint_must_be_asked_by_its_exact_url",
        spec="RFC 9110 §15.5.5",
        status=404,
    )
    reference = recorder.refuse(
        refusal, request, endpoint=name, detail={"method": str(request.method)[:10]}
    )
    response = JsonResponse(members_of(request, refusal, reference), status=refusal.status)
    response[REFERENCE_HEADER] = reference
    return cors.allow_everyone(headers.no_store(response))
