"""A token request, step by step (RFC 6749 §3.2).

parse → authenticate the client → its flow → what it presents → the rules → spend and issue → answer.
A refused request leaves what was presented usable; of two that race exactly one wins, and the other is read
again, now seeing what the winner did.
"""

from dataclasses import replace

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.actors import SERVER, network_of
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import facts
from django_oauthflows.clients.authentication import method_used
from django_oauthflows.clients.dry_run import shapes
from django_oauthflows.clients.dry_run.shapes import Sent
from django_oauthflows.clients.policy import resource_of, token_rules
from django_oauthflows.clients.requested_scopes import RequestedScopes, requested_scopes
from django_oauthflows.core import clock
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.core.deadlocks import is_deadlock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.choosing import flow_of_exchange, grant_type_must_be_open
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.identity.id_token import Identified, asked_of_project
from django_oauthflows.identity.signing import be_ready
from django_oauthflows.issuer import issuer_of, named_resource_of, userinfo_url_of
from django_oauthflows.protocol import jwt_bearer
from django_oauthflows.protocol.dropped_scopes import note_dropped_scopes
from django_oauthflows.protocol.grants import DIRECT, EXCHANGES
from django_oauthflows.protocol.parameters import Parameters, from_body
from django_oauthflows.protocol.sign_in_answers import with_id_token
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.device import device_code_must_be_unspent
from django_oauthflows.rules.grants import code_must_be_unspent, refresh_token_must_be_unspent
from django_oauthflows.rules.requests import Assertion, ClientFacts, Held, TokenRequest
from django_oauthflows.tokens import families
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.issuing import Issued, LostRace
from django_oauthflows.tokens.reading import Presented
from django_oauthflows.traffic import counting

#: The refusals that are the sign of a theft, and what the record calls them.
_REPLAYS = {
    code_must_be_unspent.name: Event.CODE_REPLAYED,
    device_code_must_be_unspent.name: Event.CODE_REPLAYED,
    refresh_token_must_be_unspent.name: Event.REFRESH_TOKEN_REPLAYED,
}
#: Grant types whose token request has no scope: the person decided on it before.
_SCOPES_ARE_SETTLED = ("authorization_code", DEVICE_CODE.grant_type)
#: Grant types that go on with what was granted by a code.
_AFTER_A_CODE = (*_SCOPES_ARE_SETTLED, "refresh_token")
#: Grant types whose tokens DOT sends the signal `app_authorized` for; it has none for devices.
_TOLD_BY_DOT = ("authorization_code", "client_credentials", "password", "refresh_token")
#: A lost race is read again; whoever loses twice is told so.
_TRIES = 3


def exchange(http: HttpRequest) -> Issued:
    """Answer a token request. Raises `Refusal`."""
    parameters = from_body(http)
    client, assertion = jwt_bearer.asserted(http, parameters)
    grant_type = grant_type_of(parameters, client)
    try:
        for _ in range(_TRIES):
            try:
                return _attempt(http, parameters, client, grant_type, assertion)
            except LostRace:
                continue
            except OperationalError as error:
                if not is_deadlock(error):
                    raise
    except IntegrityError:
        # The client or the person was deleted while this worker still remembered them.
        facts.forget_clients()
        raise Refusal(
            Code.INVALID_CLIENT,
            "Client authentication failed.",
            rule="client_must_be_known",
            spec="RFC 6749 §5.2",
            status=401,
        ) from None
    raise Refusal(
        Code.INVALID_GRANT,
        "The grant is being used by another request.",
        rule="grant_must_not_be_contended",
        spec="RFC 6749 §5.2",
    )


def _attempt(
    http: HttpRequest,
    parameters: Parameters,
    client: ClientFacts,
    grant_type: str,
    assertion: Assertion | None,
) -> Issued:
    steps = EXCHANGES.get(grant_type)
    presented = steps.find(http, parameters, client) if steps else None
    request = request_of(http, parameters, client, grant_type, presented)
    request = replace(request, assertion=assertion)
    try:
        enforce(token_rules(request), request)
    except Refusal as refusal:
        _answer_a_replay(refusal, presented, client, http)
        raise
    issued = _issue(http, parameters, request, presented)
    _count(http, parameters, request)
    note_dropped_scopes(http, request, endpoint="token")
    _tell_as_dot_does(http, grant_type, issued)
    return issued


def _tell_as_dot_does(http: HttpRequest, grant_type: str, issued: Issued) -> None:
    """Tell a project's receivers of `app_authorized`, as far as there are any.

    Of the grant types that django-oauth-toolkit tells them of, and no others: a receiver that came with it
    expects these. The signal `token_issued` tells of all.
    """
    if grant_type in _TOLD_BY_DOT and dot.somebody_hears_of_tokens():
        after_commit(
            dot.tell_app_authorized,
            http,
            checksum(issued.access_token),
            using=dot.token_database(),
        )


def _count(http: HttpRequest, parameters: Parameters, request: TokenRequest) -> None:
    client = request.client
    names_resource = bool(parameters.resource or parameters.audience)
    counting.accepted(
        "token",
        flow=flow_of_exchange(request).slug,
        application_key=client.key,
        shape=shapes.of_token(
            request, Sent(names_resource=names_resource), method_used(http, parameters, client)
        ),
    )


def _issue(
    http: HttpRequest, parameters: Parameters, request: TokenRequest, presented: Presented | None
) -> Issued:
    if presented is None:
        return DIRECT[request.grant_type](http, parameters, request)
    if "openid" in request.scopes:
        be_ready(request.client)
    expected = sign_in_of(request, presented, scopes=request.scopes)
    if expected is not None:
        expected = asked_of_project(expected, http)
    steps = EXCHANGES[request.grant_type]
    issued = steps.issue(request, presented, parameters.text(steps.presents))
    if issued.scopes == request.scopes:
        return with_id_token(issued, expected)
    # A retry is answered with the scopes of the first answer.
    return with_id_token(issued, sign_in_of(request, presented, scopes=issued.scopes))


def sign_in_of(
    request: TokenRequest, presented: Presented, *, scopes: frozenset[str]
) -> Identified | None:
    """The sign-in an ID token of the answer tells of; `None` for an answer without one."""
    held = presented.held
    if "openid" not in scopes or presented.person is None or presented.party:
        return None
    return Identified(
        client=request.client,
        person=presented.person,
        issuer=request.issuer,
        now=request.now,
        scopes=scopes,
        auth_time=held.auth_time,
        acr=held.acr,
        amr=held.amr,
        # It answers an authorization request, which a refresh is not.
        nonce="" if request.grant_type == "refresh_token" else held.nonce,
        sid=held.sid,
        authorization=held.authorization,
        asked=held.claims,
    )


def grant_type_of(parameters: Parameters, client: ClientFacts) -> str:
    """The grant type, once it is one the client may use. Raises `Refusal`."""
    grant_type = parameters.text("grant_type")
    if not grant_type:
        raise Refusal(
            Code.INVALID_REQUEST,
            "The grant_type is missing.",
            rule="grant_type_must_be_sent",
            spec="RFC 6749 §4.1.3",
        )
    flows = catalogue.for_grant_type(grant_type)
    if not flows:
        raise Refusal(
            Code.UNSUPPORTED_GRANT_TYPE,
            "This grant_type is not supported.",
            rule="grant_type_must_be_supported",
            spec="RFC 6749 §5.2",
        )
    grant_type_must_be_open(grant_type, client)
    steps = EXCHANGES.get(grant_type)
    if steps and not parameters.text(steps.presents):
        raise Refusal(
            Code.INVALID_REQUEST,
            f"The {steps.presents} is missing.",
            rule=f"{steps.presents}_must_be_sent",
            spec=flows[0].specification,
        )
    return grant_type


def request_of(
    http: HttpRequest,
    parameters: Parameters,
    client: ClientFacts,
    grant_type: str,
    presented: Presented | None,
) -> TokenRequest:
    """Freeze all that the rules may ask about."""
    steps = EXCHANGES.get(grant_type)
    held = presented.held if presented else None
    named = _requested_scopes(parameters, client, grant_type, held)
    request = TokenRequest(
        client=client,
        grant_type=grant_type,
        flow=held.flow if held else catalogue.for_grant_type(grant_type)[0].slug,
        now=clock.now(),
        scopes_asked=named.asked,
        scopes=named.scopes,
        scopes_dropped=named.dropped,
        resource=resource_of(client, parameters.resource, held.resource if held else ()),
        resource_was_sent=bool(parameters.resource),
        redirect_uri=parameters.text("redirect_uri"),
        code_verifier=parameters.text("code_verifier"),
        held=held,
        sent=frozenset(parameters),
        issuer=issuer_of(http),
        own_resource=named_resource_of(http),
        userinfo_url=userinfo_url_of(http),
        network=network_of(http),
    )
    if steps and steps.complete:
        request = steps.complete(http, parameters, request, presented)
    return request


def _requested_scopes(
    parameters: Parameters, client: ClientFacts, grant_type: str, held: Held | None
) -> RequestedScopes:
    """What the request asks for: of what it holds where it holds something."""
    asked = parameters.words("scope") if grant_type not in _SCOPES_ARE_SETTLED else None
    if grant_type in _AFTER_A_CODE:
        # What was not granted is refused, known or not (RFC 6749 §6).
        named = RequestedScopes(asked=asked, scopes=asked or frozenset())
    else:
        named = requested_scopes(asked, client, comes_with_code=False)
    if held is None:
        return named
    kept = held.scopes & client.allowed_scopes - named.ignored
    return replace(named, scopes=kept if asked is None else kept & named.scopes)


def _answer_a_replay(
    refusal: Refusal, presented: Presented | None, client: ClientFacts, http: HttpRequest
) -> None:
    """A code or refresh token that comes twice ends everything that came of it (RFC 9700 §4.14.2)."""
    event = _REPLAYS.get(refusal.rule)
    if event is None or presented is None:
        return
    reason = event.replace(".", "_")
    if presented.authorization is not None:
        ended = families.revoke(presented.authorization, reason=reason, request=http, by=SERVER)
    else:
        held = presented.held
        ended = families.revoke_unparented(
            held.authorization, held.key, reason=reason, request=http, by=SERVER
        )
    if ended:
        recorder.record(
            event,
            application_key=client.key,
            client_id=client.client_id,
            user=presented.person,
            by=actors.client(client.client_id),
            request=http,
            detail={"authorization": str(presented.held.authorization)},
        )
