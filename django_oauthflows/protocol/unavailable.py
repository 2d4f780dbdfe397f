"""Endpoints while the database or the cache is away (RFC 6749 §4.1.2.1, RFC 9110 §15.6.4).

A client gets JSON, a person a page, and a client that waits behind a browser is sent back to with the error.
Each answer is a 503 with Retry-After where it has a status of its own.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import Error, connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from django_oauthflows.audit import recorder
from django_oauthflows.audit.references import REFERENCE_HEADER, members_of
from django_oauthflows.clients.presentation import is_known_to_site
from django_oauthflows.core import quiet_log
from django_oauthflows.core.outage import (
    CacheUnavailable,
    Outage,
    despite_outages,
)
from django_oauthflows.errors import Refusal, refusal_of
from django_oauthflows.protocol import cors, headers
from django_oauthflows.protocol.answers import ReturnAddress, back_to_client
from django_oauthflows.rules.requests import ClientFacts

View = Callable[..., HttpResponse]

_ADDRESS = "_oauthflows_return_address"


def answers_outages(view: View, endpoint: str, *, is_page: bool) -> View:
    """Return the view, which answers 503 where the database or the cache is away.

    It opens the transaction of `ATOMIC_REQUESTS` itself, so that a database that is away is noticed here.
    """

    # `wraps` hands the set itself on, and what is added to it below is not said of the view.
    without = frozenset(getattr(view, "_non_atomic_requests", ()))

    @wraps(view)
    def look(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return despite_outages(lambda: _in_transaction(view, without)(request, *args, **named))
        except Outage as outage:
            return unavailable(request, outage, endpoint, is_page=is_page)

    look._non_atomic_requests = set()  # type: ignore[attr-defined]
    for alias in connections:
        look = transaction.non_atomic_requests(alias)(look)
    return look


def note_return_address(
    request: HttpRequest, address: ReturnAddress, client: ClientFacts, *, is_silent: bool
) -> None:
    """Remember where the client of this authorization request is answered, whatever happens from here.

    A client that the site does not know is answered there only where no page may be shown: an outage may
    hide whether somebody has signed in (`answers.refuse_to_client`).
    """
    if is_silent or is_known_to_site(client):
        setattr(request, _ADDRESS, address)


def _in_transaction(view: View, without: frozenset[str]) -> View:
    """Return the view in the transactions that `ATOMIC_REQUESTS` asks for, as Django's handler does."""
    for alias in connections:
        if connections.settings[alias]["ATOMIC_REQUESTS"] and alias not in without:
            view = transaction.atomic(using=alias)(view)
    return view


def unavailable(
    request: HttpRequest, outage: Outage, endpoint: str, *, is_page: bool
) -> HttpResponse:
    """Answer a request that failed for an outage; `endpoint` names it in the log."""
    refusal = refusal_of(outage)
    # Without a database there is nowhere to write the refusal to: the log has it.
    is_written = isinstance(outage, CacheUnavailable)
    reference = recorder.refuse(refusal, request, endpoint=endpoint, is_written=is_written)
    address: ReturnAddress | None = getattr(request, _ADDRESS, None)
    if address is not None:
        response = back_to_client(request, address, members_of(request, refusal, reference))
    elif is_page:
        response = _page(refusal, reference)
    else:
        response = JsonResponse(members_of(request, refusal, reference), status=refusal.status)
        headers.no_store(cors.allow_everyone(response))
    response[REFERENCE_HEADER] = reference
    if response.status_code == refusal.status:
        response["Retry-After"] = str(refusal.retry_after)
    quiet_log.mark_as_reported(request)
    return response


def _page(refusal: Refusal, reference: str) -> HttpResponse:
    """A page of ours without the project's context processors, which may ask the database."""
    context = {
        "title": _("Not available at the moment"),
        "sentence": refusal.sentence,
        "code": str(refusal.code),
        "reference": reference,
        "status": refusal.status,
    }
    try:
        body: str = render_to_string("oauthflows/unavailable.html", context)
    except Error:  # a project's own template may ask it too
        body = refusal.sentence
    return headers.page(HttpResponse(body, status=refusal.status))
