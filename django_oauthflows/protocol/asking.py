"""The consent page: shown to the person, and taken back from them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import uris
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.translations import in_language
from django_oauthflows.consent import memory
from django_oauthflows.consent.forms import ConsentForm
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.sending import Asked, send


def ask(http: HttpRequest, asked: Asked, remembered: frozenset[str] | None) -> HttpResponse:
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
        granted: frozenset[str] = form.cleaned_data["scopes"]
        # Together, so that a withdrawal at the same moment ends both or neither.
        with transaction.atomic(using=dot.token_database()):
            memory.remember(
                client, person, asked=asked.request.needs, granted=granted, request=http
            )
            return send(http, asked, granted)
    return _consent_page(http, asked, form, remembered)


def form_of(
    asked: Asked, remembered: frozenset[str] | None, data: QueryDict | None = None
) -> ConsentForm:
    """What a person may tick of a request; with what they ticked, once they have."""
    return ConsentForm(
        data,
        client=asked.request.client,
        asked=asked.request.needs,
        remembered=remembered,
        descriptions=dot.all_scopes(),
    )


def context_of(
    asked: Asked, form: ConsentForm, remembered: frozenset[str] | None, person: Any
) -> dict[str, Any]:
    """All that the consent page says."""
    client = in_language(asked.request.client, get_language())
    return {
        "client": client,
        "is_self_registered": client.registration_source != "manual",
        "document_host": documents.shown_host(client),
        "redirect_host": uris.shown_host(asked.request.redirect_uri),
        "person": person,
        "form": form,
        "scope_rows": form.rows(),
        "resources": asked.request.resource,
        "is_first_time": remembered is None,
    }


def _consent_page(
    http: HttpRequest, asked: Asked, form: ConsentForm, remembered: frozenset[str] | None
) -> HttpResponse:
    context = context_of(asked, form, remembered, http.user)
    page = render(http, "oauthflows/consent.html", context, status=400 if form.errors else 200)
    logo = context["client"].logo_uri
    return headers.page(page, leads_to=asked.request.redirect_uri, images_from=[logo])
