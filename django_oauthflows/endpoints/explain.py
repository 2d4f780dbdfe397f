"""The public page behind a reference: what a client developer may know of a refusal, whoever they are."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from django_oauthflows.audit.actors import network_of
from django_oauthflows.audit.explaining import publicly
from django_oauthflows.limits import spend
from django_oauthflows.protocol import headers

#: How many references one network may look up within so many seconds: a person reads a few, a guesser many.
_AT_MOST, _PER_SECONDS = 60, 600


@login_not_required
@require_safe
def explain(request: HttpRequest, reference: str) -> HttpResponse:
    """Explain a refusal: nothing of the client, the person or what was sent stands here."""
    wait = spend(
        "explain",
        network_of(request),
        at_most=_AT_MOST,
        per_seconds=_PER_SECONDS,
        serves_without_cache=True,
    )
    known = publicly(reference) if wait is None else None
    status = 429 if wait is not None else 200 if known else 404
    context = {"reference": reference[:16], "explanation": known, "is_too_often": bool(wait)}
    response = headers.page(render(request, "oauthflows/explain.html", context, status=status))
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response
