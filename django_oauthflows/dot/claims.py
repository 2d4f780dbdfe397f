"""Claims and subjects that the project's own validator tells, as django-oauth-toolkit asks it for them.

DOT's documentation: "Customizing the OIDC responses". What a hook raises is logged, and becomes `HookFailed`.
"""

import json
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest

from django_oauthflows.core.outage import is_outage
from django_oauthflows.dot.validator import (
    Question,
    changed_members,
    own_validator,
    validator_and_request,
    validator_overrides,
)

logger = logging.getLogger("django_oauthflows.claims")

#: Hooks that make the claims of both, of ID tokens alone, and of userinfo alone.
_OF_BOTH = ("get_additional_claims", "get_claim_dict", "get_oidc_claims")
_OF_ID_TOKENS = ("get_id_token_dictionary",)
_OF_USERINFO = ("get_userinfo_claims",)

#: What an ID token says of itself and of the sign-in: never a project's word (OpenID Connect Core §2,
#: Front-Channel Logout 1.0 §3).
RESERVED_CLAIMS = frozenset(
    ("iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash")
) | {"auth_time", "acr", "amr", "sid", "events"}


class HookFailed(Exception):
    """A hook of the project's validator raised, or answered with something that is no claims."""


def tells_claims() -> bool:
    """Return whether the project's validator has a hook for what is told of a user."""
    return validator_overrides(*_OF_BOTH, *_OF_ID_TOKENS, *_OF_USERINFO)


def claims_of_id_token(question: Question) -> dict[str, Any]:
    """Return what the validator tells in an ID token. Raises `HookFailed`."""
    if not validator_overrides(*_OF_BOTH, *_OF_ID_TOKENS):
        return {}
    return _asked(lambda: _of_id_token(question))


def _of_id_token(question: Question) -> Any:
    validator, request = validator_and_request(question)
    token = dict(question.token)
    if not validator_overrides("get_id_token_dictionary"):
        return validator.get_oidc_claims(token, None, request)
    # DOT's own part of it asks for the issuer, which is not a hook's to say.
    validator.get_oidc_issuer_endpoint = lambda request: question.issuer
    claims, _expires = validator.get_id_token_dictionary(token, None, request)
    return claims


def claims_of_userinfo(question: Question) -> dict[str, Any]:
    """Return what the validator tells at the userinfo endpoint. Raises `HookFailed`."""
    if not validator_overrides(*_OF_BOTH, *_OF_USERINFO):
        return {}

    def ask() -> Any:
        validator, request = validator_and_request(question)
        return validator.get_userinfo_claims(request)

    return _asked(ask)


def own_subject(question: Question) -> str | None:
    """Return the subject that the validator knows a user by; `None` where it does not say.

    Raises `HookFailed`.
    """
    if not names_subjects():
        return None

    def ask() -> Any:
        validator, request = validator_and_request(question)
        return validator.get_oidc_claims({}, None, request)

    subject = _asked(ask).get("sub")
    return None if subject in (None, "") else str(subject)


def names_subjects() -> bool:
    """Return whether the project's validator may tell a `sub` of its own."""
    chosen = own_validator()
    return chosen is not None and _may_name_subjects(chosen)


@lru_cache(maxsize=8)
def _may_name_subjects(validator: Any) -> bool:
    changed = changed_members(validator)
    if not changed.isdisjoint(("get_claim_dict", "get_oidc_claims")):
        return True
    if "get_additional_claims" not in changed:
        return False
    named = _names_said_without_request(validator)
    return named is None or "sub" in named


def _names_said_without_request(validator: Any) -> frozenset[str] | None:
    """Return the claims of `get_additional_claims` in its form without a request; `None` for the other."""
    if not validator._get_additional_claims_is_request_agnostic():
        return None
    try:
        return frozenset(validator().get_additional_claims())
    except Exception:
        logger.exception("the project's OAUTH2_VALIDATOR_CLASS does not tell its claims")
        return None


def reserved_claims_told() -> frozenset[str]:
    """Return the reserved claims that the validator names where it needs no request to name them."""
    chosen = own_validator()
    if chosen is None or "get_additional_claims" not in changed_members(chosen):
        return frozenset()
    return (_names_said_without_request(chosen) or frozenset()) & RESERVED_CLAIMS


def claims_supported(request: HttpRequest) -> frozenset[str]:
    """Return the claims that the validator has metadata name; none where its hook fails, which is logged."""
    if not (tells_claims() or validator_overrides("get_discovery_claims")):
        return frozenset()
    chosen: Any = own_validator()
    try:
        return frozenset(map(str, chosen().get_discovery_claims(request)))
    except Exception as error:
        if is_outage(error):
            raise
        logger.exception("the project's OAUTH2_VALIDATOR_CLASS does not name its claims")
        return frozenset()


def withheld_claims(scopes: frozenset[str]) -> frozenset[str]:
    """Return the claims that the validator's own map puts under other scopes than these."""
    if not validator_overrides("oidc_claim_scope"):
        return frozenset()
    scope_of: Mapping[str, str] | None = getattr(own_validator(), "oidc_claim_scope", None)
    return frozenset(name for name, scope in (scope_of or {}).items() if scope not in scopes)


def _asked(ask: Callable[[], Any]) -> dict[str, Any]:
    """Return claims as JSON has them; what it has no word for as text, as DOT's ID tokens have it."""
    try:
        claims = ask()
        if not isinstance(claims, Mapping):
            raise TypeError("a hook of claims has to return a dict")
        said: dict[str, Any] = json.loads(json.dumps(dict(claims), default=str))
    except Exception as error:
        if is_outage(error):
            raise
        logger.exception("the project's OAUTH2_VALIDATOR_CLASS does not tell its claims")
        raise HookFailed from error
    return said
