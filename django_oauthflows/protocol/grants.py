"""How each grant type looks up what is presented, and what it issues: one row for each.

A grant type presents something the server gave out before, and spends it, or nothing of the kind.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from django_oauthflows.core import clock
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.flows.jwt_bearer import JWT_BEARER
from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE
from django_oauthflows.protocol import jwt_bearer, passwords, token_exchange
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.requests import ClientFacts, TokenRequest
from django_oauthflows.tokens import codes, devices, exchanged, issuing, rotation
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.issuing import Issued
from django_oauthflows.tokens.prospects import Prospect
from django_oauthflows.tokens.reading import Presented, find_code, find_refresh_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How the flows of one grant type look up what is presented, and what they issue.

    `prospect` is what that would earn, before anything is spent. `complete` adds to the request what only
    this grant type's rules ask about.
    """

    presents: str
    find: Callable[[HttpRequest, Parameters, ClientFacts], Presented | None]
    issue: Callable[[TokenRequest, Presented, str], Issued]
    prospect: Callable[[TokenRequest], Prospect]
    complete: (
        Callable[[HttpRequest, Parameters, TokenRequest, Presented | None], TokenRequest] | None
    ) = None


EXCHANGES: dict[str, Exchange] = {
    "authorization_code": Exchange(
        presents="code",
        find=lambda http, sent, client: find_code(checksum(sent.text("code"))),
        issue=lambda request, presented, value: codes.redeem_code(request, presented),
        prospect=codes.prospect,
    ),
    "refresh_token": Exchange(
        presents="refresh_token",
        find=lambda http, sent, client: find_refresh_token(
            checksum(sent.text("refresh_token")), client, clock.now()
        ),
        issue=lambda request, presented, value: rotation.rotate(request, presented, value),
        prospect=rotation.prospect,
    ),
    DEVICE_CODE.grant_type: Exchange(
        presents="device_code",
        find=lambda http, sent, client: devices.poll(sent.text("device_code"), client, clock.now()),
        issue=lambda request, presented, value: devices.redeem(request, presented),
        prospect=codes.prospect,
    ),
    TOKEN_EXCHANGE.grant_type: Exchange(
        presents="subject_token",
        find=token_exchange.find_subject,
        issue=lambda request, presented, value: exchanged.exchange(request, presented),
        prospect=exchanged.prospect,
        complete=token_exchange.complete,
    ),
}


#: The grant types that present nothing the server gave out before, and what answers each.
DIRECT: dict[str, Callable[[HttpRequest, Parameters, TokenRequest], Issued]] = {
    "client_credentials": lambda http, parameters, request: issuing.issue_to_client(request),
    "password": passwords.answer,
    JWT_BEARER.grant_type: jwt_bearer.answer,
}
