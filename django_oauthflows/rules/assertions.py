"""Questions about a JWT by which a client proves who it is, or asks for a token (RFC 7523 §3).

Client authentication asks them and answers in its own words, the same for whatever was wrong; the grant asks
them as rules of its flow.
"""

from typing import Protocol

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import Rule, rule
from django_oauthflows.rules.jwt_types import UNTYPED, is_of_type
from django_oauthflows.rules.jwts import CLOCK_SKEW, moment
from django_oauthflows.rules.requests import Assertion, TokenRequest

#: Characters of its id.
LONGEST_ID = 255

#: The same for whatever is wrong with where an assertion comes from.
NOT_TRUSTED = "The assertion is not one this server trusts."


class Asserting(Protocol):
    """Whatever comes with an assertion, or should have."""

    @property
    def assertion(self) -> Assertion | None: ...


@rule(spec="RFC 7521 §4.1", refuses_with=Code.INVALID_REQUEST)
def assertion_must_be_sent(request: TokenRequest) -> str | None:
    """Without one there is nothing a token could be given for."""
    return None if request.assertion else "The assertion is missing."


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_be_genuine(request: Asserting) -> str | None:
    """Signed by a registered key of whoever it says it is from, by an algorithm they may use."""
    shown = request.assertion
    return None if shown is not None and shown.is_genuine else NOT_TRUSTED


@rule(spec="RFC 8725 §3.11", refuses_with=Code.INVALID_GRANT)
def assertion_must_be_nothing_else(request: Asserting) -> str | None:
    """What the same key signed for another purpose, and for the same reader, is no assertion."""
    shown = request.assertion
    if shown is not None and is_of_type(shown.typ, *UNTYPED, shown.own_type):
        return None
    return "The assertion is a JWT of another type."


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_be_from_its_issuer(request: Asserting) -> str | None:
    """One key may serve several issuers: the name counts as well."""
    shown = request.assertion
    if shown is None or not shown.issuer or shown.claims.get("iss") != shown.issuer:
        return NOT_TRUSTED
    return None


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_say_whom_it_is_about(request: Asserting) -> str | None:
    """A client speaks of itself alone, a trusted issuer of somebody it names."""
    shown = request.assertion
    subject = shown.claims.get("sub") if shown else None
    if shown is None or not isinstance(subject, str) or not subject:
        return NOT_TRUSTED
    return None if shown.subject in ("", subject) else NOT_TRUSTED


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_come_to_a_named_host(request: Asserting) -> str | None:
    """The audience must be a name the server was given, not one that the request brings along."""
    shown = request.assertion
    if shown is not None and shown.came_to_named_host:
        return None
    return "This server takes no assertions at a host that it was not given as its own."


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_be_meant_for_this_server(request: Asserting) -> str | None:
    """For this server and nobody else: another one that is sent it could otherwise pass it on to this one."""
    shown = request.assertion
    aud = shown.claims.get("aud") if shown else None
    sole = aud[0] if isinstance(aud, list) and len(aud) == 1 else aud
    if shown and isinstance(sole, str) and sole in shown.audiences:
        return None
    return "The assertion must be meant for this server alone: its aud is the issuer."


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_not_be_expired(request: Asserting) -> str | None:
    """An assertion without an end would be a password."""
    shown = request.assertion
    expires = moment(shown.claims.get("exp")) if shown else None
    if shown is None or expires is None or expires + CLOCK_SKEW <= shown.now:
        return "The assertion has expired, or does not say when it does."
    return None


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_expire_soon(request: Asserting) -> str | None:
    """A stolen one is soon of no use, and its id need not be remembered for long."""
    shown = request.assertion
    expires = moment(shown.claims.get("exp")) if shown else None
    if shown is None or expires is None or expires > shown.now + shown.longest_life + CLOCK_SKEW:
        return "The assertion lives for too long: minutes are enough for one request."
    return None


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_have_begun(request: Asserting) -> str | None:
    """Neither made nor valid in the future; clocks differ by a few seconds."""
    shown = request.assertion
    claims = shown.claims if shown else {}
    begins = [moment(claims[name]) for name in ("iat", "nbf") if name in claims]
    if shown is None or any(begin is None or begin > shown.now + CLOCK_SKEW for begin in begins):
        return "The assertion is not valid yet."
    return None


@rule(spec="RFC 7523 §3", refuses_with=Code.INVALID_GRANT)
def assertion_must_have_an_id(request: Asserting) -> str | None:
    """By its id it is known when it comes a second time."""
    jti = request.assertion.claims.get("jti") if request.assertion else None
    if isinstance(jti, str) and 0 < len(jti) <= LONGEST_ID:
        return None
    return "The assertion has no jti of 255 characters at most."


ASSERTION_RULES: tuple[Rule[Asserting], ...] = (
    assertion_must_be_genuine,
    assertion_must_be_nothing_else,
    assertion_must_be_from_its_issuer,
    assertion_must_say_whom_it_is_about,
    assertion_must_come_to_a_named_host,
    assertion_must_be_meant_for_this_server,
    assertion_must_not_be_expired,
    assertion_must_expire_soon,
    assertion_must_have_begun,
    assertion_must_have_an_id,
)
