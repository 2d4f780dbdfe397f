"""An authorization request, step by step (RFC 6749 §4.1.1).

read the parameters → know the client and where to answer, else a page → the flow's rules, else back to the
client → decide: answer, ask, sign in or refuse. The consent form posts to its own URL with the same query,
which is read in the same way: nothing of the request travels in the form.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from django_oauthflows.audit.redaction import redacted
from django_oauthflows.clients import presets, uris
from django_oauthflows.clients.facts import client_of, is_usable
from django_oauthflows.clients.policy import profile_of, resource_of
from django_oauthflows.consent import memory
from django_oauthflows.consent.decision import Next, decide
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow
from django_oauthflows.issuer import issuer_of, own_resource_of
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.answers import (
    ReturnAddress,
    error_page,
    refuse_to_client,
)
from django_oauthflows.protocol.asking import ask
from django_oauthflows.protocol.parameters import Parameters, form_must_be_encoded, from_query
from django_oauthflows.protocol.sending import Asked, send
from django_oauthflows.rules.authorization import default_response_mode
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts


def answer(http: HttpRequest) -> HttpResponse:
    """Answer `GET /authorize`, and the consent form posted to the same URL."""
    parameters: Parameters | None = None
    try:
        if http.content_type:  # of a form; a POST without a body has none
            form_must_be_encoded(http)
        parameters = from_query(http)
        client, redirect_uri = know_client(http, parameters)
    except Refusal as refusal:
        return error_page(
            http, refusal, client_id=parameters.text("client_id") if parameters else ""
        )
    address = ReturnAddress(
        redirect_uri=redirect_uri,
        state=parameters.text("state"),
        issuer=issuer_of(http),
        mode=default_response_mode(parameters.text("response_type")),
    )
    try:
        asked = read(http, parameters, client, address)
        return _proceed(http, asked)
    except Refusal as refusal:
        return refuse_to_client(
            http, address, refusal, client=client, detail=redacted(parameters.plain())
        )


def know_client(http: HttpRequest, parameters: Parameters) -> tuple[ClientFacts, str]:
    """The client and the redirect URI it is answered at.

    Raises `Refusal` for a page: a request that fails here is redirected nowhere (RFC 6749 §4.1.2.1).
    """
    client_id = parameters.text("client_id")
    client = client_of(client_id) if client_id else None
    if client is None:
        raise _for_page(
            "The client that sent you here is not known to this server.", "client_must_be_known"
        )
    if not is_usable(client, http):
        raise _for_page(
            "The client that sent you here has been disabled.", "client_must_be_enabled"
        )
    sent = parameters.text("redirect_uri")
    if sent:
        any_port = presets.is_installed(client.preset)
        if not uris.matches(sent, client.redirect_uris, any_port=any_port):
            raise _for_page(
                "The address to return to is not one the client has registered.",
                "redirect_uri_must_be_registered",
                spec="RFC 9700 §2.1",
            )
        return client, sent
    if "openid" in parameters.text("scope").split() or len(client.redirect_uris) != 1:
        raise _for_page(
            "The redirect_uri is missing.", "redirect_uri_must_be_sent", spec="RFC 6749 §3.1.2.3"
        )
    return client, client.redirect_uris[0]


def read(
    http: HttpRequest, parameters: Parameters, client: ClientFacts, address: ReturnAddress
) -> Asked:
    """Freeze the request and ask its flow's rules and the client's profile's. Raises `Refusal`."""
    asked = parameters.words("scope")
    request = AuthorizationRequest(
        client=client,
        # The order of its words does not matter (RFC 6749 §3.1.1).
        response_type=" ".join(sorted(parameters.text("response_type").split(" "))),
        response_mode=parameters.text("response_mode") or address.mode,
        redirect_uri=address.redirect_uri,
        redirect_uri_was_sent="redirect_uri" in parameters,
        state=address.state,
        scopes_asked=asked,
        scopes=client.default_scopes if asked is None else asked,
        nonce=parameters.text("nonce"),
        code_challenge=parameters.text("code_challenge"),
        code_challenge_method=parameters.text("code_challenge_method"),
        prompt=parameters.words("prompt") or frozenset(),
        resource=resource_of(client, parameters.resource),
        other=frozenset(parameters) & {"request", "request_uri", "registration"},
        issuer=address.issuer,
        own_resource=own_resource_of(http),
    )
    flow = _flow_of(request)
    enforce((*flow.authorization_rules, *profile_of(client).authorization_rules), request)
    return Asked(request=request, flow=flow, address=address)


def _flow_of(request: AuthorizationRequest) -> Flow:
    if not request.response_type:
        raise Refusal(
            Code.INVALID_REQUEST,
            "The response_type is missing.",
            rule="response_type_must_be_sent",
            spec="RFC 6749 §3.1.1",
        )
    uses_pkce = bool(request.code_challenge)
    flow = catalogue.for_response_type(request.response_type, uses_pkce=uses_pkce)
    if flow is None:
        raise Refusal(
            Code.UNSUPPORTED_RESPONSE_TYPE,
            "This response_type is not supported.",
            rule="response_type_must_be_supported",
            spec="RFC 6749 §4.1.2.1",
        )
    with_pkce = catalogue.for_response_type(request.response_type, uses_pkce=True)
    allowed = {flow.slug} | ({with_pkce.slug} if with_pkce else set())
    if request.client.flows.isdisjoint(allowed):
        raise Refusal(
            Code.UNAUTHORIZED_CLIENT,
            "This client may not use this response_type.",
            rule="client_must_be_allowed_the_flow",
            spec="RFC 6749 §4.1.2.1",
            fix="Allow the flow in the client's policy.",
        )
    if flow.slug not in request.client.flows:
        raise Refusal(
            Code.INVALID_REQUEST,
            "This client must use PKCE: send a code_challenge with code_challenge_method=S256.",
            rule="client_must_be_allowed_the_flow_without_pkce",
            spec="OAuth 2.1 §4.1.1",
        )
    return flow


def _proceed(http: HttpRequest, asked: Asked) -> HttpResponse:
    person: Any = http.user
    is_signed_in = person.is_authenticated and person.is_active
    client = asked.request.client
    remembered = memory.remembered(client, person) if is_signed_in else None
    decision = decide(
        asked.request,
        is_signed_in=is_signed_in,
        remembered=remembered,
        identity_is_assured=_identity_is_assured(asked.request),
    )
    if decision.next is Next.SIGN_IN:
        return headers.no_store(_sign_in(http))
    if decision.next is Next.REFUSE_LOGIN_REQUIRED:
        raise _interaction(
            Code.LOGIN_REQUIRED, "Nobody is signed in, and the prompt none forbids asking."
        )
    if decision.next is Next.REFUSE_CONSENT_REQUIRED:
        raise _interaction(
            Code.CONSENT_REQUIRED,
            "The person has not agreed yet, and the prompt none forbids asking.",
        )
    # A button that was pressed counts, even where another tab has made the question needless since.
    if decision.next is Next.ANSWER and "decision" not in http.POST:
        return send(http, asked, decision.scopes)
    return ask(http, asked, remembered)


def _sign_in(http: HttpRequest) -> HttpResponse:
    """Send the person to the sign-in page and back here; by an absolute URL where it is on another host."""
    page, here = urlsplit(resolve_url(settings.LOGIN_URL)), http.build_absolute_uri()
    is_elsewhere = page.netloc not in ("", http.get_host())
    return redirect_to_login(here if is_elsewhere else http.get_full_path())


def _identity_is_assured(request: AuthorizationRequest) -> bool:
    """Can nobody else be waiting at the redirect URI (RFC 8252 §8.6)?"""
    if request.client.is_confidential:
        return True
    return request.redirect_uri.startswith("https://") and not uris.is_loopback(
        request.redirect_uri
    )


def _for_page(sentence: str, rule: str, *, spec: str = "RFC 6749 §4.1.2.1") -> Refusal:
    return Refusal(Code.INVALID_REQUEST, sentence, rule=rule, spec=spec)


def _interaction(code: Code, sentence: str) -> Refusal:
    return Refusal(
        code, sentence, rule="prompt_none_must_be_possible", spec="OpenID Connect Core §3.1.2.6"
    )
