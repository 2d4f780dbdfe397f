"""Questions about a token exchange (RFC 8693): whose token it is, who acts, and what the new one is for.

A token that is not good is `invalid_request` here, whatever is wrong with it (RFC 8693 §2.2.2).
"""

from collections.abc import Mapping

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.parties import ACCEPTED, ISSUED, Party, TokenType, actors_named_in
from django_oauthflows.rules.requests import TokenRequest
from django_oauthflows.rules.resource_uris import is_resource_uri
from django_oauthflows.rules.scopes import listed, none_is_known
from django_oauthflows.rules.site_resources import are_of_site

#: How many may have acted one for the other: each stands in the token, and nobody audits a longer chain.
MOST_ACTORS = 8

_NOT_GOOD = "The subject token is unknown, revoked or expired."
_ACTOR_NOT_GOOD = "The actor token is unknown, revoked or expired."


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_REQUEST)
def subject_token_type_must_be_supported(request: TokenRequest) -> str | None:
    """A refresh token is for its own client and the token endpoint alone: nobody shows it as an identity."""
    return _wrong_type("subject_token_type", request.exchange.subject_token_type)


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_REQUEST)
def actor_token_must_come_with_its_type(request: TokenRequest) -> str | None:
    """A token of no type, or a type of no token, would be a guess at who acts."""
    if request.exchange.actor_token_was_sent != bool(request.exchange.actor_token_type):
        return "Send actor_token and actor_token_type together, or neither."
    return None


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_REQUEST)
def actor_token_type_must_be_supported(request: TokenRequest) -> str | None:
    """The same kinds of token as for the subject."""
    if not request.exchange.actor_token_was_sent:
        return None
    return _wrong_type("actor_token_type", request.exchange.actor_token_type)


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_REQUEST)
def requested_token_type_must_be_supported(request: TokenRequest) -> str | None:
    """An access token is all there is to get: no refresh token outlives what was exchanged."""
    if request.exchange.requested_token_type not in ("", *ISSUED):
        return "Only an access token can be asked for, as access_token or as jwt."
    return None


@rule(spec="RFC 8693 §2.2.2", refuses_with=Code.INVALID_REQUEST)
def subject_token_must_be_live(request: TokenRequest) -> str | None:
    """Looked up as for a call: expired, revoked, its person deactivated or its client disabled."""
    return None if request.exchange.subject else _NOT_GOOD


@rule(spec="RFC 8693 §2.2.2", refuses_with=Code.INVALID_REQUEST)
def subject_token_must_be_meant_for_client(request: TokenRequest) -> str | None:
    """A token that leaked to some other client opens nothing there, nor tells it that the token is live."""
    subject = request.exchange.subject
    if subject and not (subject.was_issued_to_client or subject.is_meant_for_client):
        return _NOT_GOOD
    return None


@rule(spec="RFC 8693 §1.1", refuses_with=Code.INVALID_REQUEST)
def subject_token_must_stand_for_a_person(request: TokenRequest) -> str | None:
    """A client that acts for itself asks for a token of its own, by client credentials."""
    subject = request.exchange.subject
    if subject and not subject.is_person:
        return "The subject token stands for a client, and only a person's can be exchanged."
    return None


@rule(spec="RFC 8693 §2.2.2", refuses_with=Code.INVALID_REQUEST)
def actor_token_must_be_live(request: TokenRequest) -> str | None:
    """Nobody acts by a token that would open nothing."""
    if request.exchange.actor_token_was_sent and request.exchange.actor is None:
        return _ACTOR_NOT_GOOD
    return None


@rule(spec="RFC 8693 §2.2.2", refuses_with=Code.INVALID_REQUEST)
def actor_token_must_belong_to_client(request: TokenRequest) -> str | None:
    """Somebody else's token is no proof that they act."""
    actor = request.exchange.actor
    return _ACTOR_NOT_GOOD if actor and not actor.was_issued_to_client else None


@rule(spec="RFC 8693 §4.1", refuses_with=Code.INVALID_REQUEST)
def actor_token_must_not_be_delegated(request: TokenRequest) -> str | None:
    """A client that acts for a person is not that person: named as the actor, they would answer for it."""
    actor = request.exchange.actor
    if actor and (actor.act is not None or actor.chain is not None):
        return "The actor token was itself made for somebody who acts for another."
    return None


@rule(spec="RFC 8693 §4.4", refuses_with=Code.INVALID_REQUEST)
def actor_must_be_allowed_by_subject_token(request: TokenRequest) -> str | None:
    """Where the token says who may act, nobody else does; what it says beyond that must be known to hold."""
    subject, actor = request.exchange.subject, request.exchange.actor
    if subject is None or subject.may_act is None:
        return None
    known = {"iss": request.issuer, "sub": actor_of(request)}
    if actor is None or not actor.is_person:
        known["client_id"] = request.client.client_id
    if _is_the_one(subject.may_act, known):
        return None
    return "The subject token names somebody else who may act."


@rule(spec="RFC 8693 §4.1", refuses_with=Code.INVALID_REQUEST)
def actors_must_be_few(request: TokenRequest) -> str | None:
    """A client that exchanged its own tokens over and over would make them grow without end."""
    subject = request.exchange.subject
    chains = (subject.act, subject.chain) if subject else ()
    if any(len(actors_named_in(chain)) >= MOST_ACTORS for chain in chains):
        return "Too many have acted one for the other already."
    return None


@rule(spec="RFC 8693 §2.2.2", refuses_with=Code.INVALID_TARGET)
def target_must_be_named(request: TokenRequest) -> str | None:
    """A token for nobody in particular would do everywhere; without a choice there is nothing to name."""
    if not request.exchange.targets:
        return "Name the resource or the audience the token is for."
    return None


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_TARGET)
def target_resource_must_be_an_absolute_uri(request: TokenRequest) -> str | None:
    """A logical name is an audience; a resource is where the API is."""
    if not all(map(is_resource_uri, request.exchange.resource)):
        return "A resource must be an absolute URI without a fragment; a name is an audience."
    return None


@rule(spec="RFC 8693 §2.2.2", refuses_with=Code.INVALID_TARGET)
def target_must_be_allowed_for_client(request: TokenRequest) -> str | None:
    """A client takes people's tokens to the APIs its owner listed, and to no other."""
    if not set(request.exchange.targets) <= request.client.exchange_targets:
        return "This client may not exchange tokens for this resource or audience."
    return None


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TARGET)
def target_must_be_shown_to_the_person(request: TokenRequest) -> str | None:
    """A client takes its own token to no API that the consent page did not name.

    A token without a resource is for this site. An API that was called with a token goes on to the next one,
    which is what an exchange is for.
    """
    subject, held = request.exchange.subject, request.held
    if subject is None or held is None or held.resource or not subject.was_issued_to_client:
        return None
    targets = request.exchange.targets
    if are_of_site(targets, issuer=request.issuer, own_resource=request.own_resource):
        return None
    return "The subject token was granted for this site, and for no resource or audience elsewhere."


@rule(spec="RFC 8707 §2.2", refuses_with=Code.INVALID_TARGET)
def target_must_be_one_of_the_subject_token(request: TokenRequest) -> str | None:
    """A client takes its own token to no other API than it was granted for, as at a refresh.

    An API that the token is meant for calls the next one with it, which is what an exchange is for.
    """
    subject = request.exchange.subject
    if subject and subject.bound_to and not subject.bound_to.issuperset(request.exchange.targets):
        return "The subject token is not for this resource or audience."
    return None


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_SCOPE)
def scopes_must_not_exceed_the_subject_token(request: TokenRequest) -> str | None:
    """Acting for a person adds nothing to what the person's token may do."""
    beyond = (request.scopes_asked or frozenset()) - (
        request.held.scopes if request.held else frozenset()
    )
    return f"The subject token does not have the scope: {listed(beyond)}." if beyond else None


@rule(spec="RFC 8693 §2.1", refuses_with=Code.INVALID_SCOPE)
def scopes_must_be_shared_with_the_subject_token(request: TokenRequest) -> str | None:
    """What is left must be both the token's and the client's."""
    if request.scopes:
        return None
    shared = "The subject token and this client have no scope in common."
    return none_is_known(request) or shared


def actor_of(request: TokenRequest) -> str:
    """Who acts: whose actor token was sent, else the client itself."""
    actor: Party | None = request.exchange.actor
    return actor.subject if actor else request.client.client_id


def _wrong_type(name: str, sent: str) -> str | None:
    if not sent:
        return f"The {name} is missing."
    if sent == TokenType.REFRESH_TOKEN:
        return f"A refresh token cannot be exchanged: {name} is access_token, jwt or id_token."
    return None if sent in ACCEPTED else f"This {name} is not supported."


def _is_the_one(named: object, known: Mapping[str, str]) -> bool:
    """Is the actor the one a `may_act` claim names, in every member of it?"""
    if not isinstance(named, Mapping) or "sub" not in named:
        return False
    return all(name in known and known[name] == value for name, value in named.items())
