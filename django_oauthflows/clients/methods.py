"""How a client may be registered to authenticate: each method with what it needs (RFC 7591 §2)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from django_oauthflows.clients.fetching import NotFetched, check_address
from django_oauthflows.clients.key_sets import validate_key_set
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC
from django_oauthflows.rules.requests import AuthMethod

#: The signatures of each method that has some.
ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    AuthMethod.PRIVATE_KEY_JWT: ASYMMETRIC,
    AuthMethod.SECRET_JWT: SYMMETRIC,
}


def wrong_method(
    method: str,
    *,
    is_confidential: bool,
    algorithm: str = "",
    jwks: Any = None,
    jwks_uri: str = "",
    has_readable_secret: bool = False,
) -> dict[str, list[str]]:
    """What is wrong with a client's way to authenticate, by the field it is about."""
    wrong: dict[str, list[str]] = {}
    if method not in [known.value for known in AuthMethod]:
        known_methods = ", ".join(known.value for known in AuthMethod if known)
        wrong["authentication_method"] = [_("One of: %s.") % known_methods]
    elif is_confidential == (method == AuthMethod.NONE):
        wrong["authentication_method"] = [
            _("A public client has nothing to authenticate with, and a confidential one must.")
        ]
    elif method == AuthMethod.SECRET_JWT and not has_readable_secret:
        wrong["authentication_method"] = [
            _("It signs with a secret that is kept readable, and there is none: add one first.")
        ]
    if algorithm and algorithm not in ALGORITHMS.get(method, (*ASYMMETRIC, *SYMMETRIC)):
        fitting = ", ".join(ALGORITHMS.get(method, (*ASYMMETRIC, *SYMMETRIC)))
        wrong["token_endpoint_auth_signing_alg"] = [_("One of: %s.") % fitting]
    needs_keys = method == AuthMethod.PRIVATE_KEY_JWT
    return wrong | wrong_keys(jwks, jwks_uri, are_needed=needs_keys)


def wrong_keys(jwks: Any, jwks_uri: str, *, are_needed: bool) -> dict[str, list[str]]:
    """What is wrong with the keys a client registers, or the address of them."""
    if jwks is not None and jwks_uri:
        return {"jwks": [_("Either the keys or their address, not both (RFC 7591 §2).")]}
    if are_needed and jwks is None and not jwks_uri:
        return {"jwks": [_("It signs with its own key: register the public part, or its address.")]}
    if jwks_uri:
        try:
            check_address(jwks_uri)
        except NotFetched as error:
            return {"jwks_uri": [str(error)]}
    if jwks is not None:
        try:
            validate_key_set(jwks)
        except ValidationError as error:
            return {"jwks": [str(message) for message in error.messages]}
    return {}
