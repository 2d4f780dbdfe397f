"""A request to the token endpoint, up to where it would spend and issue (RFC 6749 §3.2).

The same steps as `protocol/exchange.py`: the client can prove itself, its flow, what it presents, the rules.
What it would present is made of what went before, or is the newest the person has; no token is handed in.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.clients import assertions, trusted_issuers
from django_oauthflows.clients.authentication import must_be_able
from django_oauthflows.clients.keys import has_keys
from django_oauthflows.clients.policy import profile_of, token_rules
from django_oauthflows.clients.trusted_issuers import TrustedIssuer
from django_oauthflows.conf import conf
from django_oauthflows.protocol import exchange, jwt_bearer, passwords
from django_oauthflows.protocol.grants import EXCHANGES
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.protocol.rehearsal import telling
from django_oauthflows.protocol.rehearsal.base import (
    MADE_THEN,
    Delivery,
    Mark,
    Notes,
    Question,
    Told,
)
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import Assertion, ClientFacts, TokenRequest
from django_oauthflows.tokens import parties
from django_oauthflows.tokens import passwords as granted_without_page
from django_oauthflows.tokens.prospects import Prospect, prospect_of
from django_oauthflows.tokens.reading import Presented, find_refresh_token

#: How many of a person's tokens are looked at for one that could be handed in.
_MOST_TOKENS = 20


def redeemed(
    http: HttpRequest,
    question: Question,
    notes: Notes,
    *,
    sent: dict[str, str],
    presented: Presented | None,
    resource: tuple[str, ...] = (),
) -> None:
    """What is presented is redeemed; `sent` is what the client sends beside its credentials."""
    _know(http, question, notes)
    request = _asked(http, question.client, Parameters(sent, resource), presented, notes)
    assert presented is not None  # noqa: S101 - the first rule refused otherwise
    earned = EXCHANGES[request.grant_type].prospect(request)
    _deliver(http, earned, request, notes, presented=presented)


def refreshed(http: HttpRequest, question: Question, notes: Notes) -> None:
    """With the newest refresh token the client holds of the person."""
    rows = dot.refresh_token_model()._default_manager.using(dot.token_database())
    own = rows.filter(
        user=question.person, application_id=question.client.key, revoked__isnull=True
    )
    stored = own.order_by("-pk").values_list("token_checksum", flat=True).first()
    found = find_refresh_token(stored, question.client, timezone.now()) if stored else None
    if found is not None:
        notes.add(
            Mark.SUPPOSED,
            _("The client is supposed to hold its newest refresh token of this person"),
            _("Its grant says: %(scopes)s.") % {"scopes": ", ".join(sorted(found.held.scopes))},
        )
    sent = {"grant_type": "refresh_token", "refresh_token": MADE_THEN, **_scope(question)}
    redeemed(http, question, notes, sent=sent, presented=found, resource=question.resource)


def exchanged(http: HttpRequest, question: Question, notes: Notes) -> None:
    """With the newest access token of the person's that the client might have been handed."""
    found = _newest_subject(http, question)
    if found is not None:
        notes.add(
            Mark.SUPPOSED,
            _(
                "The client is supposed to have been handed the person’s newest fitting access token"
            ),
            _("It says: %(scopes)s.") % {"scopes": ", ".join(sorted(found.held.scopes))},
        )
    sent = {
        "grant_type": question.flow.grant_type,
        "subject_token": MADE_THEN,
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        **_scope(question),
    }
    redeemed(http, question, notes, sent=sent, presented=found, resource=question.resource)


def itself(http: HttpRequest, question: Question, notes: Notes) -> None:
    """A token for the client itself."""
    _know(http, question, notes)
    sent = Parameters(
        {"grant_type": question.flow.grant_type, **_scope(question)}, question.resource
    )
    request = _asked(http, question.client, sent, None, notes)
    _deliver(http, prospect_of(request), request, notes)


def by_password(http: HttpRequest, question: Question, notes: Notes) -> None:
    """The person's password is supposed to be right; it is asked for nowhere."""
    _know(http, question, notes)
    typed = {"username": question.person.get_username(), "password": MADE_THEN}
    sent = {"grant_type": question.flow.grant_type, **typed, **_scope(question)}
    request = _asked(http, question.client, Parameters(sent, question.resource), None, notes)
    notes.add(Mark.SUPPOSED, _("The password is supposed to be right"))
    passwords.must_be_welcome(http, question.person)
    request, earned = granted_without_page.prospect(request, question.person)
    _deliver(http, earned, request, notes, person=question.person)


def by_assertion(http: HttpRequest, question: Question, notes: Notes) -> None:
    """An assertion of the client's own or, for a person, of an issuer this site trusts."""
    trusted, person = _speaker(question), question.person
    client = jwt_bearer.limited(question.client, trusted)
    jwt_bearer.must_be_enabled(http, client)
    _note_assertion(client, trusted, notes)
    sent = {"grant_type": question.flow.grant_type, "assertion": MADE_THEN, **_scope(question)}
    assertion = _assertion(http, client, trusted)
    if person is not None and trusted is None:
        # Nobody this site trusts speaks of people to this client.
        assertion = replace(assertion, is_genuine=False)
    request = _asked(
        http, client, Parameters(sent, question.resource), None, notes, assertion=assertion
    )
    if person is None:
        return _deliver(http, prospect_of(request), request, notes)
    jwt_bearer.must_be_known(person)
    request, earned = granted_without_page.prospect(request, person, has_signed_in=False)
    return _deliver(http, earned, request, notes, person=person)


#: What is presented that no page was shown for, by the grant type's flow.
WITHOUT_A_PAGE: dict[str, Callable[[HttpRequest, Question, Notes], None]] = {
    "client-credentials": itself,
    "jwt-bearer": by_assertion,
    "password": by_password,
    "refresh-token": refreshed,
    "token-exchange": exchanged,
}


def _asked(
    http: HttpRequest,
    client: ClientFacts,
    sent: Parameters,
    presented: Presented | None,
    notes: Notes,
    *,
    assertion: Assertion | None = None,
) -> TokenRequest:
    """The token request, past every rule. Raises `Refusal`."""
    grant_type = exchange.grant_type_of(sent, client)
    request = exchange.request_of(http, sent, client, grant_type, presented)
    request = replace(request, assertion=assertion)
    rules = token_rules(request)
    enforce(rules, request)
    notes.add(
        Mark.PASSES,
        _("The token request passes"),
        _("%(count)d rules of the flow and of the profile “%(profile)s” were asked.")
        % {"count": len(rules), "profile": profile_of(client).slug},
    )
    return request


def _deliver(
    http: HttpRequest,
    earned: Prospect,
    request: TokenRequest,
    notes: Notes,
    *,
    presented: Presented | None = None,
    person: Any = None,
) -> None:
    if presented and "openid" in request.scopes:
        telling.must_be_ready(request.client)
    sign_in = exchange.sign_in_of(request, presented, scopes=request.scopes) if presented else None
    signed = None
    if sign_in is not None:
        signed = telling.id_token_of(
            sign_in, beside_access_token=True, beside_code=False, tells_scopes=False
        )
    delivery = Delivery(where=_("From the token endpoint"), scopes=request.scopes, id_token=signed)
    notes.deliveries.append(
        telling.told(
            http,
            earned,
            delivery,
            now=request.now,
            person=presented.person if presented else person,
            authorization=presented.authorization if presented and not presented.party else None,
        )
    )


def _scope(question: Question) -> dict[str, str]:
    return {} if question.scopes is None else {"scope": " ".join(sorted(question.scopes))}


def _know(http: HttpRequest, question: Question, notes: Notes) -> None:
    """The client at the token endpoint, which it can prove itself to. Raises `Refusal`."""
    client, notes.told = question.client, Told.JSON
    must_be_able(client, http)
    method = client.authentication_method or "client_secret_basic, client_secret_post"
    notes.add(
        Mark.SUPPOSED,
        _("The client is supposed to prove itself at the token endpoint")
        if client.is_confidential
        else _("The client, which has no secret, names itself at the token endpoint"),
        str(method),
    )


def _newest_subject(http: HttpRequest, question: Question) -> Presented | None:
    """Tokens that were exchanged themselves are left out: who acts by them only they say."""
    rows = dot.access_token_model()._default_manager.using(dot.token_database())
    own = rows.filter(~Q(token_checksum=""), user=question.person, expires__gt=timezone.now())
    for stored in own.order_by("-pk").values_list("token_checksum", flat=True)[:_MOST_TOKENS]:
        found = parties.of_access_token(stored, {}, question.client, http)
        party = found.party if found else None
        is_handed = party and (party.was_issued_to_client or party.is_meant_for_client)
        if party and is_handed and party.chain is None:
            return found
    return None


def _speaker(question: Question) -> TrustedIssuer | None:
    """Who would speak of the person to this client; nobody where the client speaks for itself."""
    if question.person is None:
        return None
    known = (trusted_issuers.named(name) for name in conf.TRUSTED_ISSUERS)
    fitting = ("", question.client.client_id)
    return next((one for one in known if one and one.person and one.client_id in fitting), None)


def _note_assertion(client: ClientFacts, trusted: TrustedIssuer | None, notes: Notes) -> None:
    notes.add(
        Mark.SUPPOSED,
        _("An assertion is supposed to come, signed as it has to be"),
        trusted.name if trusted else client.client_id,
    )


def _assertion(http: HttpRequest, client: ClientFacts, trusted: TrustedIssuer | None) -> Assertion:
    """As good a one as there can be; genuine, unless nothing is known that it could be verified by."""
    now, audiences = timezone.now().timestamp(), assertions.audiences_of(http)
    issuer = trusted.name if trusted else client.client_id
    return Assertion(
        is_genuine=trusted is not None or has_keys(client),
        now=now,
        longest_life=conf.ASSERTION_LIFETIME,
        issuer=issuer,
        subject="" if trusted else client.client_id,
        audiences=audiences,
        claims={
            "iss": issuer,
            "sub": issuer,
            "aud": min(audiences),
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid4()),
        },
    )
