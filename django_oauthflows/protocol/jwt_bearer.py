"""The JWT bearer grant (RFC 7521 §4.1): whom an assertion identifies, and what it earns.

Its client need not authenticate besides: the assertion says who it is. So the signature is verified before
anything else is asked, and whoever cannot sign learns nothing of any client. Unknown issuers, unknown people,
foreign keys and disabled clients get the same words.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients import assertions, trusted_issuers
from django_oauthflows.clients.assertions import Shown
from django_oauthflows.clients.authentication import authenticate, sent_credentials
from django_oauthflows.clients.facts import client_of, is_usable
from django_oauthflows.clients.keys import NoKeys, verifying_keys_of
from django_oauthflows.clients.trusted_issuers import TrustedIssuer
from django_oauthflows.conf import conf
from django_oauthflows.core import clock, users
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.jwt_bearer import JWT_BEARER
from django_oauthflows.issuer import host_is_named
from django_oauthflows.keys.foreign import is_signed_by, verify_in_vain
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.assertions import NOT_TRUSTED, assertion_must_be_genuine
from django_oauthflows.rules.jwt_types import GRANT_ASSERTION
from django_oauthflows.rules.requests import Assertion, AuthMethod, ClientFacts, TokenRequest
from django_oauthflows.tokens.issuing import Issued, LostRace, issue_to_client
from django_oauthflows.tokens.passwords import issue_to_person


def asserted(http: HttpRequest, parameters: Parameters) -> tuple[ClientFacts, Assertion | None]:
    """The client that asks, and the genuine assertion it asks with, where it does. Raises `Refusal`."""
    is_ours = parameters.text("grant_type") == JWT_BEARER.grant_type
    if not is_ours or not parameters.text("assertion"):
        return authenticate(http, parameters), None
    known = authenticate(http, parameters) if sent_credentials(http, parameters) else None
    shown = assertions.read(parameters.text("assertion"))
    if shown is None:
        raise _refused("assertion_must_be_a_jwt")
    trusted = trusted_issuers.named(shown.named("iss"))
    client = _identified(http, shown, trusted, known)
    named = parameters.get("client_id", client.client_id)
    if named != client.client_id or (known and known.key != client.key):
        raise _refused("assertion_must_agree_with_the_client")
    return limited(client, trusted), Assertion(
        is_genuine=True,
        now=clock.now().timestamp(),
        longest_life=conf.ASSERTION_LIFETIME,
        issuer=shown.named("iss"),
        subject="" if trusted else client.client_id,
        audiences=assertions.audiences_of(http),
        came_to_named_host=host_is_named(http),
        own_type=GRANT_ASSERTION,
        typ=shown.typ,
        claims=shown.opened.claims,
    )


def answer(http: HttpRequest, parameters: Parameters, request: TokenRequest) -> Issued:
    """A token for the person the assertion is about, or for the client itself; nothing to refresh.

    The assertion is spent last, so that a refused one stays good. Raises `Refusal`.
    """
    assertion = request.assertion
    assert assertion is not None  # noqa: S101 - the flow's rules have refused a request without one
    trusted = trusted_issuers.named(assertion.issuer)
    speaks_of_people = trusted is not None and trusted.person
    person = trusted.person_of(assertion.claims) if trusted and speaks_of_people else None
    if speaks_of_people:
        must_be_known(person)
    if not assertions.spend(assertion):
        raise _refused("assertion_must_be_used_once", "The assertion was used before.")
    if person is None:
        return issue_to_client(request)
    try:
        return issue_to_person(request, person, has_signed_in=False)
    except LostRace:
        # The account was closed, or its password changed, in this very moment.
        raise _refused("assertion_must_be_about_somebody_known") from None


def must_be_known(person: Any) -> None:
    """Raise `Refusal` for somebody a trusted issuer speaks of who is nobody here."""
    if person is None or not users.is_active(person):
        raise _refused("assertion_must_be_about_somebody_known")


def must_be_enabled(http: HttpRequest, client: ClientFacts) -> None:
    """Raise `Refusal` for a client that has been disabled."""
    if not client.is_enabled or not is_usable(client, http):
        raise _refused("client_must_be_enabled")


def _identified(
    http: HttpRequest, shown: Shown, trusted: TrustedIssuer | None, known: ClientFacts | None
) -> ClientFacts:
    """The client an assertion is for, once its signature was found good. Raises `Refusal`.

    A client's own names it; a trusted issuer speaks for its own, or for the one that authenticated.
    """
    client_id = trusted.client_id if trusted else shown.named("iss")
    if trusted and known:
        client_id = client_id or known.client_id
    client = client_of(client_id, network=network_of(http))
    if not _is_genuine(shown, trusted, client, network_of(http)) or client is None:
        raise assertion_must_be_genuine.refusal(NOT_TRUSTED)
    must_be_enabled(http, client)
    return client


def _is_genuine(
    shown: Shown, trusted: TrustedIssuer | None, client: ClientFacts | None, network: str
) -> bool:
    if trusted is None:
        own = shown.method is AuthMethod.PRIVATE_KEY_JWT
        return assertions.is_signed_by_client(shown, client if own else None, network)
    try:
        kid = shown.opened.header.get("kid", "")
        keys = verifying_keys_of(trusted.jwks, trusted.jwks_uri, kid=kid, network=network)
    except NoKeys:
        verify_in_vain(shown.value, shown.opened)
        return False
    return is_signed_by(shown.value, shown.opened, keys, trusted.algorithms)


def limited(client: ClientFacts, trusted: TrustedIssuer | None) -> ClientFacts:
    """The client as far as the issuer may speak for it."""
    if trusted is None or trusted.scopes is None:
        return client
    return replace(
        client,
        scopes=client.scopes & trusted.scopes,
        default_scopes=client.default_scopes & trusted.scopes,
    )


def _refused(rule: str, sentence: str = NOT_TRUSTED) -> Refusal:
    return Refusal(
        Code.INVALID_GRANT, sentence, rule=rule, spec="RFC 7521 §4.1.1", fix=_FIXES.get(rule, "")
    )


#: What the owner of a client or of the site does about each refusal.
_FIXES = {
    "assertion_must_be_a_jwt": "Send a signed JWT of 8000 characters at most.",
    "client_must_be_enabled": "Enable the client in the admin.",
    "assertion_must_agree_with_the_client": "The assertion identifies another client than the request.",
    "assertion_must_be_about_somebody_known": "The function TRUSTED_ISSUERS names found nobody active.",
    "assertion_must_be_used_once": "Make a new assertion, with a jti of its own, for each request.",
}
