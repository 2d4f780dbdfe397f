"""The sign-ins a person has open at their apps: each is an authorization, and can be ended alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.core import clock, text
from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE
from django_oauthflows.tokens import families, lifetimes
from django_oauthflows.tokens.models import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One sign-in of which a token can still be used, and when it ends: `if_unused` until then, or anyway.

    `is_on_behalf` holds where the person never dealt with the client: another one handed their token on, and
    is named by `through`, as far as it is known (RFC 8693).
    """

    id: UUID
    application_id: Any
    scopes: frozenset[str]
    since: datetime
    last_used: datetime | None
    ends: datetime | None
    if_unused: bool
    is_on_behalf: bool = False
    through: str = ""


def open_sign_ins(person: Any) -> list[SignIn]:
    """Every sign-in of a person's that is open, newest use first, in one statement."""
    return sorted(_alive(person), key=lambda row: row.last_used or row.since, reverse=True)


def end(
    person: Any, key: UUID, *, by: Any = None, request: HttpRequest | None = None
) -> Authorization | None:
    """End one of the person's own sign-ins with all its tokens; `None` for anybody else's."""
    authorization = (
        Authorization.objects.filter(user=person, pk=key).select_related("application").first()
    )
    if authorization is not None:
        families.revoke(authorization, reason="ended_by_person", by=by or person, request=request)
    return authorization


def _alive(person: Any) -> Iterator[SignIn]:
    now = clock.now()
    live = dot.refresh_token_model()._default_manager.filter(
        token_family=OuterRef("pk"), revoked__isnull=True
    )
    first = dot.access_token_model()._default_manager.filter(
        Q(token_checksum=OuterRef("first_access_checksum"))
        | Q(token_checksum=OuterRef("front_access_checksum"))
    )
    parent = Authorization.objects.filter(pk=OuterRef("parent")).order_by()
    name = Coalesce(NullIf("application__name", Value("")), "application__client_id")
    rows = (
        Authorization.objects.live()
        .filter(user=person, redeemed__isnull=False)
        .order_by()
        .annotate(
            refreshed=Subquery(live.order_by("-pk").values("created")[:1]),
            first_ends=Subquery(first.order_by("-expires").values("expires")[:1]),
            through=Subquery(parent.annotate(shown=name).values("shown")[:1]),
        )
        .values_list(
            "pk",
            "application_id",
            "scope",
            "created",
            "last_used",
            "expires",
            "refreshed",
            "first_ends",
            "flow",
            "through",
            "application__oauthflows_policy__refresh_token_idle_lifetime",
        )
    )
    for key, client, scope, since, last_used, absolute, refreshed, first_ends, *about in rows:
        flow, through, idle = about
        if refreshed is None and first_ends is None:
            continue
        unused = first_ends if refreshed is None else lifetimes.idle_end(idle, refreshed)
        ends = min((end for end in (unused, absolute) if end is not None), default=None)
        if ends is None or ends > now:
            yield SignIn(
                id=key,
                application_id=client,
                scopes=frozenset(scope.split()),
                since=since,
                last_used=last_used,
                ends=ends,
                if_unused=refreshed is not None and ends != absolute,
                is_on_behalf=flow == TOKEN_EXCHANGE.slug,
                through=text.cleaned(through or ""),
            )
