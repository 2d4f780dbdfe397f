"""The consent page: shown to the person, and taken back from them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
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
    form = ConsentForm(
        http.POST if decided == "allow" else None,
        client=client,
        asked=asked.request.needs,
        remembered=remembered,
        descriptions=dot.all_scopes(),
    )
    if decided == "allow" and form.is_valid():
        granted: frozenset[str] = form.cleaned_data["scopes"]
        # Together, so that a withdrawal at the same moment ends both or neither.
        with transaction.atomic(using=dot.token_database()):
            memory.remember(
                client, person, asked=asked.request.needs, granted=granted, request=http
            )
            return send(http, asked, granted)
    return _consent_page(http, asked, form, remembered)


def _consent_page(
    http: HttpRequest, asked: Asked, form: ConsentForm, remembered: frozenset[str] | None
) -> HttpResponse:
    client = in_language(asked.request.client, get_language())
    context = {
        "client": client,
        "is_self_registered": client.registration_source != "manual",
        "document_host": documents.shown_host(client),
        "redirect_host": uris.shown_host(asked.request.redirect_uri),
        "person": http.user,
        "form": form,
        "scope_rows": form.rows(),
        "resources": asked.request.resource,
        "is_first_time": remembered is None,
    }
    page = render(http, "oauthflows/consent.html", context, status=400 if form.errors else 200)
    return headers.page(page, leads_to=asked.request.redirect_uri, images_from=[client.logo_uri])
