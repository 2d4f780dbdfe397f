"""Requests that a client signed (OpenID Connect Core §6, and RFC 9101 where it is stricter and both agree).

What a request object says counts. What came beside it counts where the object is silent, unless the object is
typed as one of OAuth's: then it says all (RFC 9101 §6.3). An object that is
refused changes nothing of where the refusal goes: to the redirect URI that came beside it, if the client
registered that one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import Key, OctKey

from django_oauthflows.clients.fetching import NotFetched, TooBusy, fetch_text
from django_oauthflows.clients.keys import NoKeys, verifying_keys
from django_oauthflows.clients.policy import request_object_must_be_signed, takes_unsigned_objects
from django_oauthflows.clients.secrets import readable_secrets
from django_oauthflows.core import clock
from django_oauthflows.core.outage import TooManyFetches
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC, is_signed_by, peek
from django_oauthflows.keys.jwt import NotGenuine, Opened
from django_oauthflows.protocol.parameters import AUTHORIZATION, LONGEST, Parameters, from_pairs
from django_oauthflows.rules.jwt_types import REQUEST_OBJECT, is_of_type
from django_oauthflows.rules.requests import ClientFacts

UNSIGNED = "none"
#: What the metadata names; a client registers the one it uses.
ALGORITHMS = (*ASYMMETRIC, *SYMMETRIC, UNSIGNED)

#: Clocks differ, by so many seconds.
_LEEWAY = 60
#: What an object may say of a request. Other members are for other servers, or of the JWT itself.
_PARAMETERS = AUTHORIZATION - {"request", "request_uri"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A request with its object's parameters in it, or why the object was refused.

    `kind` is what the object is: signed, unsigned, or empty where there is none.
    """

    parameters: Parameters
    kind: str = ""
    refusal: Refusal | None = None
    was_fetched: bool = False


def read_object(
    sent: Parameters, client: ClientFacts, issuer: str, *, network: str | None = None
) -> Read:
    """Put what a request object says in the place of what came beside it; `network` is where it came from."""
    if not {"request", "request_uri"} & set(sent):
        return Read(parameters=sent)
    try:
        value = _value_of(sent, client, network)
        opened = _verified(value, client, network)
        _claims_must_be_meant_for_us(opened.claims, client, issuer)
        return Read(
            parameters=_merged(sent, opened),
            kind="unsigned" if opened.header["alg"] == UNSIGNED else "signed",
            was_fetched="request_uri" in sent,
        )
    except Refusal as refusal:
        return Read(parameters=sent, refusal=refusal)


def _value_of(sent: Parameters, client: ClientFacts, network: str | None) -> str:
    if "request" not in sent:
        return _fetched(sent.text("request_uri"), client, network)
    if "request_uri" in sent:
        raise Refusal(
            Code.INVALID_REQUEST,
            "Send a request or a request_uri, and not both.",
            rule="request_and_request_uri_must_not_be_combined",
            spec="OpenID Connect Core §6",
        )
    return sent.text("request")


def _fetched(uri: str, client: ClientFacts, network: str | None) -> str:
    """The request object at an address the client registered: this server knocks at no other door.

    It is fetched anew each time, so the fragment, which tells whether a kept copy is still good (§6.2), says
    nothing here; clients that register an address before they know what it will hold put any digest there.
    """
    address = uri.partition("#")[0]
    registered = client.openid.request_uris
    if uri not in registered and address not in registered:
        raise _refused_uri(
            "This request_uri is not one the client has registered.",
            "request_uri_must_be_registered",
        )
    try:
        return fetch_text(address, at_most=LONGEST["request"], network=network).strip()
    except TooBusy:
        raise TooManyFetches from None
    except NotFetched:
        raise _refused_uri(
            "There is no request object at the request_uri.", "request_uri_must_be_fetched"
        ) from None


def _verified(value: str, client: ClientFacts, network: str | None) -> Opened:
    """What the object says, once it is known to be the client's."""
    try:
        opened = peek(value, at_most=LONGEST["request"])
    except NotGenuine:
        raise _refused("The request object is not a JWT.", "request_object_must_be_a_jwt") from None
    if not is_of_type(opened.header.get("typ", "jwt"), REQUEST_OBJECT, "jwt"):
        raise _refused("This is another kind of JWT.", "request_object_must_be_one_by_type")
    if opened.header["alg"] == UNSIGNED:
        _must_be_allowed_unsigned(value, client)
    elif not is_signed_by(value, opened, _keys_of(client, opened, network), _algorithms_of(client)):
        raise _refused(
            "The request object is not signed as the client has registered.",
            "request_object_must_be_signed_by_client",
        )
    return opened


def _must_be_allowed_unsigned(value: str, client: ClientFacts) -> None:
    """An object nobody signed is worth no more than the link it came in: only for clients that said so."""
    if not takes_unsigned_objects(client) or not value.endswith("."):
        raise request_object_must_be_signed(client)


def _algorithms_of(client: ClientFacts) -> tuple[str, ...]:
    """The one that is registered; any with a private key where none is (RFC 9101 §10.2 knows its client)."""
    registered = client.openid.request_object_signing_alg
    return (registered,) if registered else ASYMMETRIC


def _keys_of(client: ClientFacts, opened: Opened, network: str | None) -> list[Key]:
    try:
        if opened.header["alg"] in SYMMETRIC:
            return [OctKey.import_key(secret) for secret in readable_secrets(client)]
        kid = opened.header.get("kid", "")
        return list(verifying_keys(client, kid=kid, network=network))
    except NoKeys:
        return []


def _claims_must_be_meant_for_us(said: dict[str, Any], client: ClientFacts, issuer: str) -> None:
    """Made by this client, for this server, now; and no client assertion in disguise (RFC 9101 §10.8)."""
    audience = said.get("aud", issuer)
    now = clock.now().timestamp()
    is_meant = (
        said.get("iss", client.client_id) == client.client_id
        and said.get("client_id", client.client_id) == client.client_id
        and issuer in (audience if isinstance(audience, list) else [audience])
        and said.get("sub") != client.client_id
        and {"request", "request_uri"}.isdisjoint(said)
    )
    if not is_meant:
        raise _refused(
            "The request object is not made by this client for this server.",
            "request_object_must_be_meant_for_server",
        )
    begins, ends = said.get("nbf", now), said.get("exp", now)
    if not (_is_moment(begins) and _is_moment(ends)):
        raise _refused("Its exp or nbf is no time.", "request_object_must_tell_time")
    if begins > now + _LEEWAY or ends < now - _LEEWAY:
        raise _refused(
            "The request object has expired or is not valid yet.", "request_object_must_be_current"
        )


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _merged(sent: Parameters, opened: Opened) -> Parameters:
    """The parameters that count: by its type, the object is one of OAuth's or one of OpenID Connect's.

    Of OAuth's, what stands in it and nothing else (RFC 9101 §6.3). An object that does not say so is one of
    OpenID Connect's, whose link may hold what the object is silent on (Core §6.1).
    """
    inside = from_pairs(_pairs(opened.claims))
    if is_of_type(opened.header.get("typ"), REQUEST_OBJECT):
        named = {"client_id": sent.text("client_id")}
        return Parameters({**inside.single, **named}, inside.resource)
    _must_not_disagree(sent, inside)
    beside = {
        name: value for name, value in sent.single.items() if name not in ("request", "request_uri")
    }
    return Parameters({**beside, **inside.single}, inside.resource or sent.resource)


def _pairs(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of the object as the parameters they would be in a link."""
    for name in sorted(_PARAMETERS & set(said)):
        value = said[name]
        if name == "resource" and isinstance(value, list):
            yield from ((name, _text(one)) for one in value)
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    """A text, a number or an object of claims, as a link would hold it."""
    if isinstance(value, bool) or not isinstance(value, str | int | dict):
        raise _not_text()
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError):  # half a character among them
        raise _not_text() from None
    return text


def _not_text() -> Refusal:
    return _refused(
        "A member of the request object is not of its form.", "request_object_must_hold_parameters"
    )


def _must_not_disagree(sent: Parameters, inside: Parameters) -> None:
    """Whoever reads the link alone must not take it for another client's, or for another flow."""
    kinds = {one.words("response_type") for one in (sent, inside)}
    if len(kinds - {None}) > 1:
        raise _refused(
            "The response_type is not the same inside the request object and beside it.",
            "request_object_must_agree_with_its_link",
        )


def _refused(sentence: str, rule: str) -> Refusal:
    return Refusal(
        Code.INVALID_REQUEST_OBJECT, sentence, rule=rule, spec="OpenID Connect Core §6.1"
    )


def _refused_uri(sentence: str, rule: str) -> Refusal:
    return Refusal(Code.INVALID_REQUEST_URI, sentence, rule=rule, spec="OpenID Connect Core §6.2")
