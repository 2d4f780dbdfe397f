"""The consent page: shown to the person, and taken back from them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import uris
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.presentation import presented
from django_oauthflows.consent import memory
from django_oauthflows.consent.forms import ConsentForm
from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.consent.scope import ConsentScope, scope_of_request
from django_oauthflows.core import text
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.sending import Asked, send
from django_oauthflows.rules.requests import BY_HAND


def ask(http: HttpRequest, asked: Asked, remembered: RememberedConsent | None) -> HttpResponse:
    """Show the consent page, or take the person's answer from it."""
    client, person = asked.request.client, http.user
    decided = http.POST.get("decision") if http.method == "POST" else None
    if decided == "deny":
        recorder.record(
            Event.CONSENT_DENIED,
            application_key=client.key,
            client_id=client.client_id,
            user=person,
            request=http,
        )
        raise Refusal(
            Code.ACCESS_DENIED,
            "The person denied the request.",
            rule="person_must_agree",
            spec="RFC 6749 §4.1.2.1",
        )
    form = form_of(asked, remembered, http.POST if decided == "allow" else None)
    if decided == "allow" and form.is_valid():
        ticked: frozenset[str] = form.cleaned_data["scopes"]
        # Together, so that a withdrawal at the same moment ends both or neither.
        with transaction.atomic(using=dot.token_database()):
            _remember(http, asked, ticked)
            return send(http, asked, ticked)
    return _consent_page(http, asked, form, remembered)


def agree_only(http: HttpRequest, asked: Asked, remembered: RememberedConsent | None) -> bool:
    """Remember what the person agreed to on the page, without an answer; tell whether they did.

    For a page that was sent after its `max_age`: they have to sign in again first, and not to agree again.
    """
    form = form_of(asked, remembered, http.POST)
    if http.POST.get("decision") != "allow" or not form.is_valid():
        return False
    _remember(http, asked, form.cleaned_data["scopes"])
    return True


def _remember(http: HttpRequest, asked: Asked, ticked: frozenset[str]) -> None:
    page = scope_of_request(asked.request)
    memory.remember(
        asked.request.client,
        http.user,
        asked=page,
        granted=page.narrowed_to(ticked),
        request=http,
    )


def form_of(
    asked: Asked, remembered: RememberedConsent | None, data: QueryDict | None = None
) -> ConsentForm:
    """What a person may tick of a request; with what they ticked, once they have."""
    return ConsentForm(
        data,
        client=asked.request.client,
        asked=scope_of_request(asked.request),
        remembered=remembered,
        descriptions=dot.all_scopes(),
    )


def context_of(
    asked: Asked, form: ConsentForm, remembered: RememberedConsent | None, person: Any
) -> dict[str, Any]:
    """All that the consent page says."""
    page = scope_of_request(asked.request)
    shown = presented(asked.request.client, redirect_uri=asked.request.redirect_uri)
    client = shown.client
    return {
        "client": client,
        "unverified": shown.unverified,
        "is_self_registered": client.registration_source != BY_HAND,
        "document_host": documents.shown_host(client),
        "redirect_host": uris.shown_host(asked.request.redirect_uri),
        "person": person,
        "form": form,
        "scope_rows": form.rows(),
        "is_first_time": remembered is None,
        **what_is_new(page, remembered, asked.request.resource),
    }


def what_is_new(
    page: ConsentScope, remembered: RememberedConsent | None, resources: Sequence[str]
) -> dict[str, Any]:
    """Return the resources of a page, each with whether it is new, and what is new about the client."""
    known = remembered if remembered is not None and remembered.pages else None
    return {
        "resources": [
            (text.cleaned(uri), known is not None and not known.knows_resource(page, uri))
            for uri in resources
        ],
        "has_another_name": known is not None and not known.knows_name(page),
        "leads_elsewhere": known is not None
        and known.knows_name(page)
        and not known.knows_place(page),
        "is_wider": known is not None and not resources and not known.knows_whole_site(page),
    }


def _consent_page(
    http: HttpRequest, asked: Asked, form: ConsentForm, remembered: RememberedConsent | None
) -> HttpResponse:
    context = context_of(asked, form, remembered, http.user)
    page = render(http, "oauthflows/consent.html", context, status=form.status)
    logo = context["client"].logo_uri
    return headers.page(page, leads_to=asked.request.redirect_uri, images_from=[logo])
