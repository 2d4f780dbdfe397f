"""Questions about a token that is introspected, and about the token that somebody asks with (RFC 7662 §2).

The answer to whoever asks is the same whichever of the first list says no (§2.2, §4). Its reason is for the
people who run the site.
"""

from dataclasses import dataclass
from datetime import datetime

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import Rule, rule
from django_oauthflows.rules.requests import BY_HAND, ClientFacts

#: The scope of a token that opens introspection (RFC 7662 §2.1), as django-oauth-toolkit names it.
SCOPE = "introspection"

_INACTIVE = "The token is not active."
_NO_RIGHT = "The access token does not allow introspection."


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspected:
    """A token whose state is asked for, and whether whoever asks may know it.

    `expires` is None for one that has no end.
    """

    exists: bool
    now: datetime
    may_be_known: bool = False
    is_revoked: bool = False
    expires: datetime | None = None
    client_is_enabled: bool = True
    person_is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrospectingToken:
    """A live access token by which a client asks (RFC 7662 §2.1)."""

    has_person: bool
    scopes: frozenset[str]


@rule(spec="RFC 7662 §2.2", refuses_with=Code.INVALID_TOKEN, status=401)
def introspected_token_must_exist(token: Introspected) -> str | None:
    """An access token that was revoked has no row any more, so it is unknown as well."""
    return None if token.exists else _INACTIVE


@rule(spec="RFC 7662 §4", refuses_with=Code.INVALID_TOKEN, status=401)
def introspected_token_must_be_meant_for_asker(token: Introspected) -> str | None:
    """An API learns nothing of tokens for others, or it could find out where else people are."""
    return None if token.may_be_known else _INACTIVE


@rule(spec="RFC 7662 §2.2", refuses_with=Code.INVALID_TOKEN, status=401)
def introspected_token_must_not_be_revoked(token: Introspected) -> str | None:
    """A refresh token that was replaced or revoked opens nothing."""
    return _INACTIVE if token.is_revoked else None


@rule(spec="RFC 7662 §2.2", refuses_with=Code.INVALID_TOKEN, status=401)
def introspected_token_must_not_be_expired(token: Introspected) -> str | None:
    """Looked at each time, whether or not the row was cleaned up yet."""
    return None if token.expires is None or token.expires > token.now else _INACTIVE


@rule(spec="RFC 7662 §2.2", refuses_with=Code.INVALID_TOKEN, status=401)
def introspected_token_client_must_be_enabled(token: Introspected) -> str | None:
    """A disabled client's tokens stop at once."""
    return None if token.client_is_enabled else _INACTIVE


@rule(spec="RFC 7662 §2.2", refuses_with=Code.INVALID_TOKEN, status=401)
def introspected_token_person_must_be_active(token: Introspected) -> str | None:
    """A deactivated person's tokens stop at once."""
    return None if token.person_is_active else _INACTIVE


@rule(spec="RFC 7662 §2.3", refuses_with=Code.INVALID_TOKEN, status=401)
def introspecting_token_must_be_of_no_person(token: IntrospectingToken) -> str | None:
    """Only a token that a client got for itself has its rights; a client's own token is never exchanged."""
    return _NO_RIGHT if token.has_person else None


@rule(spec="RFC 7662 §2.3", refuses_with=Code.INVALID_TOKEN, status=401)
def introspecting_token_must_have_the_scope(token: IntrospectingToken) -> str | None:
    """Not each token of a client's opens this: one for another purpose is seen by more programs."""
    return None if SCOPE in token.scopes else _NO_RIGHT


@rule(spec="RFC 7662 §2.1", refuses_with=Code.INVALID_REQUEST, status=405)
def introspection_must_be_asked_by_post(client: ClientFacts) -> str | None:
    """A GET has the token in its URL, and so in logs (RFC 7662 §4): only clients of before may."""
    return None if client.introspects_as_before else "Use POST: the token does not belong in a URL."


@rule(spec="RFC 7662 §2.1", refuses_with=Code.INVALID_TOKEN, status=401)
def introspecting_client_must_be_registered_by_hand(client: ClientFacts) -> str | None:
    """Somebody of this site looked at it, and it can keep its token to itself."""
    if client.is_confidential and client.registration_source == BY_HAND:
        return None
    return _NO_RIGHT


@rule(spec="RFC 7662 §2.1", refuses_with=Code.INVALID_TOKEN, status=401)
def introspecting_client_must_have_the_scope(client: ClientFacts) -> str | None:
    """What its client may do now decides, and not what it could do when the token was issued."""
    return None if SCOPE in client.scopes else _NO_RIGHT


INTROSPECTED_RULES: tuple[Rule[Introspected], ...] = (
    introspected_token_must_exist,
    introspected_token_must_be_meant_for_asker,
    introspected_token_must_not_be_revoked,
    introspected_token_must_not_be_expired,
    introspected_token_client_must_be_enabled,
    introspected_token_person_must_be_active,
)

#: Of every such token, whichever client it was issued to.
INTROSPECTING_RULES: tuple[Rule[IntrospectingToken], ...] = (
    introspecting_token_must_have_the_scope,
)

#: The same of a token of a client that has a policy.
INTROSPECTING_PERSON_RULES: tuple[Rule[IntrospectingToken], ...] = (
    introspecting_token_must_be_of_no_person,
)

#: Of the client that asks by GET.
INTROSPECTION_BY_GET_RULES: tuple[Rule[ClientFacts], ...] = (introspection_must_be_asked_by_post,)

#: Of the client that such a token was issued to for itself.
INTROSPECTING_CLIENT_RULES: tuple[Rule[ClientFacts], ...] = (
    introspecting_client_must_be_registered_by_hand,
    introspecting_client_must_have_the_scope,
)
