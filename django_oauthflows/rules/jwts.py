"""Questions about a JWT access token that is verified without asking anybody (RFC 9068 §4).

They are asked in this order, and only of a token whose signature is good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import Rule, rule
from django_oauthflows.rules.jwt_types import ACCESS_TOKEN, is_of_type

#: How far the clocks of two servers may be apart, in seconds (RFC 7519 §4.1.5).
CLOCK_SKEW = 30

#: Seconds since the epoch that no clock shows; also refuses what is no finite number.
_BEYOND = 2**53

_REQUIRED = ("sub", "client_id", "jti")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalUse:
    """A JWT at the moment somebody shows it to an API. `now` is seconds since the epoch.

    `audience` are those of its audiences that are this API, as the API itself sees it.
    """

    is_genuine: bool
    now: float
    issuer: str
    typ: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    audience: frozenset[str] = frozenset()


@rule(spec="RFC 9068 §4", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_be_genuine(use: LocalUse) -> str | None:
    """Signed by a published key, with that key's own algorithm: never `none`, never a shared secret."""
    return None if use.is_genuine else "The access token is not genuine."


@rule(spec="RFC 9068 §4", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_be_an_access_token(use: LocalUse) -> str | None:
    """An ID token is signed by the same keys, and says who somebody is, not what a client may do."""
    return None if is_of_type(use.typ, ACCESS_TOKEN) else "The token is no access token."


@rule(spec="RFC 9068 §4", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_be_from_the_issuer(use: LocalUse) -> str | None:
    """Keys may be shared between issuers; trust is not."""
    issuer = use.claims.get("iss")
    return None if issuer == use.issuer else "The access token is from another issuer."


@rule(spec="RFC 9068 §4", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_be_meant_for_this_resource(use: LocalUse) -> str | None:
    """A token for one API is not taken to another, and one for nobody in particular to none."""
    return None if use.audience else "The access token is not meant for this resource."


@rule(spec="RFC 9068 §4", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_not_be_expired(use: LocalUse) -> str | None:
    """To the second: for somebody who verifies alone, this is the only end a token has."""
    expires = moment(use.claims.get("exp"))
    if expires is None or expires <= use.now:
        return "The access token is unknown, revoked or expired."
    return None


@rule(spec="RFC 7519 §4.1.5", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_have_begun(use: LocalUse) -> str | None:
    """Not before its `nbf`, nor before it was issued; servers' clocks differ by a few seconds."""
    begins = [use.claims.get("iat"), use.claims.get("nbf", use.claims.get("iat"))]
    moments = [moment(begin) for begin in begins]
    if any(moment is None or moment > use.now + CLOCK_SKEW for moment in moments):
        return "The access token is not valid yet."
    return None


@rule(spec="RFC 9068 §2.2", refuses_with=Code.INVALID_TOKEN, status=401)
def jwt_must_say_whose_it_is(use: LocalUse) -> str | None:
    """Subject, client and id are in every access token, and scope is text where it is there."""
    named = all(isinstance(use.claims.get(name), str) and use.claims[name] for name in _REQUIRED)
    if named and isinstance(use.claims.get("scope", ""), str):
        return None
    return "The access token lacks what every access token has."


LOCAL_RULES: tuple[Rule[LocalUse], ...] = (
    jwt_must_be_genuine,
    jwt_must_be_an_access_token,
    jwt_must_be_from_the_issuer,
    jwt_must_be_meant_for_this_resource,
    jwt_must_not_be_expired,
    jwt_must_have_begun,
    jwt_must_say_whose_it_is,
)


def moment(value: Any) -> float | None:
    """A NumericDate (RFC 7519 §2); `None` for whatever is none, or is beyond any calendar."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_BEYOND < value < _BEYOND else None
