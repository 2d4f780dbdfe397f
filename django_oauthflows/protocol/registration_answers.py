"""The shape of what the registration endpoints answer: JSON that nobody keeps, refusals too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from django_oauthflows.audit import recorder
from django_oauthflows.audit.references import REFERENCE_HEADER, members_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import cors, headers
from django_oauthflows.strict_json import is_storable

Endpoint = Callable[..., HttpResponse]


def registration_endpoint(*methods: str) -> Callable[[Endpoint], Endpoint]:
    """Make an endpoint of a function that answers or raises `Refusal`.

    Scripts of every origin may call it (OpenID Connect Dynamic Client Registration §3): a token in the header
    counts and no cookie does, so nothing is done in anybody's name without their knowledge.
    """

    def decorate(answer: Endpoint) -> Endpoint:
        @login_not_required
        @csrf_exempt
        @transaction.non_atomic_requests
        @wraps(answer)
        def endpoint(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                return cors.preflight(methods=", ".join(methods))
            try:
                _must_be_one_of(request, methods)
                response = answer(request, **named)
            except Refusal as refusal:
                response = _refused(request, refusal, methods, client_id=named.get("client_id", ""))
            return cors.allow_everyone(headers.no_store(response))

        return endpoint

    return decorate


def _must_be_one_of(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise Refusal(
            Code.INVALID_REQUEST,
            f"Use {', '.join(methods)}.",
            rule="method_must_be_known",
            spec="RFC 9110 §15.5.6",
            status=405,
        )


def _refused(
    request: HttpRequest, refusal: Refusal, methods: tuple[str, ...], *, client_id: str
) -> HttpResponse:
    shown = client_id if is_storable(client_id) else ""
    reference = recorder.refuse(
        refusal,
        request,
        endpoint="register",
        client_id=shown,
        detail={"method": str(request.method)},
    )
    response = JsonResponse(members_of(request, refusal, reference), status=refusal.status)
    response[REFERENCE_HEADER] = reference
    if refusal.status == 401:
        response["WWW-Authenticate"] = _challenge(request, refusal, reference)
    if refusal.status == 405:
        response["Allow"] = ", ".join((*methods, "OPTIONS"))
    if refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _challenge(request: HttpRequest, refusal: Refusal, reference: str) -> str:
    """Without a token there is none that could be wrong (RFC 6750 §3.1)."""
    was_tried = "HTTP_AUTHORIZATION" in request.META
    return headers.challenge(members_of(request, refusal, reference) if was_tried else {})
