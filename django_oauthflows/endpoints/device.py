"""The pages of the verification URI (RFC 8628 §3.3): code, confirmation, consent, done."""

from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from django_oauthflows.protocol import device as pages
from django_oauthflows.protocol.sign_in_page import sign_in_required

View = Callable[[HttpRequest], HttpResponse]


def _page(answer: View) -> View:
    """A page with a form, for somebody who is signed in."""

    @csrf_protect
    @sign_in_required
    @transaction.non_atomic_requests
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        return answer(request)

    return view


@_page
def device(request: HttpRequest) -> HttpResponse:
    """Take the code that a device shows."""
    return pages.enter(request)


@_page
def device_confirm(request: HttpRequest) -> HttpResponse:
    """Ask whether this is the device the person means."""
    return pages.confirm(request)


@_page
def device_consent(request: HttpRequest) -> HttpResponse:
    """Ask what the client may do."""
    return pages.consent(request)


@sign_in_required
@require_safe
def device_done(request: HttpRequest) -> HttpResponse:
    """Say how it ended."""
    return pages.done(request)
