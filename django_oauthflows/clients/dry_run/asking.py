"""Asking a recorded request's endpoint once more, under other settings of its client."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django_oauthflows.clients.authentication import refusal_of_method
from django_oauthflows.clients.dry_run import shapes
from django_oauthflows.clients.dry_run.shapes import Shape
from django_oauthflows.clients.policy import (
    authorization_rules,
    device_rules,
    request_object_must_be_signed,
    takes_unsigned_objects,
    token_rules,
)
from django_oauthflows.errors import Refusal
from django_oauthflows.flows.choosing import flow_of_authorization, grant_type_must_be_open
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.rules.assertions import (
    ASSERTION_RULES,
    assertion_must_be_genuine,
    assertion_must_be_sent,
)
from django_oauthflows.rules.authorization import resource_must_be_allowed_for_client
from django_oauthflows.rules.base import Rule, enforce
from django_oauthflows.rules.exchange import subject_token_must_be_meant_for_client
from django_oauthflows.rules.requests import ClientFacts

#: Rules about an assertion, which is gone: it was good, and no setting a dry run changes makes it bad.
_OF_THE_MOMENT: tuple[Rule[Any], ...] = (assertion_must_be_sent, *ASSERTION_RULES)


def ask(endpoint: str, shape: Shape, client: ClientFacts) -> Refusal | None:
    """How the request would be refused; `None` where it would be answered.

    Raises `KeyError` for a shape that is not complete.
    """
    try:
        _ENDPOINTS[endpoint](shape, client)
    except Refusal as refusal:
        return refusal
    return None


def not_asked(shape: Shape, before: ClientFacts, after: ClientFacts) -> Iterator[str]:
    """The rules whose answer changes with the settings in a way that the shape cannot tell."""
    keys_differ = (before.jwks, before.jwks_uri) != (after.jwks, after.jwks_uri)
    openid_before, openid_after = before.openid, after.openid
    if _names_others(shape) and before.allowed_resources != after.allowed_resources:
        yield resource_must_be_allowed_for_client.name
    if _is_given_a_token(shape) and before.resources != after.resources:
        yield subject_token_must_be_meant_for_client.name
    if _shows_an_assertion(shape) and (keys_differ or _algorithm(before) != _algorithm(after)):
        yield assertion_must_be_genuine.name
    if shape.get("object") == "signed" and (
        keys_differ
        or openid_before.request_object_signing_alg != openid_after.request_object_signing_alg
    ):
        yield "request_object_must_be_signed_by_client"
    if _may_have_been_fetched(shape, before) and (
        takes_unsigned_objects(before) and not takes_unsigned_objects(after)
    ):
        yield "request_object_must_be_signed"


def _authorize(shape: Shape, client: ClientFacts) -> None:
    if shape["object"] == "unsigned" and not takes_unsigned_objects(client):
        raise request_object_must_be_signed(client)
    request = shapes.authorization_from(shape, client)
    flow = flow_of_authorization(request)
    enforce(authorization_rules(flow, client), request)


def _authorize_device(shape: Shape, client: ClientFacts) -> None:
    _authenticate(shape, client)
    grant_type_must_be_open(DEVICE_CODE.grant_type, client)
    request = shapes.authorization_from(shape, client)
    enforce(device_rules(client), request)


def _exchange(shape: Shape, client: ClientFacts) -> None:
    _authenticate(shape, client)
    grant_type_must_be_open(shape["grant_type"], client)
    request = shapes.token_request_from(shape, client)
    rules = (rule for rule in token_rules(request) if rule not in _OF_THE_MOMENT)
    enforce(rules, request)


def _authenticate(shape: Shape, client: ClientFacts) -> None:
    method = shapes.method_from(shape)
    refusal = None if method is None else refusal_of_method(client, method)
    if refusal is not None:
        raise refusal


_ENDPOINTS: Mapping[str, Callable[[Shape, ClientFacts], None]] = {
    "authorize": _authorize,
    "device-authorization": _authorize_device,
    "token": _exchange,
    "introspect": _authenticate,
    "revoke": _authenticate,
}


def _names_others(shape: Shape) -> bool:
    return bool(shape.get("other_resource") or shape.get("granted_other_resource"))


def _is_given_a_token(shape: Shape) -> bool:
    """Does it exchange a token that was issued to another client?"""
    return "exchange" in shape and not shape["exchange"]["is_own"]


def _shows_an_assertion(shape: Shape) -> bool:
    return "method" in shape and (shape["method"] is None or shape["method"].endswith("_jwt"))


def _algorithm(client: ClientFacts) -> str:
    return client.token_endpoint_auth_signing_alg


def _may_have_been_fetched(shape: Shape, client: ClientFacts) -> bool:
    return bool(shape.get("was_kept") and client.openid.request_uris)
