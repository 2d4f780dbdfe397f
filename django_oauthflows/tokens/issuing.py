"""What every way of issuing tokens shares: the rows that are saved, and what is told of them.

Each way stands in a file of its own: `codes`, `rotation`, and here the plainest, a client for itself. What is
presented is spent, and what is made of it saved, in one transaction. Rows are always locked in the order
authorization, refresh token, access token, here and in `families`, so that no two of these transactions wait
for each other in a circle.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from django_oauthflows import dot, signals
from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, TokenRequest
from django_oauthflows.statements import CompiledInsert
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.prospects import prospect_of

logger = logging.getLogger("django_oauthflows.tokens")


class LostRace(Exception):
    """Somebody else spent the same code or token while this request looked at it; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Tokens a client was given. `expires_in` is seconds; `refresh_token` is empty where there is none.

    `issued_token_type` is what an exchanged token is (RFC 8693 §2.2.1); empty for all others.
    """

    access_token: str = field(repr=False)
    expires_in: int
    scopes: frozenset[str]
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    authorization: UUID | None = None
    issued_token_type: str = ""


def issue_to_client(request: TokenRequest) -> Issued:
    """An access token for the client itself (RFC 6749 §4.4.3): no person, no refresh token."""
    using, prospect = dot.token_database(), prospect_of(request)
    access = prospect.access_token()
    with transaction.atomic(using=using):
        insert_access_token(request, access, prospect.expires, using=using)
    return announce(request, access, prospect.expires)


@cache
def _access_tokens() -> CompiledInsert[Any]:
    return CompiledInsert(dot.access_token_model)


@cache
def _refresh_tokens() -> CompiledInsert[Any]:
    return CompiledInsert(dot.refresh_token_model)


def insert_access_token(
    request: TokenRequest | AuthorizationRequest,
    value: str,
    expires: datetime,
    *,
    using: str,
    person: Any = None,
    source: int | None = None,
) -> Any:
    """Save an access token by its checksum; `source` is the key of the refresh token it was refreshed by."""
    row = access_token_row(request, expires, person=person)
    row.token_checksum, row.source_refresh_token_id = checksum(value), source
    return _access_tokens().save(row, using)


def access_token_row(
    request: TokenRequest | AuthorizationRequest, expires: datetime, *, person: Any
) -> Any:
    """The row of an access token as it is before it is saved, for a person's key or `None`."""
    return dot.access_token_model()(
        user_id=person,
        application_id=request.client.key,
        token="",
        expires=expires,
        scope=" ".join(sorted(request.scopes)),
        resource=list(request.resource),
    )


def insert_refresh_token(
    request: TokenRequest, value: str, family: UUID, access: Any, *, using: str
) -> None:
    """Save a refresh token by its checksum, beside the access token it came with."""
    assert request.held is not None  # noqa: S101 - refresh tokens come of something that was held
    row = dot.refresh_token_model()(
        user_id=request.held.user_key,
        application_id=request.client.key,
        token="",
        token_checksum=checksum(value),
        access_token_id=access.pk,
        token_family=family,
        resource=list(request.held.resource),
    )
    _refresh_tokens().save(row, using)


def announce(
    request: TokenRequest,
    access: str,
    expires: datetime,
    *,
    refresh: str = "",
    authorization: UUID | None = None,
) -> Issued:
    """Tell whoever listens once the tokens are really there, and return what the client is told."""
    person = request.held.user_key if request.held else None
    tell_issued(
        request.client,
        flow=request.flow,
        scopes=request.scopes,
        person=person,
        authorization=authorization,
        network=request.network,
    )
    return Issued(
        access_token=access,
        expires_in=int((expires - request.now).total_seconds()),
        scopes=request.scopes,
        refresh_token=refresh,
        authorization=authorization,
    )


def tell_issued(
    client: ClientFacts,
    *,
    flow: str,
    scopes: frozenset[str],
    person: Any,
    authorization: UUID | None,
    network: str = "",
) -> None:
    """Tell whoever listens once the tokens are really there; `person` is a key, or None."""
    if flow in catalogue.LEGACY:
        logger.warning(
            "tokens issued by a flow that is no longer recommended: %s",
            flow,
            extra={"client_id": client.client_id, "flow": flow},
        )
    after_commit(
        signals.token_issued.send_robust,
        using=dot.token_database(),
        sender=None,
        client_id=client.client_id,
        user_id=person,
        scopes=scopes,
        flow=flow,
        authorization_id=authorization,
    )
    if conf.AUDIT_ISSUED_TOKENS:
        recorder.record(
            Event.TOKEN_ISSUED,
            application_key=client.key,
            client_id=client.client_id,
            user=person,
            by=actors.client(client.client_id),
            network=network,
            detail={"flow": flow, "scope": sorted(scopes)},
        )
