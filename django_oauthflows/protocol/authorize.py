"""An authorization request, step by step (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).

read the parameters → know the client → read what it signed → know where to answer, else a page → the flow's
rules, else back to the client → decide: answer, ask, send somewhere first, or refuse. The consent form posts
to its own URL with the same query, which is read in the same way: nothing of the request travels in the form.
A request that itself comes by POST is kept, and goes on as a link to that URL.
"""

from dataclasses import replace

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from django_oauthflows import dot
from django_oauthflows.audit.actors import network_of
from django_oauthflows.audit.redaction import redacted
from django_oauthflows.clients.dry_run.shapes import Sent
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.policy import (
    authorization_rules,
    resource_asked_for,
    resource_of,
)
from django_oauthflows.clients.requested_scopes import requested_scopes
from django_oauthflows.consent import memory
from django_oauthflows.consent.decision import Decision, Next, Presence, decide, skips_page
from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.core.deadlocks import is_deadlock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.choosing import flow_of_authorization
from django_oauthflows.identity.claims import named_claims
from django_oauthflows.issuer import issuer_of, own_resource_of, userinfo_url_of
from django_oauthflows.protocol import errands, headers, kept_requests, languages, signing_in
from django_oauthflows.protocol.answers import ReturnAddress, error_page, refuse_to_client
from django_oauthflows.protocol.asking import agree_only, ask
from django_oauthflows.protocol.callers import know_client, know_redirect_uri
from django_oauthflows.protocol.openid_parameters import openid_facts
from django_oauthflows.protocol.parameters import (
    Parameters,
    form_must_be_encoded,
    from_body,
    from_query,
    repetition,
)
from django_oauthflows.protocol.request_objects import Read, read_object
from django_oauthflows.protocol.sending import Asked, send
from django_oauthflows.protocol.unavailable import note_return_address
from django_oauthflows.rules.authorization import response_mode_of
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, NamedClaim
from django_oauthflows.tokens.issuing import LostRace
from django_oauthflows.tokens.sessions import note_use

#: How often a request is decided on, where something it depends on changes each time.
_TRIES = 3


def receive(http: HttpRequest) -> HttpResponse:
    """Answer an authorization request that came by POST: it goes on as a link, and decides nothing."""
    parameters: Parameters | None = None
    try:
        has_body = bool(http.content_type)
        sent = from_body(http, is_authorization=True) if has_body else Parameters({})
        parameters = kept_requests.found(sent)
        client = know_client(http, parameters)
        if (repeated := repetition(parameters)) is None:
            return kept_requests.keep(http, parameters, client)
        address = address_of(http, parameters, know_redirect_uri(client, parameters))
    except Refusal as refusal:
        return _page(http, refusal, parameters)
    return _at_client(http, repeated, parameters, client, address)


def answer(http: HttpRequest) -> HttpResponse:
    """Answer `GET /authorize`, and what our own pages post to the same URL.

    Where the account, the sign-in or the client changed while the answer was made, all is read again.
    """
    for _ in range(_TRIES):
        try:
            return _answer(http)
        except LostRace:
            pass
        except OperationalError as error:
            if not is_deadlock(error):
                raise
        forget_clients()
        signing_in.read_again(http)
    # It goes on changing: the browser asks again.
    return headers.no_store(HttpResponseRedirect(http.get_full_path(), status=303))


def _answer(http: HttpRequest) -> HttpResponse:
    parameters: Parameters | None = None
    try:
        if http.content_type:  # of a form; a POST without a body has none
            form_must_be_encoded(http)
        parameters = sent = kept_requests.found(from_query(http, is_authorization=True))
        client = know_client(http, parameters)
        signed = read_object(parameters, client, issuer_of(http), network=network_of(http))
        parameters = signed.parameters
        address = address_of(http, parameters, know_redirect_uri(client, parameters))
        note_return_address(http, address, client, is_silent=_is_silent(parameters))
    except Refusal as refusal:
        return _page(http, refusal, parameters)
    try:
        if refused := repetition(sent) or signed.refusal:
            raise refused
        asked = replace(
            read(http, parameters, client, address), sent=_sent(http, parameters, signed)
        )
        if signed.was_fetched:
            return kept_requests.keep(http, parameters, client)
        with languages.spoken(asked.request.ui_locales):
            return _proceed(http, asked)
    except Refusal as refusal:
        return _at_client(http, refusal, parameters, client, address)


def _at_client(
    http: HttpRequest,
    refusal: Refusal,
    parameters: Parameters,
    client: ClientFacts,
    address: ReturnAddress,
) -> HttpResponse:
    return refuse_to_client(
        http,
        address,
        refusal,
        client=client,
        detail=redacted(parameters.plain()),
        is_silent=_is_silent(parameters),
    )


def _is_silent(parameters: Parameters) -> bool:
    return "none" in parameters.ordered("prompt")


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
    response_types = parameters.ordered("response_type")
    named = requested_scopes(
        parameters.words("scope"), client, comes_with_code="code" in response_types
    )
    resource = resource_asked_for(client, parameters.resource)
    request = AuthorizationRequest(
        client=client,
        # The order of its words does not matter (RFC 6749 §3.1.1).
        response_type=" ".join(sorted(response_types)),
        response_mode=parameters.text("response_mode") or address.mode,
        redirect_uri=address.redirect_uri,
        redirect_uri_was_sent="redirect_uri" in parameters,
        state=address.state,
        scopes_asked=named.asked,
        scopes=named.scopes,
        scopes_dropped=named.dropped,
        nonce=parameters.text("nonce"),
        code_challenge=parameters.text("code_challenge"),
        code_challenge_method=parameters.text("code_challenge_method"),
        prompt=parameters.words("prompt") or frozenset(),
        resource=resource_of(client, resource),
        resource_was_sent=bool(resource),
        other=frozenset(parameters) & {"registration"},
        issuer=address.issuer,
        own_resource=own_resource_of(http),
        userinfo_url=userinfo_url_of(http),
        **openid_facts(parameters, client, address.issuer),
    )
    request = replace(request, named_claims=_named_claims(request))
    flow = flow_of_authorization(request)
    enforce(authorization_rules(flow, client), request)
    return Asked(request=request, flow=flow, address=address)


def _named_claims(request: AuthorizationRequest) -> frozenset[NamedClaim]:
    """Return the claims that the person is asked for beside the scopes (OpenID Connect Core §5.5, §5.4)."""
    if request.claims is None or "openid" not in request.scopes:
        return frozenset()
    named = named_claims({*request.claims["id_token"], *request.claims["userinfo"]})
    beyond = request.client.scopes - request.scopes
    return frozenset(claim for claim in named if claim.scope in beyond)


def _proceed(http: HttpRequest, asked: Asked) -> HttpResponse:
    errand = errands.errand_of(http, asked.address.name)
    presence = signing_in.presence_of(http, asked.request, errand)
    if presence.is_signed_in:
        note_use(http)
        kept_requests.note_sign_in(http)
    client = asked.request.client
    remembered = memory.remembered(client, http.user) if presence.is_signed_in else None
    decision = decided(asked.request, presence, remembered)
    if presence.is_signed_in and "account" in http.POST:
        return signing_in.take_choice(http, asked, errand)
    if decision.next is Next.SIGN_IN_AGAIN and presence.took_too_long:
        agreed = str(http.user.pk) if agree_only(http, asked, remembered) else ""
        errand = errand.to_sign_in_anew(agreed_by=agreed)
    if decision.next not in (Next.ANSWER, Next.ASK):
        return signing_in.send_away(http, asked, errand, decision.next)
    # A button that was pressed counts, even where another tab has made the question needless since.
    if decision.next is Next.ANSWER and "decision" not in http.POST:
        return _answer_in_silence(http, asked, presence, decision)
    return ask(http, asked, remembered)


def _answer_in_silence(
    http: HttpRequest, asked: Asked, presence: Presence, decision: Decision
) -> HttpResponse:
    """Answer without a page, or ask after all where the consent was withdrawn meanwhile (RFC 6749 §4.1.1).

    The consent is read again, locked, in the transaction that issues. So a withdrawal at the same moment
    comes before it, and nothing is issued; or it comes after, and ends what was issued.
    """
    client = asked.request.client
    if skips_page(asked.request):
        return send(http, asked, decision.scopes)
    with transaction.atomic(using=dot.token_database()):
        remembered = memory.remembered_and_locked(client, http.user)
        decision = decided(asked.request, presence, remembered)
        if decision.next is Next.ANSWER:
            return send(http, asked, decision.scopes)
    return ask(http, asked, remembered)


def decided(
    request: AuthorizationRequest, presence: Presence, remembered: RememberedConsent | None
) -> Decision:
    """What happens next. Raises `Refusal` for what cannot be done."""
    decision = decide(request, presence=presence, remembered=remembered)
    if decision.next in _REFUSALS:
        code, sentence, rule, spec = _REFUSALS[decision.next]
        raise Refusal(code, sentence, rule=rule, spec=spec)
    return decision


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
    Next.REFUSE_UNASSURED: (
        Code.CONSENT_REQUIRED,
        "The prompt none cannot be used at this redirect_uri: a client that is answered on the person's own "
        "device has to ask each time.",
        "prompt_none_must_not_lead_to_a_device",
        "RFC 8252 §8.6",
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
