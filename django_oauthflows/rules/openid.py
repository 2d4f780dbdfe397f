"""Questions about what OpenID Connect adds to an authorization request (OpenID Connect Core §3.1.2.1)."""

import json
from collections.abc import Mapping
from typing import Any

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.strict_json import Strict, is_storable

#: Longest age that is told apart from another, in seconds: a hundred years.
_OLDEST = 100 * 366 * 86400
#: How many claims, and values of one, a request may name.
_MOST = 100
#: What a client may say of pages (§3.1.2.1); a site with a sign-up page also knows `create`.
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_PLACES = ("id_token", "userinfo")


def seconds_of(text: str) -> int | None:
    """A number of seconds, or `None` for anything else (OpenID Connect Core §3.1.2.1, `max_age`)."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        return None
    return min(int(text), _OLDEST)


def claims_of(text: str) -> dict[str, dict[str, Any]]:
    """The claims that are asked for, by the place they are wanted in: `id_token` and `userinfo`.

    Only what §5.5.1 defines is kept of each. Raises `ValueError` for anything that is not such an object,
    and for text no database keeps.
    """
    try:
        asked = json.loads(text, cls=Strict)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(asked, dict):
        raise ValueError("not an object")
    places = {place: _claims_in(asked.get(place)) for place in _PLACES}
    if not is_storable(places):
        raise ValueError("nested too deeply, or text that no database keeps")
    return places


def values_of(entry: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The values one claim is asked with, best first."""
    if not entry:
        return ()
    values = [entry["value"]] if "value" in entry else entry.get("values", [])
    return tuple(value for value in values if isinstance(value, str))


def _claims_in(place: Any) -> dict[str, Any]:
    if place is None:
        return {}
    if not isinstance(place, dict) or len(place) > _MOST:
        raise ValueError("not an object of claims")
    entries = {name: _entry(asked) for name, asked in place.items()}
    _must_be_decidable(entries)
    return entries


def _must_be_decidable(entries: Mapping[str, dict[str, Any] | None]) -> None:
    """Refuse a requirement of whom or how that is not text: ignored, it would be met by anybody (§5.5.1)."""
    for name in ("sub", "acr"):
        entry = entries.get(name) or {}
        values = [entry["value"]] if "value" in entry else entry.get("values", [])
        if not all(isinstance(value, str) for value in values):
            raise ValueError("a requirement that is no text")
        if name == "sub" and len(values) > 1:
            raise ValueError("several people at once")


def _entry(asked: Any) -> dict[str, Any] | None:
    if asked is None:
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("essential", False), bool):
        raise ValueError("neither null nor an object")
    values = asked.get("values", [])
    if not isinstance(values, list) or len(values) > _MOST or {"value", "values"} <= set(asked):
        raise ValueError("not a list of values")
    return {name: asked[name] for name in ("essential", "value", "values") if name in asked}


@rule(spec="OpenID Connect Core §3.1.2.1", refuses_with=Code.INVALID_REQUEST)
def prompt_none_must_stand_alone(request: AuthorizationRequest) -> str | None:
    """Asking for no page and for a page at once has no answer."""
    if "none" in request.prompt and len(request.prompt) > 1:
        return "The prompt none cannot be combined with another."
    return None


@rule(
    spec="Initiating User Registration via OpenID Connect 1.0 §4",
    refuses_with=Code.INVALID_REQUEST,
)
def prompt_must_be_known(request: AuthorizationRequest) -> str | None:
    """A page the client relies on must not be left out in silence."""
    if not request.prompt <= request.known_prompts:
        return "This prompt is not supported."
    return None


@rule(spec="OpenID Connect Core §3.1.2.1", refuses_with=Code.INVALID_REQUEST)
def max_age_must_be_seconds(request: AuthorizationRequest) -> str | None:
    """An age nobody can read would otherwise be no limit at all."""
    if request.max_age_sent and seconds_of(request.max_age_sent) is None:
        return "The max_age must be a number of seconds."
    return None


@rule(spec="OpenID Connect Core §5.5", refuses_with=Code.INVALID_REQUEST)
def claims_must_be_well_formed(request: AuthorizationRequest) -> str | None:
    """What is asked for is compared with who signed in: it has to mean one thing."""
    if not request.claims_sent:
        return None
    try:
        claims_of(request.claims_sent)
    except ValueError:
        return "The claims must be a JSON object with the members id_token and userinfo."
    return None


@rule(spec="OpenID Connect Core §7.2.1", refuses_with=Code.REGISTRATION_NOT_SUPPORTED)
def registration_must_not_be_sent(request: AuthorizationRequest) -> str | None:
    """Clients register beforehand; one that describes itself here is known to nobody."""
    if "registration" in request.other:
        return "The registration parameter is not supported."
    return None


#: What every request to the authorization endpoint is asked, whatever it is answered with.
REQUEST_RULES = (
    registration_must_not_be_sent,
    prompt_none_must_stand_alone,
    prompt_must_be_known,
    max_age_must_be_seconds,
    claims_must_be_well_formed,
)
