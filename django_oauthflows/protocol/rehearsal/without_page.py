"""The flows that show nobody a page: what the client would present is supposed to be good.

A refresh token or a token to exchange is the newest the person has, found by its row; nothing is handed in,
and no password is typed.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.clients import assertions, trusted_issuers
from django_oauthflows.clients.keys import has_keys
from django_oauthflows.clients.trusted_issuers import TrustedIssuer
from django_oauthflows.conf import conf
from django_oauthflows.core import clock, users
from django_oauthflows.issuer import host_is_named
from django_oauthflows.protocol import jwt_bearer, passwords
from django_oauthflows.protocol.rehearsal import redeeming, telling
from django_oauthflows.protocol.rehearsal.base import (
    MADE_THEN,
    Mark,
    Notes,
    Question,
)
from django_oauthflows.protocol.sign_in_answers import password_sign_in
from django_oauthflows.rules.jwt_types import GRANT_ASSERTION
from django_oauthflows.rules.requests import Assertion, ClientFacts
from django_oauthflows.tokens import parties
from django_oauthflows.tokens import passwords as granted_without_page
from django_oauthflows.tokens.prospects import prospect_of
from django_oauthflows.tokens.reading import Presented, find_refresh_token

#: How many of a person's tokens are looked at for one that could be handed in.
_MOST_TOKENS = 20


def refreshed(http: HttpRequest, question: Question, notes: Notes) -> None:
    """With the newest refresh token the client holds of the person."""
    rows = dot.refresh_token_model()._default_manager.using(dot.token_database())
    own = rows.filter(
        user=question.person, application_id=question.client.key, revoked__isnull=True
    )
    stored = own.order_by("-created").values_list("token_checksum", flat=True).first()
    found = find_refresh_token(stored, question.client, clock.now()) if stored else None
    if found is not None:
        notes.add(
            Mark.SUPPOSED,
            _("The client is supposed to hold its newest refresh token of this person"),
            _("Its grant says: %(scopes)s.") % {"scopes": ", ".join(sorted(found.held.scopes))},
        )
    sent = {"grant_type": "refresh_token", "refresh_token": MADE_THEN, **_scope(question)}
    redeeming.redeemed(
        http, question, notes, sent=sent, presented=found, resource=question.resource
    )


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
    redeeming.redeemed(
        http, question, notes, sent=sent, presented=found, resource=question.resource
    )


def itself(http: HttpRequest, question: Question, notes: Notes) -> None:
    """A token for the client itself."""
    redeeming.know(http, question, notes)
    sent = redeeming.form_of(
        {"grant_type": question.flow.grant_type, **_scope(question)}, question.resource
    )
    request = redeeming.asked(http, question.client, sent, None, notes)
    redeeming.deliver(http, prospect_of(request), request, notes)


def by_password(http: HttpRequest, question: Question, notes: Notes) -> None:
    """The person's password is supposed to be right; it is asked for nowhere."""
    redeeming.know(http, question, notes)
    typed = {"username": users.username_of(question.person), "password": MADE_THEN}
    sent = {"grant_type": question.flow.grant_type, **typed, **_scope(question)}
    request = redeeming.asked(
        http, question.client, redeeming.form_of(sent, question.resource), None, notes
    )
    sign_in = password_sign_in(request, question.person, scopes=request.scopes)
    if sign_in is not None:
        telling.must_be_ready(request.client)
        sign_in = replace(sign_in, authorization=uuid4())
    notes.add(Mark.SUPPOSED, _("The password is supposed to be right"))
    passwords.must_be_welcome(http, question.person)
    request, earned = granted_without_page.prospect(request, question.person)
    redeeming.deliver(http, earned, request, notes, person=question.person, sign_in=sign_in)


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
    request = redeeming.asked(
        http, client, redeeming.form_of(sent, question.resource), None, notes, assertion=assertion
    )
    if person is None:
        return redeeming.deliver(http, prospect_of(request), request, notes)
    jwt_bearer.must_be_known(person)
    request, earned = granted_without_page.prospect(request, person, has_signed_in=False)
    return redeeming.deliver(http, earned, request, notes, person=person)


#: How each of them is rehearsed.
FLOWS: dict[str, Callable[[HttpRequest, Question, Notes], None]] = {
    "client-credentials": itself,
    "jwt-bearer": by_assertion,
    "password": by_password,
    "refresh-token": refreshed,
    "token-exchange": exchanged,
}


def _scope(question: Question) -> dict[str, str]:
    return {} if question.scopes is None else {"scope": " ".join(sorted(question.scopes))}


def _newest_subject(http: HttpRequest, question: Question) -> Presented | None:
    """Tokens that were exchanged themselves are left out: who acts by them only they say."""
    rows = dot.access_token_model()._default_manager.using(dot.token_database())
    own = rows.filter(~Q(token_checksum=""), user=question.person, expires__gt=clock.now())
    for stored in own.order_by("-created").values_list("token_checksum", flat=True)[:_MOST_TOKENS]:
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
    now, audiences = clock.now().timestamp(), assertions.audiences_of(http)
    issuer = trusted.name if trusted else client.client_id
    return Assertion(
        is_genuine=trusted is not None or has_keys(client),
        now=now,
        longest_life=conf.ASSERTION_LIFETIME,
        issuer=issuer,
        subject="" if trusted else client.client_id,
        audiences=audiences,
        came_to_named_host=host_is_named(http),
        own_type=GRANT_ASSERTION,
        claims={
            "iss": issuer,
            "sub": issuer,
            "aud": min(audiences),
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid4()),
        },
    )
