"""Software statements (RFC 7591 §2.3): what somebody the site trusts says of a piece of software.

Not a credential: it names the software and not who registers it, so it opens nothing by itself.
"""

from typing import Any

from django_oauthflows.clients.key_sets import keys_of
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.keys.foreign import ASYMMETRIC, is_signed_by, peek
from django_oauthflows.keys.jwt import NotGenuine, Opened
from django_oauthflows.rules.jwt_types import SOFTWARE_STATEMENT, UNTYPED, is_of_type
from django_oauthflows.strict_json import is_storable

#: Claims about the statement itself; the rest are about the software.
_ABOUT_ITSELF = frozenset({"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "software_statement"})
#: How far two clocks may be apart, in seconds.
_LEEWAY = 60


def stated(members: dict[str, Any]) -> dict[str, Any]:
    """The members of a registration, with what its statement says put before what it says itself.

    Raises `Refusal` for a statement that is not genuine, and for one of nobody the site trusts.
    """
    statement = members.get("software_statement")
    if statement in (None, ""):
        return members
    claims = _claims_of(statement)
    said = {name: value for name, value in claims.items() if name not in _ABOUT_ITSELF}
    # What is said in another language must not get around what is stated in none.
    kept = {name: value for name, value in members.items() if name.partition("#")[0] not in said}
    return {**kept, **said}


def _claims_of(statement: Any) -> dict[str, Any]:
    try:
        if not isinstance(statement, str):
            raise NotGenuine
        opened = peek(statement)
    except NotGenuine:
        raise _invalid("The software_statement is not a signed JWT.") from None
    issuer = opened.claims.get("iss")
    trusted = conf.SOFTWARE_STATEMENT_ISSUERS.get(issuer) if isinstance(issuer, str) else None
    if trusted is None:
        raise Refusal(
            Code.UNAPPROVED_SOFTWARE_STATEMENT,
            "The software_statement comes from nobody this server trusts.",
            rule="software_statement_must_be_approved",
            spec="RFC 7591 §3.2.2",
            fix="Name its issuer and its keys in SOFTWARE_STATEMENT_ISSUERS.",
        )
    if not is_of_type(opened.header.get("typ", ""), *UNTYPED, SOFTWARE_STATEMENT):
        raise _invalid("The software_statement is a JWT of another type.")
    is_signed = is_signed_by(statement, opened, keys_of(trusted), ASYMMETRIC)
    if not is_signed or not is_storable(opened.claims):
        raise _invalid("The software_statement is not signed by its issuer.")
    if not _is_in_time(opened):
        raise _invalid("The software_statement is not valid now.")
    return opened.claims


def _is_in_time(opened: Opened) -> bool:
    now = clock.now().timestamp()
    for name, is_past in (("exp", True), ("nbf", False)):
        moment = opened.claims.get(name)
        if moment is None:
            continue
        if isinstance(moment, bool) or not isinstance(moment, int | float):
            return False
        if (moment + _LEEWAY < now) if is_past else (moment - _LEEWAY > now):
            return False
    return True


def _invalid(sentence: str) -> Refusal:
    return Refusal(
        Code.INVALID_SOFTWARE_STATEMENT,
        sentence,
        rule="software_statement_must_be_genuine",
        spec="RFC 7591 §3.2.2",
    )
