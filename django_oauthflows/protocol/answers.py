"""The shapes an answer may have: JSON for clients, a page for people, a redirect back to the client.

Every refusal leaves through here, on its way past the audit log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from django_oauthflows.audit import recorder
from django_oauthflows.audit.redaction import redacted
from django_oauthflows.audit.references import REFERENCE_HEADER, members_of
from django_oauthflows.clients import uris
from django_oauthflows.clients.authentication import claimed_client_id, used_basic
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.presentation import is_known_to_site
from django_oauthflows.core import users
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import cors, errands, headers
from django_oauthflows.protocol.parameters import Parameters, from_body
from django_oauthflows.protocol.popups import keep_opener
from django_oauthflows.rules.authorization import FORM_POST, FRAGMENT, QUERY
from django_oauthflows.rules.requests import ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAddress:
    """Where an authorization request is answered: a redirect URI that was found genuine.

    `mode` is how the answer gets there: in its query, its fragment, or a form. `name` tells the request from
    others of the same browser (`errands.name_of`).
    """

    redirect_uri: str
    state: str
    issuer: str
    mode: str = QUERY
    name: str = ""


def json_endpoint(
    name: str, *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[[HttpRequest], Any]], Callable[[HttpRequest], HttpResponse]]:
    """Make an endpoint for clients of a function that returns the answer's members or raises `Refusal`.

    POST, unless it takes other `methods`; JSON and `no-store` whatever happens (RFC 6749 §5.1); answers
    outside any transaction of the project's own, so that what was spent stays spent.
    """

    def decorate(answer: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], HttpResponse]:
        @login_not_required
        @csrf_exempt
        @sensitive_post_parameters()
        @transaction.non_atomic_requests
        @wraps(answer)
        def endpoint(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS":
                return cors.preflight()
            try:
                if request.method not in methods:
                    raise must_be_a_post()
                members = answer(request)
            except Refusal as refusal:
                return refused(request, refusal, endpoint=name)
            response = members if isinstance(members, HttpResponse) else JsonResponse(members)
            return cors.allow(headers.no_store(response), request, _client_of(request))

        return endpoint

    return decorate


def must_be_a_post() -> Refusal:
    """Return how a request of another method is refused."""
    return Refusal(
        Code.INVALID_REQUEST,
        "Use POST.",
        rule="method_must_be_known",
        spec="RFC 9110 §15.5.6",
        status=405,
    )


def refused(request: HttpRequest, refusal: Refusal, *, endpoint: str) -> HttpResponse:
    """A refusal as a client at an endpoint sees it (RFC 6749 §5.2)."""
    if refusal.code is Code.AUTHORIZATION_PENDING:
        # What a waiting device is told every few seconds (RFC 8628 §3.5) is nothing to explain or to record.
        members = {"error": str(refusal.code), "error_description": refusal.sentence}
        pending = headers.no_store(JsonResponse(members, status=refusal.status))
        return cors.allow(pending, request, _client_of(request))
    parameters, client_id = _context(request)
    client = client_of(client_id) if client_id else None
    reference = recorder.refuse(
        refusal,
        request,
        endpoint=endpoint,
        application_key=client.key if client else None,
        client_id=client_id,
        detail=redacted(parameters.plain()) if parameters else {},
    )
    members = members_of(request, refusal, reference)
    response = headers.no_store(JsonResponse(members, status=refusal.status))
    response[REFERENCE_HEADER] = reference
    if refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 405:
        response["Allow"] = "POST, OPTIONS"
    if refusal.status == 401:
        response["WWW-Authenticate"] = headers.challenge(
            members, basic_was_tried=used_basic(request)
        )
    if refusal.code is Code.INVALID_CLIENT:
        # Its developer looks at it in a browser, on whatever origin, and it says nothing of anybody.
        return cors.allow_everyone(response)
    return cors.allow(response, request, client)


def error_page(
    request: HttpRequest,
    refusal: Refusal,
    *,
    client_id: str = "",
    endpoint: str = "authorize",
    template: str = "oauthflows/error.html",
    title: str = "",
    detail: dict[str, str] | None = None,
) -> HttpResponse:
    """A refusal that must not be sent anywhere: a page for the person (RFC 6749 §4.1.2.1)."""
    client = client_of(client_id) if client_id else None
    reference = recorder.refuse(
        refusal,
        request,
        endpoint=endpoint,
        application_key=client.key if client else None,
        client_id=client_id,
        user=request.user.pk if request.user.is_authenticated else None,
        detail=detail,
    )
    context = {
        "title": title or _("This link does not work"),
        "sentence": refusal.sentence,
        "code": str(refusal.code),
        "reference": reference,
        "status": refusal.status,
    }
    response = headers.page(render(request, template, context, status=refusal.status))
    response[REFERENCE_HEADER] = reference
    return response


def back_to_client(
    request: HttpRequest, address: ReturnAddress, members: dict[str, str]
) -> HttpResponse:
    """Answer at the redirect URI, with `state` and `iss` (RFC 6749 §4.1.2, RFC 9207 §2).

    However it goes there, the request is over, and with it what the person was sent away for.
    """
    answer = _answer(address, members)
    if address.mode == FORM_POST:
        response = _posting(request, address, answer)
    else:
        response = _redirecting(request, address, answer)
    keep_opener(response)  # during an outage, the endpoint itself has not answered
    return errands.end(headers.no_store(response), request, address.name)


def _answer(address: ReturnAddress, members: dict[str, str]) -> dict[str, str]:
    return {
        **members,
        **({"state": address.state} if address.state else {}),
        "iss": address.issuer,
    }


def _redirecting(
    request: HttpRequest, address: ReturnAddress, answer: dict[str, str]
) -> HttpResponse:
    """303 after a form, so that no browser posts the person's input on to the client (RFC 9700 §4.12)."""
    response = HttpResponse(status=303 if request.method == "POST" else 302)
    # Not HttpResponseRedirect: it knows no scheme of an app's own, and this URI was registered.
    response["Location"] = _location(address, answer)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _location(address: ReturnAddress, answer: dict[str, str]) -> str:
    """Return the redirect URI with the answer in its query or fragment."""
    parts = urlsplit(address.redirect_uri)
    if address.mode == FRAGMENT:
        parts = parts._replace(fragment=urlencode(answer))
    else:
        parts = parts._replace(
            query="&".join(part for part in (parts.query, urlencode(answer)) if part)
        )
    return iri_to_uri(urlunsplit(parts))


def _offering(
    request: HttpRequest,
    address: ReturnAddress,
    answer: dict[str, str],
    refusal: Refusal,
    reference: str,
) -> HttpResponse:
    """Return a page that leads to the client once the person agrees to go there (RFC 9700 §4.11.2)."""
    is_posted = address.mode == FORM_POST
    context = {
        "redirect_uri": iri_to_uri(address.redirect_uri) if is_posted else "",
        "location": "" if is_posted else _location(address, answer),
        "redirect_host": uris.shown_host(address.redirect_uri),
        "answer": answer,
        "code": str(refusal.code),
        "sentence": refusal.sentence,
        "reference": reference,
    }
    page = render(request, "oauthflows/return_to_client.html", context, status=refusal.status)
    keep_opener(page)
    return headers.page(page, leads_to=address.redirect_uri if is_posted else "")


def _posting(request: HttpRequest, address: ReturnAddress, answer: dict[str, str]) -> HttpResponse:
    """A page whose form posts the answer (OAuth 2.0 Form Post Response Mode §2), by itself where it can."""
    context = {
        "redirect_uri": iri_to_uri(address.redirect_uri),
        "redirect_host": uris.shown_host(address.redirect_uri),
        "answer": answer,
    }
    page = render(request, "oauthflows/form_post.html", context)
    return headers.page(page, leads_to=address.redirect_uri, runs_our_scripts=True)


def refuse_to_client(
    request: HttpRequest,
    address: ReturnAddress,
    refusal: Refusal,
    *,
    client: ClientFacts,
    detail: dict[str, str],
    is_silent: bool = False,
) -> HttpResponse:
    """A refusal sent back to the client (RFC 6749 §4.1.2.1); `is_silent` holds for the prompt `none`.

    Anybody can register a client, and let a link of this site lead to it by a request that is refused. So a
    client that registered itself and that nobody has verified is answered at once only where somebody has
    signed in, or where no page may be shown; else the person is asked first (RFC 9700 §4.11.2).
    """
    reference = recorder.refuse(
        refusal,
        request,
        endpoint="authorize",
        application_key=client.key,
        client_id=client.client_id,
        user=request.user.pk if request.user.is_authenticated else None,
        detail=detail,
    )
    members = members_of(request, refusal, reference)
    if is_silent or is_trusted_by_somebody(request, client):
        response = back_to_client(request, address, members)
    else:
        answer = _answer(address, members)
        response = _offering(request, address, answer, refusal, reference)
    response[REFERENCE_HEADER] = reference
    return response


def is_trusted_by_somebody(request: HttpRequest, client: ClientFacts) -> bool:
    """Is the client known to the site, or has a person signed in on the way to it?"""
    if is_known_to_site(client):
        return True
    return request.user.is_authenticated and users.is_active(request.user)


def _context(request: HttpRequest) -> tuple[Parameters | None, str]:
    """What can still be read of a request that was refused: for the record, never for a decision."""
    try:
        parameters = from_body(request)
    except Refusal:
        # The query of a GET holds a token; its client stands in the header.
        return None, claimed_client_id(request, {}) if request.method == "GET" else ""
    return parameters, claimed_client_id(request, parameters)


def _client_of(request: HttpRequest) -> ClientFacts | None:
    if "HTTP_ORIGIN" not in request.META:
        return None
    client_id = _context(request)[1]
    return client_of(client_id) if client_id else None
