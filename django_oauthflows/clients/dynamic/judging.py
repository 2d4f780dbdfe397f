"""From what a client says to what may be written down: read, look up what has to be, ask the rules."""

from typing import Any

from django.core.exceptions import ValidationError

from django_oauthflows.clients.dynamic.members import read
from django_oauthflows.clients.dynamic.narrowing import narrowed
from django_oauthflows.clients.dynamic.statements import stated
from django_oauthflows.clients.fetching import NotFetched, TooBusy, fetch_json
from django_oauthflows.clients.key_sets import validate_key_set
from django_oauthflows.clients.uris import validate_redirect_uri
from django_oauthflows.core.outage import TooManyFetches
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.client_metadata import ClientMetadata, Offered, RegistrationRequest
from django_oauthflows.rules.registration import CLIENT_RULES, SECTOR_RULES
from django_oauthflows.rules.registration_openid import OPENID_RULES

#: The methods of a client that has a choice.
METHODS = "token_endpoint_auth_methods_supported"
#: How many addresses a sector's document may list.
_MOST_IN_SECTOR = 500


def judged(
    members: dict[str, Any],
    offered: Offered,
    *,
    is_introduced: bool,
    network: str,
    has_choice_of_method: bool = False,
) -> ClientMetadata:
    """The metadata as it may be registered, once every rule was asked.

    Raises `Refusal`; nothing is fetched for who is refused.

    `network` is where the request came from. Where it `has_choice_of_method`, the client may authenticate by
    each of the methods that it lists.
    """
    if not has_choice_of_method:
        members = {name: value for name, value in members.items() if name != METHODS}
    metadata = narrowed(read(stated(members)), offered, is_introduced=is_introduced)
    facts: dict[str, Any] = {
        "metadata": metadata,
        "offered": offered,
        "is_introduced": is_introduced,
        "wrong_redirect_uris": _wrong(metadata.redirect_uris, metadata),
        "wrong_return_uris": _wrong(metadata.post_logout_redirect_uris, metadata),
        "keys_are_usable": _keys_are_usable(metadata.jwks),
    }
    enforce((*CLIENT_RULES, *OPENID_RULES), RegistrationRequest(**facts))
    if metadata.sector_identifier_uri:
        listed = _sector(metadata.sector_identifier_uri, network)
        enforce(SECTOR_RULES, RegistrationRequest(**facts, sector_redirect_uris=listed))
    return metadata


def _wrong(uris: tuple[str, ...], metadata: ClientMetadata) -> tuple[str, ...]:
    takes_private_schemes = metadata.application_type == "native"
    wrong = []
    for uri in uris:
        try:
            validate_redirect_uri(uri, takes_private_schemes=takes_private_schemes)
        except ValidationError:
            wrong.append(uri)
    return tuple(wrong)


def _keys_are_usable(jwks: Any) -> bool:
    if jwks is None:
        return True
    try:
        validate_key_set(jwks)
    except ValidationError:
        return False
    return True


def _sector(uri: str, network: str) -> frozenset[str]:
    """The redirect URIs a sector's document lists. Raises `Refusal`."""
    try:
        listed = fetch_json(uri, network=network)
    except TooBusy:
        raise TooManyFetches from None
    except NotFetched as error:
        raise _no_sector(f"The document at sector_identifier_uri was not found. {error}") from None
    if not isinstance(listed, list) or len(listed) > _MOST_IN_SECTOR:
        raise _no_sector("The document at sector_identifier_uri must be a JSON list of addresses.")
    return frozenset(uri for uri in listed if isinstance(uri, str))


def _no_sector(sentence: str) -> Refusal:
    return Refusal(
        Code.INVALID_CLIENT_METADATA,
        sentence,
        rule="sector_must_be_readable",
        spec="OpenID Connect Dynamic Client Registration §5",
    )
