"""Whom a token stands for that is shown in an exchange (RFC 8693 §2.1): tokens of this server alone.

An access token is looked up as it is for a call, an ID token opened by the keys it was signed with. Either
leads to the grant it came of, so that what is made of it has no more than that grant, and ends with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.clients.facts import client_of, is_usable
from django_oauthflows.core import clock
from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE
from django_oauthflows.issuer import issuer_of
from django_oauthflows.keys import jwt
from django_oauthflows.keys.adopted import id_token_key
from django_oauthflows.rules.jwt_types import ID_TOKEN, is_of_type
from django_oauthflows.rules.parties import Party, TokenType
from django_oauthflows.rules.requests import ClientFacts, Held
from django_oauthflows.tokens.audiences import is_meant_for
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.id_token_links import authorization_named_by
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import (
    Presented,
    authorization_of,
    find_access_token,
    find_authorization,
)
from django_oauthflows.tokens.subjects import PAIRWISE, subject_in_access_token, subject_of
from django_oauthflows.tokens.validation import is_live


@dataclass(frozen=True, slots=True, kw_only=True)
class _IDToken:
    """The claims of an ID token that was found genuine. `client_id` is the client it was issued to."""

    client_id: str
    audience: tuple[str, ...]
    subject: str
    expires: datetime
    claims: dict[str, Any]


def find_party(
    value: str, token_type: str, *, client: ClientFacts, http: HttpRequest
) -> Presented | None:
    """Whoever a live token of ours stands for, as `client` sees them; `None` for any other token."""
    if token_type == TokenType.ID_TOKEN:
        return _of_id_token(value, client, http)
    is_jwt = value.count(".") == 2
    if token_type == TokenType.ACCESS_TOKEN or (token_type == TokenType.JWT and is_jwt):
        return of_access_token(checksum(value), jwt.claims_of(value), client, http)
    return None


def of_access_token(
    stored: str, claims: Mapping[str, Any], client: ClientFacts, http: HttpRequest
) -> Presented | None:
    """Whoever the live access token under a checksum stands for; `claims` is what its value says."""
    found = find_access_token(stored)
    if found is None or found.row.application is None or not is_live(found, clock.now(), http):
        return None
    row = found.row
    # A client's own token came of no grant.
    grant = authorization_of(row) if row.user else None
    if grant is not None and not grant.is_live:
        return None
    is_meant = is_meant_for(client, row.resource, http)
    party = Party(
        subject=(
            subject_in_access_token(client, row.user.pk) if row.user else row.application.client_id
        ),
        is_person=row.user is not None,
        was_issued_to_client=row.application_id == client.key,
        is_meant_for_client=is_meant,
        bound_to=frozenset() if is_meant else frozenset(row.resource),
        act=claims.get("act"),
        may_act=claims.get("may_act"),
        chain=grant.act if grant else None,
    )
    return _presented(
        party,
        row.user,
        grant,
        client_key=row.application_id,
        scope=row.scope,
        expires=row.expires,
        access_token=row,
    )


def _of_id_token(value: str, client: ClientFacts, http: HttpRequest) -> Presented | None:
    token = _genuine(value, http)
    issued_to = client_of(token.client_id) if token else None
    if token is None or issued_to is None or not is_usable(issued_to, http):
        return None
    found = _live_grant_of(token, issued_to)
    if found is None or found.authorization is None:
        return None
    grant, person = found.authorization, found.person
    is_bound = client.resources.isdisjoint(grant.resource)
    party = Party(
        subject=subject_in_access_token(client, person.pk),
        is_person=True,
        was_issued_to_client=issued_to.key == client.key,
        is_meant_for_client=client.client_id in token.audience,
        bound_to=frozenset(grant.resource) if is_bound else frozenset(),
        act=token.claims.get("act"),
        may_act=token.claims.get("may_act"),
        chain=grant.act,
    )
    return _presented(
        party,
        person,
        grant,
        client_key=issued_to.key,
        scope=grant.scope,
        expires=token.expires,
    )


def _live_grant_of(token: _IDToken, issued_to: ClientFacts) -> Presented | None:
    """The grant an ID token came of, and no other of its session; `None` where it has ended, or is unknown.

    ID tokens that do not name theirs are those of django-oauth-toolkit and of before.
    """
    named = authorization_named_by(token.claims.get("jti"))
    found = find_authorization(named) if named else None
    if found is None or found.authorization is None or not found.authorization.is_live:
        return None
    held = found.held
    is_the_persons = subject_of(issued_to, held.user_key) == token.subject
    is_good = held.client_is_enabled and held.user_is_active and is_the_persons
    return found if is_good and held.client_key == issued_to.key else None


def _genuine(value: str, http: HttpRequest) -> _IDToken | None:
    """Ours, an ID token, for somebody, and not expired (OpenID Connect Core §3.1.3.7)."""
    try:
        opened = jwt.open_jwt(value, find=id_token_key)
    except jwt.NotGenuine:
        return None
    claims = opened.claims
    audience, subject, expires = claims.get("aud"), claims.get("sub"), claims.get("exp")
    several = tuple(audience) if isinstance(audience, list) else (audience,)
    issued_to = claims.get("azp", several[0] if len(several) == 1 else None)
    texts = (subject, issued_to, *several)
    is_one = is_of_type(opened.header.get("typ", ID_TOKEN), ID_TOKEN)
    if not is_one or claims.get("iss") != issuer_of(http):
        return None
    if not all(isinstance(text, str) for text in texts) or issued_to not in several:
        return None
    ends = _moment(expires)
    if not subject or ends is None or ends <= clock.now():
        return None
    return _IDToken(
        client_id=str(issued_to),
        audience=several,
        subject=subject,
        expires=ends,
        claims=claims,
    )


def _moment(value: Any) -> datetime | None:
    """A NumericDate (RFC 7519 §2); `None` for whatever is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None


def person_of(subject: str, client: ClientFacts) -> Any:
    """The person of a public subject; a pairwise one cannot be read back (OpenID Connect Core §8.1).

    Nor can one that the project's validator made, whose number may be the key of somebody else.
    """
    if client.openid.subject_type == PAIRWISE:
        return None
    people = get_user_model()._default_manager.using(dot.token_database())
    try:
        person: Any = people.filter(pk=subject).first()
    except (ValueError, ValidationError, OverflowError):
        return None
    if person is not None and subject_of(client, person.pk, user=person) != subject:
        return None
    return person


def _family_of(access_token: Any) -> UUID | None:
    """The family of a token of django-oauth-toolkit's own, which a first refresh makes a grant of."""
    tokens = dot.refresh_token_model()._default_manager.using(dot.token_database())
    found = tokens.filter(access_token_id=access_token.pk).values_list("token_family", flat=True)
    family: UUID | None = found.first()
    return family


def _presented(
    party: Party,
    person: Any,
    grant: Authorization | None,
    *,
    client_key: int,
    scope: str,
    expires: datetime,
    access_token: Any = None,
) -> Presented:
    """The token in the shape of what other clients hold: nothing made of it outlives it, or its grant."""
    family = grant.pk if grant else None
    if grant is None and access_token is not None and person is not None:
        family = _family_of(access_token)
    held = Held(
        key=access_token.pk if access_token is not None else 0,
        flow=TOKEN_EXCHANGE.slug,
        client_key=client_key,
        user_key=person.pk if person is not None else None,
        user_is_active=True,
        client_is_enabled=True,
        scopes=frozenset(scope.split()),
        resource=tuple((grant or access_token).resource) if grant or access_token else (),
        expires=expires,
        spent_at=None,
        authorization=family,
        ends_at=min(filter(None, (expires, grant.expires if grant else None))),
        auth_time=grant.auth_time if grant else None,
        acr=grant.acr if grant else "",
        amr=tuple(grant.amr) if grant else (),
    )
    return Presented(checksum="", held=held, person=person, authorization=grant, party=party)
