"""The last look at an answer: one that refuses has a reference, whoever refused.

The endpoints record their own refusals. What Django refuses for them, a method, a form that did not come from
our own page, something that is not there, is recorded here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import get_resolver
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from django_oauthflows.audit import recorder
from django_oauthflows.audit.references import REFERENCE_HEADER, members_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import cors, headers

View = Callable[..., HttpResponse]

#: Status → the rule, what it says, and where that is written.
_REASONS = {
    403: (
        "form_must_come_from_our_own_page",
        "The form did not come from a page of this site.",
        "RFC 6749 §10.12",
    ),
    404: (
        "address_must_lead_somewhere",
        "There is nothing at this address, or not for whoever asks.",
        "RFC 9110 §15.5.5",
    ),
    405: (
        "method_must_be_known",
        "This address takes another method.",
        "RFC 9110 §15.5.6",
    ),
}


def explained(view: View, endpoint: str) -> View:
    """The view, of which every refusal is recorded and can be explained.

    It looks for the token against forgery itself, unless the view does, or takes forms from anywhere: what
    Django's middleware refuses before would not come by here.
    """
    guarded: View = view if getattr(view, "csrf_exempt", False) else csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def look(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            response = guarded(request, *args, **named)
        except Http404 as missing:
            handler: Any = get_resolver().resolve_error_handler(404)
            response = handler(request, exception=missing)
        if response.status_code in _REASONS and REFERENCE_HEADER not in response:
            response[REFERENCE_HEADER] = _recorded(request, response.status_code, endpoint)
        return response

    return look


def not_found(request: HttpRequest) -> HttpResponse:
    """Return the 404 of an address that leads nowhere, as a client can read it."""
    found = request.resolver_match
    reference = _recorded(request, 404, (found and found.url_name) or "site")
    members = members_of(request, _refusal_of(404), reference)
    response = headers.no_store(JsonResponse(members, status=404))
    response[REFERENCE_HEADER] = reference
    return cors.allow_everyone(response)


def _refusal_of(status: int) -> Refusal:
    rule, sentence, spec = _REASONS[status]
    return Refusal(Code.INVALID_REQUEST, sentence, rule=rule, spec=spec, status=status)


def _recorded(request: HttpRequest, status: int, endpoint: str) -> str:
    person = getattr(request, "user", None)
    return recorder.refuse(
        _refusal_of(status),
        request,
        endpoint=endpoint,
        user=person.pk if person is not None and person.is_authenticated else None,
        detail={"method": str(request.method)[:10]},
    )
