"""What the parameters of OpenID Connect come to (OpenID Connect Core §3.1.2.1), for the rules to look at.

Nothing is refused for its form here, since a rule does that by its name; what cannot be read counts as
nothing until then. The one exception is the ID token of a hint, which takes a key to judge.
"""

from collections.abc import Mapping
from typing import Any

from django_oauthflows.conf import conf
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.identity.hints import subject_named_by
from django_oauthflows.keys.jwt import NotGenuine
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.openid import PROMPTS, claims_of, seconds_of, values_of
from django_oauthflows.rules.requests import ClientFacts

#: How many languages are looked at.
_MOST_LOCALES = 20


def openid_facts(parameters: Parameters, client: ClientFacts, issuer: str) -> dict[str, Any]:
    """The members of `AuthorizationRequest` that only OpenID Connect has.

    Raises `Refusal` for an `id_token_hint` that is none of ours.
    """
    asked = _claims(parameters)
    acr = asked["id_token"].get("acr") if asked else None
    is_essential = bool(acr and acr.get("essential"))
    return {
        "known_prompts": known_prompts(),
        "max_age_sent": parameters.text("max_age"),
        "max_age": _max_age(parameters, client),
        "claims_sent": parameters.text("claims"),
        "claims": _kept_claims(asked, parameters),
        "acr_values": (
            parameters.ordered("acr_values") or values_of(acr) or client.openid.default_acr_values
        ),
        "acr_required": values_of(acr) if is_essential else (),
        "subjects": frozenset(
            (*_hinted(parameters, client, issuer), *_named(asked["id_token"] if asked else {}))
        ),
        "login_hint": parameters.text("login_hint"),
        "ui_locales": parameters.ordered("ui_locales")[:_MOST_LOCALES],
    }


def known_prompts() -> frozenset[str]:
    """The values of `prompt` this site can do something about."""
    return PROMPTS | {"create"} if conf.REGISTRATION_URL else PROMPTS


def _max_age(parameters: Parameters, client: ClientFacts) -> int | None:
    sent = parameters.text("max_age")
    return seconds_of(sent) if sent else client.openid.default_max_age


def _claims(parameters: Parameters) -> dict[str, dict[str, Any]] | None:
    try:
        return claims_of(parameters.text("claims")) if "claims" in parameters else None
    except ValueError:
        return None


def _kept_claims(asked: Mapping[str, Any] | None, parameters: Parameters) -> dict[str, Any] | None:
    locales = parameters.ordered("claims_locales")[:_MOST_LOCALES]
    if not asked and not locales:
        return None
    return {"id_token": {}, "userinfo": {}, **(asked or {}), "locales": list(locales)}


def _named(id_token: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom the claim `sub` names (OpenID Connect Core §5.5.1)."""
    return values_of(id_token.get("sub"))[:1]


def _hinted(parameters: Parameters, client: ClientFacts, issuer: str) -> tuple[str, ...]:
    """Whom the ID token of `id_token_hint` names."""
    hint = parameters.text("id_token_hint")
    try:
        return (subject_named_by(hint, client, issuer),) if hint else ()
    except NotGenuine:
        raise _no_hint() from None


def _no_hint() -> Refusal:
    return Refusal(
        Code.INVALID_REQUEST,
        "The id_token_hint is not an ID token that this server issued to the client.",
        rule="id_token_hint_must_be_genuine",
        spec="OpenID Connect Core §3.1.2.1",
    )
