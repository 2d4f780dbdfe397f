"""A request to the token endpoint, up to where it would spend and issue (RFC 6749 §3.2).

The same steps as `protocol/exchange.py`: the client can prove itself, its flow, what it presents, the rules.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows.clients.authentication import must_be_able
from django_oauthflows.clients.policy import profile_of, token_rules
from django_oauthflows.identity.id_token import Identified
from django_oauthflows.protocol import exchange
from django_oauthflows.protocol.grants import EXCHANGES
from django_oauthflows.protocol.parameters import Parameters, from_pairs
from django_oauthflows.protocol.rehearsal import telling
from django_oauthflows.protocol.rehearsal.base import (
    Delivery,
    Mark,
    Notes,
    Question,
    Told,
)
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import Assertion, ClientFacts, TokenRequest
from django_oauthflows.tokens.prospects import Prospect
from django_oauthflows.tokens.reading import Presented


def redeemed(
    http: HttpRequest,
    question: Question,
    notes: Notes,
    *,
    sent: dict[str, str],
    presented: Presented | None,
    resource: tuple[str, ...] = (),
) -> None:
    """What is presented is redeemed; `sent` is what the client sends beside its credentials."""
    know(http, question, notes)
    request = asked(http, question.client, form_of(sent, resource), presented, notes)
    assert presented is not None  # noqa: S101 - the first rule refused otherwise
    earned = EXCHANGES[request.grant_type].prospect(request)
    deliver(http, earned, request, notes, presented=presented)


def form_of(sent: dict[str, str], resource: tuple[str, ...]) -> Parameters:
    """The body of a token request. Raises `Refusal` for what no body may hold."""
    return from_pairs([*sent.items(), *(("resource", uri) for uri in resource)])


def asked(
    http: HttpRequest,
    client: ClientFacts,
    sent: Parameters,
    presented: Presented | None,
    notes: Notes,
    *,
    assertion: Assertion | None = None,
) -> TokenRequest:
    """The token request, past every rule. Raises `Refusal`."""
    grant_type = exchange.grant_type_of(sent, client)
    request = exchange.request_of(http, sent, client, grant_type, presented)
    request = replace(request, assertion=assertion)
    rules = token_rules(request)
    enforce(rules, request)
    notes.add(
        Mark.PASSES,
        _("The token request passes"),
        _("%(count)d rules of the flow and of the profile “%(profile)s” were asked.")
        % {"count": len(rules), "profile": profile_of(client).slug},
    )
    return request


def deliver(
    http: HttpRequest,
    earned: Prospect,
    request: TokenRequest,
    notes: Notes,
    *,
    presented: Presented | None = None,
    person: Any = None,
    sign_in: Identified | None = None,
) -> None:
    """Note what the token endpoint would give: to a person that was `presented`, or to this one.

    `sign_in` is one at the token endpoint itself, for which nothing was presented.
    """
    if presented and "openid" in request.scopes:
        telling.must_be_ready(request.client)
    if presented:
        sign_in = exchange.sign_in_of(request, presented, scopes=request.scopes)
    signed = None
    if sign_in is not None:
        signed = telling.id_token_of(
            sign_in,
            beside_access_token=True,
            beside_code=False,
            tells_scopes=request.client.openid.claims_in_id_token,
        )
    delivery = Delivery(where=_("From the token endpoint"), scopes=request.scopes, id_token=signed)
    notes.deliveries.append(
        telling.told(
            http,
            earned,
            delivery,
            now=request.now,
            person=presented.person if presented else person,
            authorization=presented.authorization if presented and not presented.party else None,
        )
    )


def know(http: HttpRequest, question: Question, notes: Notes) -> None:
    """The client at the token endpoint, which it can prove itself to. Raises `Refusal`."""
    client, notes.told = question.client, Told.JSON
    must_be_able(client, http)
    method = client.authentication_method or "client_secret_basic, client_secret_post"
    notes.add(
        Mark.SUPPOSED,
        _("The client is supposed to prove itself at the token endpoint")
        if client.is_confidential
        else _("The client, which has no secret, names itself at the token endpoint"),
        str(method),
    )
