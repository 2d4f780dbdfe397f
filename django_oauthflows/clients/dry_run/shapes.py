"""The shape of a request: what its rules can be asked again with, and nothing that came from the wire.

Values are booleans, words of closed lists, and what is registered at the client: its scopes, redirect URIs
and resources. A value of any other kind leaves only the fact that there was one. Of what must be right at one
moment alone, as a code verifier or a nonce, it says that it was there.
"""

from dataclasses import dataclass
from typing import Any

from django_oauthflows.clients.policy import resource_asked_for, resource_of
from django_oauthflows.clients.uris import registered_form
from django_oauthflows.core import clock
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.parties import NO_EXCHANGE, Exchanging, Party
from django_oauthflows.rules.pkce import PLAIN, S256
from django_oauthflows.rules.requests import (
    AuthMethod,
    AuthorizationRequest,
    ClientFacts,
    DeviceStatus,
    Held,
    TokenRequest,
)

#: What a shape holds, by name. JSON objects with these members, and no others.
Shape = dict[str, Any]

#: Stands for a code challenge that was well-formed.
_CHALLENGE = "0" * 43
#: What the password grant's rules look for, once a password was right.
_SENT = frozenset({"username", "password"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the facts of a request no longer tell of it.

    `names_resource` holds where it named a resource or an audience itself. `object` is how a request object
    (OpenID Connect Core §6) came: empty, `signed` or `unsigned`. `was_kept` holds for a request that goes on
    from one that came by POST or by an address, whose object is not looked at again.
    """

    names_resource: bool = False
    object: str = ""
    was_kept: bool = False


#: For a request that had nothing of it.
NOTHING_MORE = Sent()


def of_authentication(method: AuthMethod | None) -> Shape:
    """A request whose client authenticated, and of which no more is asked."""
    return {"method": None if method is None else str(method)}


def of_authorization(request: AuthorizationRequest, sent: Sent) -> Shape:
    client = request.client
    return {
        "response_type": request.response_type,
        "response_mode": request.response_mode,
        "redirect_uri": registered_form(request.redirect_uri, client.redirect_uris),
        "redirect_uri_was_sent": request.redirect_uri_was_sent,
        "state": bool(request.state),
        "nonce": bool(request.nonce),
        "challenge": bool(request.code_challenge),
        "challenge_method": _known(request.code_challenge_method),
        "prompt": sorted(request.prompt & request.known_prompts),
        **_scopes(request),
        "object": sent.object,
        "was_kept": sent.was_kept,
        **_resources(request.resource if sent.names_resource else (), client),
    }


def of_token(request: TokenRequest, sent: Sent, method: AuthMethod | None) -> Shape:
    client, held, exchange = request.client, request.held, request.exchange
    shape = {
        **of_authentication(method),
        "grant_type": request.grant_type,
        **_scopes(request),
    }
    if exchange is not NO_EXCHANGE:
        shape["exchange"] = _exchange(exchange, client, names_target=sent.names_resource)
    else:
        shape |= _resources(request.resource if sent.names_resource else (), client)
    if held is not None:
        granted = _resources(held.resource, client)
        shape["origin"] = held.flow
        shape["granted"] = sorted(held.scopes & client.allowed_scopes)
        shape["granted_resource"] = granted["resource"]
        shape["granted_other_resource"] = granted["other_resource"]
    return shape


def authorization_from(shape: Shape, client: ClientFacts) -> AuthorizationRequest:
    """The request again, as another or the same client's. Raises `KeyError` for a shape that is none."""
    scopes = _scopes_from(shape)
    # A row names none where a star of the project's took the address, or where it is an older row.
    redirect_uri = shape["redirect_uri"] or next(iter(client.redirect_uris), "")
    named, sent = tuple(shape["resource"]), _names_resource(shape)
    meant = named if sent else resource_asked_for(client, ())
    return AuthorizationRequest(
        client=client,
        response_type=shape["response_type"],
        response_mode=shape["response_mode"],
        redirect_uri=redirect_uri,
        redirect_uri_was_sent=shape["redirect_uri_was_sent"],
        state="there" if shape["state"] else "",
        scopes_asked=scopes,
        scopes=client.default_scopes if scopes is None else scopes,
        nonce="there" if shape["nonce"] else "",
        code_challenge=_CHALLENGE if shape["challenge"] else "",
        code_challenge_method=shape["challenge_method"],
        prompt=frozenset(shape["prompt"]),
        known_prompts=frozenset(shape["prompt"]),
        scopes_dropped=_dropped_from(shape),
        resource=resource_of(client, meant) if shape["response_type"] else (),
        resource_was_sent=sent or bool(meant),
    )


def token_request_from(shape: Shape, client: ClientFacts) -> TokenRequest:
    """The request again, as another or the same client's. Raises `KeyError` for a shape that is none."""
    asked, held = _scopes_from(shape), _held_from(shape, client)
    if held is None:
        scopes = client.default_scopes if asked is None else asked
    else:
        kept = held.scopes & client.allowed_scopes
        scopes = kept if asked is None else kept & asked
    exchange = _exchange_from(shape.get("exchange"), client)
    named = tuple(shape.get("resource", ()))
    resource = resource_of(client, named, held.resource if held else ())
    return TokenRequest(
        client=client,
        grant_type=shape["grant_type"],
        flow=shape.get("origin") or catalogue.for_grant_type(shape["grant_type"])[0].slug,
        now=clock.now(),
        scopes_asked=asked,
        scopes=scopes,
        scopes_dropped=_dropped_from(shape),
        resource=resource if exchange is NO_EXCHANGE else exchange.targets,
        resource_was_sent=_names_resource(shape) or _is_granted_a_resource(shape, client),
        held=held,
        sent=_SENT,
        exchange=exchange,
    )


def method_from(shape: Shape) -> AuthMethod | None:
    """How the client authenticated; `None` where its grant alone said who it was."""
    method = shape.get("method")
    return None if method is None else AuthMethod(method)


def _known(method: str) -> str:
    """A flow without a code asks nobody what the method is, so it may be any text."""
    return method if method in (S256, PLAIN) else ""


def _scopes(request: AuthorizationRequest | TokenRequest) -> Shape:
    """Those it asked for, and whether there were others that no part of the server knows."""
    asked = request.scopes_asked
    return {
        "scopes": None if asked is None else sorted(asked & request.client.allowed_scopes),
        **({"unknown_scopes": True} if request.scopes_dropped else {}),
    }


def _scopes_from(shape: Shape) -> frozenset[str] | None:
    scopes = shape["scopes"]
    return None if scopes is None else frozenset(scopes)


def _dropped_from(shape: Shape) -> frozenset[str]:
    return frozenset({"unknown"}) if shape.get("unknown_scopes") else frozenset()


def _resources(named: tuple[str, ...], client: ClientFacts) -> Shape:
    """Those that are registered by name, and whether there were others."""
    registered = client.allowed_resources | client.resources
    return {
        "resource": sorted(registered.intersection(named)),
        "other_resource": not registered.issuperset(named),
    }


def _names_resource(shape: Shape) -> bool:
    """Did it name one, whichever that was?"""
    exchange = shape.get("exchange")
    if exchange is not None:
        return exchange["targets"] is not None
    return bool(shape.get("resource") or shape.get("other_resource"))


def _is_granted_a_resource(shape: Shape, client: ClientFacts) -> bool:
    """Would its grant be for one, whichever that is?"""
    if "origin" not in shape:
        return False
    was = shape["granted_resource"] or shape["granted_other_resource"]
    return bool(was or resource_asked_for(client, ()))


def _held_from(shape: Shape, client: ClientFacts) -> Held | None:
    """What it presented, which was good then and would be."""
    if "origin" not in shape:
        return None
    return Held(
        key=0,
        flow=shape["origin"],
        client_key=client.key,
        user_key=0,
        user_is_active=True,
        client_is_enabled=client.is_enabled,
        scopes=frozenset(shape["granted"]),
        resource=_granted_resource(shape, client),
        expires=None,
        spent_at=None,
        device_status=DeviceStatus.APPROVED,
    )


def _granted_resource(shape: Shape, client: ClientFacts) -> tuple[str, ...]:
    """Return what a grant would be for that is made under these settings.

    One without a resource is for this site, as was whatever was asked for by it, since that was answered.
    """
    granted = tuple(shape["granted_resource"])
    if "exchange" in shape:
        return granted or _exchange_from(shape["exchange"], client).targets
    return resource_of(client, (), granted or tuple(shape.get("resource", ())))


def _exchange(exchange: Exchanging, client: ClientFacts, *, names_target: bool) -> Shape:
    """A token exchange. Its types are of closed lists, and its targets registered, since it was answered."""
    subject = exchange.subject
    return {
        "subject": exchange.subject_token_type,
        "actor": exchange.actor_token_type,
        "requested": exchange.requested_token_type,
        "is_own": subject is not None and subject.was_issued_to_client,
        "targets": sorted(client.exchange_targets & set(exchange.targets))
        if names_target
        else None,
    }


def _exchange_from(shape: Shape | None, client: ClientFacts) -> Exchanging:
    if shape is None:
        return NO_EXCHANGE
    named, allowed = shape["targets"], tuple(client.exchange_targets)
    # Without a target the client's only possible one is meant.
    targets = (allowed if len(allowed) == 1 else ()) if named is None else tuple(named)
    subject = Party(
        subject="",
        is_person=True,
        was_issued_to_client=shape["is_own"],
        is_meant_for_client=True,
    )
    actor = Party(subject="", is_person=True, was_issued_to_client=True)
    return Exchanging(
        subject_token_type=shape["subject"],
        actor_token_type=shape["actor"],
        requested_token_type=shape["requested"],
        actor_token_was_sent=bool(shape["actor"]),
        targets=targets,
        subject=subject,
        actor=actor if shape["actor"] else None,
    )
