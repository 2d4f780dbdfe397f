"""An authorization request, step by step (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).

read the parameters → know the client → read what it signed → know where to answer, else a page → the flow's
rules, else back to the client → decide: answer, ask, send somewhere first, or refuse. The consent form posts
to its own URL with the same query, which is read in the same way: nothing of the request travels in the form.
A request that itself comes by POST is kept, and goes on as a link to that URL.
"""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from django_oauthflows.audit.redaction import redacted
from django_oauthflows.clients import uris
from django_oauthflows.clients.dry_run.shapes import Sent
from django_oauthflows.clients.policy import authorization_rules, resource_of
from django_oauthflows.consent import memory
from django_oauthflows.consent.decision import Decision, Next, Presence, decide
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.choosing import flow_of_authorization
from django_oauthflows.identity.claims import scopes_of
from django_oauthflows.issuer import issuer_of, own_resource_of
from django_oauthflows.protocol import errands, kept_requests, languages, signing_in
from django_oauthflows.protocol.answers import ReturnAddress, error_page, refuse_to_client
from django_oauthflows.protocol.asking import ask
from django_oauthflows.protocol.callers import know_client, know_redirect_uri
from django_oauthflows.protocol.openid_parameters import openid_facts
from django_oauthflows.protocol.parameters import (
    Parameters,
    form_must_be_encoded,
    from_body,
    from_query,
)
from django_oauthflows.protocol.request_objects import Read, read_object
from django_oauthflows.protocol.sending import Asked, send
from django_oauthflows.rules.authorization import response_mode_of
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts


def receive(http: HttpRequest) -> HttpResponse:
    """Answer an authorization request that came by POST: it goes on as a link, and decides nothing."""
    parameters: Parameters | None = None
    try:
        sent = from_body(http) if http.content_type else Parameters({})
        parameters = kept_requests.found(sent)
        return kept_requests.keep(http, parameters, know_client(http, parameters))
    except Refusal as refusal:
        return _page(http, refusal, parameters)


def answer(http: HttpRequest) -> HttpResponse:
    """Answer `GET /authorize`, and what our own pages post to the same URL."""
    parameters: Parameters | None = None
    try:
        if http.content_type:  # of a form; a POST without a body has none
            form_must_be_encoded(http)
        parameters = kept_requests.found(from_query(http))
        client = know_client(http, parameters)
        signed = read_object(parameters, client, issuer_of(http))
        parameters = signed.parameters
        address = address_of(http, parameters, know_redirect_uri(client, parameters))
    except Refusal as refusal:
        return _page(http, refusal, parameters)
    try:
        if signed.refusal:
            raise signed.refusal
        asked = replace(
            read(http, parameters, client, address), sent=_sent(http, parameters, signed)
        )
        if signed.was_fetched:
            return kept_requests.keep(http, parameters, client)
        with languages.spoken(asked.request.ui_locales):
            return _proceed(http, asked)
    except Refusal as refusal:
        return refuse_to_client(
            http, address, refusal, client=client, detail=redacted(parameters.plain())
        )


def _sent(http: HttpRequest, parameters: Parameters, signed: Read) -> Sent:
    return Sent(
        names_resource=bool(parameters.resource),
        object=signed.kind,
        was_kept=kept_requests.PREFIX in http.GET.get("request_uri", ""),
    )


def _page(http: HttpRequest, refusal: Refusal, parameters: Parameters | None) -> HttpResponse:
    """There is nowhere to return to: the person is told, and what came is recorded for the developer."""
    if parameters is None:
        return error_page(http, refusal)
    detail = redacted(parameters.plain())
    return error_page(http, refusal, client_id=parameters.text("client_id"), detail=detail)


def address_of(http: HttpRequest, parameters: Parameters, redirect_uri: str) -> ReturnAddress:
    """Where, and in which way, a request is answered whose redirect URI was found genuine."""
    return ReturnAddress(
        redirect_uri=redirect_uri,
        state=parameters.text("state"),
        issuer=issuer_of(http),
        mode=response_mode_of(
            parameters.text("response_mode"), parameters.text("response_type"), redirect_uri
        ),
        name=errands.name_of(parameters),
    )


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
        resource_was_sent=bool(parameters.resource),
        other=frozenset(parameters) & {"registration"},
        issuer=address.issuer,
        own_resource=own_resource_of(http),
        **openid_facts(parameters, client, address.issuer),
    )
    request = replace(request, claim_scopes=_claim_scopes(request))
    flow = flow_of_authorization(request)
    enforce(authorization_rules(flow, client), request)
    return Asked(request=request, flow=flow, address=address)


def _claim_scopes(request: AuthorizationRequest) -> frozenset[str]:
    """Whoever asks for a claim by name asks the person for the scope it belongs to (Core §5.5, §5.4)."""
    if request.claims is None or "openid" not in request.scopes:
        return frozenset()
    named = {*request.claims["id_token"], *request.claims["userinfo"]}
    return (scopes_of(named) & request.client.scopes) - request.scopes


def _proceed(http: HttpRequest, asked: Asked) -> HttpResponse:
    errand = errands.errand_of(http, asked.address.name)
    presence = signing_in.presence_of(http, asked.request, errand)
    client = asked.request.client
    remembered = memory.remembered(client, http.user) if presence.is_signed_in else None
    decision = decided(asked.request, presence, remembered)
    if presence.is_signed_in and "account" in http.POST:
        return signing_in.take_choice(http, asked, errand)
    if decision.next not in (Next.ANSWER, Next.ASK):
        return signing_in.send_away(http, asked, errand, decision.next)
    # A button that was pressed counts, even where another tab has made the question needless since.
    if decision.next is Next.ANSWER and "decision" not in http.POST:
        return send(http, asked, decision.scopes)
    return ask(http, asked, remembered)


def decided(
    request: AuthorizationRequest, presence: Presence, remembered: frozenset[str] | None
) -> Decision:
    """What happens next. Raises `Refusal` for what cannot be done."""
    decision = decide(
        request,
        presence=presence,
        remembered=remembered,
        identity_is_assured=identity_is_assured(request),
    )
    if decision.next in _REFUSALS:
        code, sentence, rule, spec = _REFUSALS[decision.next]
        raise Refusal(code, sentence, rule=rule, spec=spec)
    return decision


def identity_is_assured(request: AuthorizationRequest) -> bool:
    """Can nobody else be waiting at the redirect URI (RFC 8252 §8.6)?"""
    if request.client.is_confidential:
        return True
    return request.redirect_uri.startswith("https://") and not uris.is_loopback(
        request.redirect_uri
    )


#: Code, sentence, rule and paragraph of what cannot be done.
_REFUSALS = {
    Next.REFUSE_LOGIN_REQUIRED: (
        Code.LOGIN_REQUIRED,
        "The person would have to sign in, and the prompt none forbids asking.",
        "prompt_none_must_be_possible",
        "OpenID Connect Core §3.1.2.6",
    ),
    Next.REFUSE_CONSENT_REQUIRED: (
        Code.CONSENT_REQUIRED,
        "The person has not agreed yet, and the prompt none forbids asking.",
        "prompt_none_must_be_possible",
        "OpenID Connect Core §3.1.2.6",
    ),
    Next.REFUSE_OTHER_PERSON: (
        Code.LOGIN_REQUIRED,
        "Another person signed in than the one the request names.",
        "person_must_be_the_expected_one",
        "OpenID Connect Core §3.1.2.2",
    ),
    Next.REFUSE_UNMET_CONTEXT: (
        Code.UNMET_AUTHENTICATION_REQUIREMENTS,
        "The person did not sign in as strongly as the request requires.",
        "required_context_must_be_met",
        "OpenID Connect Core §5.5.1.1",
    ),
}
