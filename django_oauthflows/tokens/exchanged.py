"""Access tokens that are made of another token, for somebody who acts (RFC 8693 §2.2).

Each begins a grant of its own below that of the token it is made of, so that it ends with it; `families`
walks down from parent to child.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django_oauthflows import dot
from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.rules.exchange import actor_of
from django_oauthflows.rules.parties import TokenType
from django_oauthflows.rules.requests import TokenRequest
from django_oauthflows.statements import CompiledUpdate
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.issuing import (
    Issued,
    LostRace,
    announce,
    insert_access_token,
)
from django_oauthflows.tokens.issuing_conditions import (
    client_is_enabled,
    issuing_from,
    update_while_allowed,
)
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.origins import origins_of
from django_oauthflows.tokens.prospects import Prospect, prospect_of
from django_oauthflows.tokens.reading import Presented


def exchange(request: TokenRequest, presented: Presented) -> Issued:
    """Issue the token, and no refresh token ever: who needs another one has to be called again.

    Raises `LostRace` if what was presented has ended in the meantime.
    """
    using, family, earned = dot.token_database(), uuid4(), prospect(request)
    expires, access = earned.expires, earned.access_token()
    parent, person = presented.authorization, presented.held.user_key
    with issuing_from(presented, client=request.client.key, using=using):
        # First, so that the parent is locked: whoever ends it from here on finds this grant below it.
        if parent and not _live_parent().run(parent.pk, using, given=person, last_used=request.now):
            raise LostRace
        _start(request, presented, family, access, expires, using)
        insert_access_token(request, access, expires, person=person, using=using)
        # Last, and locked: whoever ends the token alone from here on finds this grant as well.
        if presented.held.key and not _is_still_there(presented.held.key, request, using):
            raise LostRace
        _record(request, presented, family)
    issued = announce(request, access, expires, authorization=family)
    return replace(issued, issued_token_type=str(_type_of(request)))


def prospect(request: TokenRequest) -> Prospect:
    """What an exchange earns."""
    must_be_jwt = _type_of(request) == TokenType.JWT
    return prospect_of(request, act=_said(request), must_be_jwt=must_be_jwt)


def _type_of(request: TokenRequest) -> str:
    return request.exchange.requested_token_type or TokenType.ACCESS_TOKEN


def _start(
    request: TokenRequest,
    presented: Presented,
    family: UUID,
    access: str,
    expires: datetime,
    using: str,
) -> None:
    held, parent = presented.held, presented.authorization
    Authorization.objects.using(using).create(
        pk=family,
        application_id=request.client.key,
        user_id=held.user_key,
        flow=request.flow,
        scope=" ".join(sorted(request.scopes)),
        resource=list(request.resource),
        created=request.now,
        redeemed=request.now,
        last_used=request.now,
        expires=expires,
        # Not the `sid`: clients know that one, and this client was not signed in to.
        session=parent.session if parent else "",
        auth_time=held.auth_time,
        acr=held.acr,
        amr=list(held.amr),
        parent=held.authorization,
        act=_written_down(request),
        first_access_checksum=checksum(access),
        exchanged_checksum=checksum(access),
        origins=origins_of(parent, held.client_key),
    )


def _said(request: TokenRequest) -> Mapping[str, Any] | None:
    """What the new token says of who acts: whoever does, and within it whoever did before (§4.1).

    A client that may impersonate leaves itself out, and nobody else.
    """
    subject = request.exchange.subject
    before = subject.act if subject else None
    if _impersonates(request):
        return before if isinstance(before, Mapping) else None
    return _next(actor_of(request), before)


def _impersonates(request: TokenRequest) -> bool:
    return request.client.may_impersonate and not request.exchange.actor_token_was_sent


def _written_down(request: TokenRequest) -> dict[str, Any]:
    """The same for the grant, which knows who acts even where the token does not say it."""
    subject = request.exchange.subject
    return _next(actor_of(request), subject.chain if subject else None)


def _next(actor: str, before: Any) -> dict[str, Any]:
    return {"sub": actor, **({"act": before} if isinstance(before, Mapping) else {})}


def _record(request: TokenRequest, presented: Presented, family: UUID) -> None:
    recorder.record(
        Event.TOKEN_EXCHANGED,
        application_key=request.client.key,
        client_id=request.client.client_id,
        user=presented.held.user_key,
        by=actors.client(request.client.client_id),
        network=request.network,
        detail={
            "act": _written_down(request),
            "authorization": str(family),
            "parent": str(presented.held.authorization or ""),
            "said_by_the_token": not _impersonates(request),
            "scope": sorted(request.scopes),
            "targets": list(request.resource),
        },
    )


@cache
def _live_parent() -> CompiledUpdate:
    return update_while_allowed()


def _is_still_there(key: int, request: TokenRequest, using: str) -> bool:
    """Tell whether the token that is exchanged is still there, and the client that asks still enabled."""
    rows = dot.access_token_model()._default_manager.using(using).select_for_update()
    found = rows.filter(client_is_enabled(request.client.key), pk=key)
    return found.values_list("pk", flat=True).first() is not None
