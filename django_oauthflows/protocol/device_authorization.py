"""A device's request for its codes, step by step (RFC 8628 §3.1).

parse → authenticate the client → its flow → the rules → issue → answer.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from django_oauthflows import dot, limits
from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients.authentication import authenticate, method_used
from django_oauthflows.clients.dry_run import shapes
from django_oauthflows.clients.dry_run.shapes import NOTHING_MORE
from django_oauthflows.clients.policy import device_rules
from django_oauthflows.clients.requested_scopes import requested_scopes
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.choosing import grant_type_must_be_open
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.issuer import url_of
from django_oauthflows.protocol.dropped_scopes import note_dropped_scopes
from django_oauthflows.protocol.parameters import Parameters, from_body
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts
from django_oauthflows.tokens import devices, lifetimes
from django_oauthflows.traffic import counting


def authorize_device(http: HttpRequest) -> dict[str, Any]:
    """The members of the answer (RFC 8628 §3.2). Raises `Refusal`."""
    parameters = from_body(http)
    client = authenticate(http, parameters)
    request = asked_by_device(parameters, client)
    if not client.is_confidential:
        _count(http)
    issued = devices.issue_device_codes(client, scopes=request.scopes, now=clock.now())
    counting.accepted(
        "device-authorization",
        flow=DEVICE_CODE.slug,
        application_key=client.key,
        shape={
            **shapes.of_authorization(request, NOTHING_MORE),
            **shapes.of_authentication(method_used(http, parameters, client)),
        },
    )
    note_dropped_scopes(http, request, endpoint="device-authorization")
    page = dot.setting("OAUTH_DEVICE_VERIFICATION_URI") or url_of(http, "device")
    return {
        "device_code": issued.device_code,
        "user_code": issued.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?{urlencode({'user_code': issued.user_code})}",
        "expires_in": issued.expires_in,
        "interval": issued.interval,
    }


def _count(http: HttpRequest) -> None:
    """Count a device whose client nobody has proved to be; raise Refusal where its network has too many."""
    wait = limits.spend(
        "devices_from_one_network",
        network_of(http),
        at_most=conf.DEVICES_PER_NETWORK,
        per_seconds=lifetimes.device_code_lifetime(),
        serves_without_cache=True,
    )
    if wait is not None:
        raise Refusal(
            Code.INVALID_REQUEST,
            f"Too many devices ask for a code. Try again in {wait} seconds.",
            rule="devices_from_one_network_must_be_few",
            spec="RFC 8628 §5.1",
            status=429,
            retry_after=wait,
        )


def asked_by_device(parameters: Parameters, client: ClientFacts) -> AuthorizationRequest:
    """The request of a client that may make it, past every rule. Raises `Refusal`."""
    grant_type_must_be_open(DEVICE_CODE.grant_type, client)
    request = _request_of(parameters, client)
    enforce(device_rules(client), request)
    return request


def _request_of(parameters: Parameters, client: ClientFacts) -> AuthorizationRequest:
    """An authorization request without a browser: nothing to redirect to, and nothing to bind a code to."""
    named = requested_scopes(parameters.words("scope"), client, comes_with_code=True)
    return AuthorizationRequest(
        client=client,
        response_type="",
        response_mode="",
        redirect_uri="",
        redirect_uri_was_sent=False,
        state="",
        scopes_asked=named.asked,
        scopes=named.scopes,
        scopes_dropped=named.dropped,
        nonce="",
        code_challenge="",
        code_challenge_method="",
        prompt=frozenset(),
        resource=parameters.resource,
    )
