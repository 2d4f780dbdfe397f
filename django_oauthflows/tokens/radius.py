"""How far an incident reaches: whose grants and tokens, of which client, scope and time, or of which leak.

A `Radius` is a question alone; what lies within it is read anew whenever it is asked, so that a revocation
can be stopped at any point and begun again.
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from django_oauthflows import dot
from django_oauthflows.core import clock
from django_oauthflows.rules.requests import DeviceStatus
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.models import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """What a leaked value belongs to: its grants, or rows that no grant stands behind, by their keys.

    Never the value itself nor its checksum.
    """

    families: tuple[UUID, ...] = ()
    access_token: Any = None
    refresh_token: Any = None
    code: Any = None
    device_code: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Radius:
    """Everything that fits all that is given; `person` and `client` are keys of their rows.

    A grant lies within `since` and `until` if anything was issued of it from the one to before the other. A
    `leak` stands alone. Raises `ValueError` where nothing is given at all, for that would be everything.
    """

    person: Any = None
    client: Any = None
    scope: str = ""
    since: datetime | None = None
    until: datetime | None = None
    leak: Leak | None = None

    def __post_init__(self) -> None:
        limits = (self.person, self.client, self.scope or None, self.since, self.until)
        if all(limit is None for limit in (*limits, self.leak)):
            raise ValueError("a radius without a limit is everything there is")
        if self.leak is not None and any(limit is not None for limit in limits):
            raise ValueError("a leaked token is a radius of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What lies within a radius, or was ended of it. `exchanged` are grants made of those by exchange."""

    grants: int = 0
    exchanged: int = 0
    refresh_tokens: int = 0
    access_tokens: int = 0
    codes: int = 0
    device_codes: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        own, others = asdict(self), asdict(other)
        return Counts(**{name: own[name] + others[name] for name in own})

    @property
    def total(self) -> int:
        return sum(asdict(self).values())


def grants_within(radius: Radius, using: str) -> Any:
    """The live grants; what was exchanged from them is not among them."""
    rows = Authorization.objects.live().using(using).order_by()
    if radius.leak is not None:
        # Asked by the row as well: a first refresh may start the grant of a token that had none.
        adopted = _refresh_tokens(using).filter(pk=radius.leak.refresh_token).values("token_family")
        return rows.filter(Q(pk__in=radius.leak.families) | Q(pk__in=adopted))
    issued = _refresh_tokens(using).filter(_within(radius), token_family=OuterRef("pk"))
    when = _within(radius) | _within(radius, "redeemed") | Q(Exists(issued))
    return rows.filter(_owned(radius), _scoped(radius), *([when] if _has_window(radius) else []))


def refresh_tokens_within(radius: Radius, using: str) -> Any:
    """Those of django-oauth-toolkit's own, which no grant stands behind yet."""
    grants = Authorization.objects.using(using).filter(pk=OuterRef("token_family"))
    rows = _refresh_tokens(using).filter(~Exists(grants), revoked__isnull=True)
    if radius.leak is not None:
        families = Q(token_family__in=radius.leak.families)
        return rows.filter(families | Q(pk=radius.leak.refresh_token))
    scoped = _scoped(radius, "access_token__scope")
    return rows.filter(_owned(radius), scoped, _within(radius))


def access_tokens_within(radius: Radius, using: str) -> Any:
    """Those that still work, with whatever a client got for itself."""
    rows = _access_tokens(using).filter(expires__gt=clock.now())
    if radius.leak is not None:
        return rows.filter(pk=radius.leak.access_token)
    return rows.filter(_owned(radius), _scoped(radius), _within(radius))


def codes_within(radius: Radius, using: str) -> Any:
    """Codes that were not redeemed yet."""
    rows = dot.grant_model()._default_manager.using(using).order_by()
    rows = rows.filter(expires__gt=clock.now())
    if radius.leak is not None:
        return rows.filter(pk=radius.leak.code)
    return rows.filter(_owned(radius), _scoped(radius), _within(radius))


def device_codes_within(radius: Radius, using: str) -> Any:
    """Devices that wait for a person, or for the tokens a person agreed to."""
    open_ones = (DeviceStatus.PENDING.value, DeviceStatus.APPROVED.value)
    rows = dot.device_grant_model()._default_manager.using(using).order_by()
    rows = rows.filter(status__in=open_ones, expires__gt=clock.now())
    if radius.leak is not None:
        return rows.filter(pk=radius.leak.device_code)
    if radius.client is not None:
        clients = dot.application_model()._default_manager.filter(pk=radius.client)
        rows = rows.filter(client_id__in=list(clients.values_list("client_id", flat=True)))
    person = Q() if radius.person is None else Q(user_id=radius.person)
    # The row does not say when it was made, but when it ends.
    ends = _within(radius, "expires", timedelta(seconds=lifetimes.device_code_lifetime()))
    return rows.filter(person, _scoped(radius), ends)


def refresh_tokens_of(grants: Any, using: str) -> Any:
    """The live refresh tokens of these grants: their keys, or a query for them."""
    return _refresh_tokens(using).filter(token_family__in=grants, revoked__isnull=True)


def access_tokens_of(grants: Any, using: str) -> Any:
    """The access tokens of these grants that still work."""
    rows, tokens = _access_tokens(using), _refresh_tokens(using).filter(token_family__in=grants)
    own = Authorization.objects.using(using).filter(pk__in=grants).order_by()
    keys = any_of(
        rows.filter(pk__in=tokens.values("access_token_id")),
        rows.filter(source_refresh_token_id__in=tokens.values("pk")),
        rows.filter(token_checksum__in=own.values("first_access_checksum")),
        rows.filter(token_checksum__in=own.values("front_access_checksum")),
    )
    return rows.filter(pk__in=keys, expires__gt=clock.now())


def codes_of(grants: Any, using: str) -> Any:
    """The codes of these grants that were not redeemed yet."""
    own = Authorization.objects.using(using).filter(pk__in=grants, code_checksum__isnull=False)
    rows = dot.grant_model()._default_manager.using(using).order_by()
    codes = own.order_by().values("code_checksum")
    return rows.filter(code__in=codes, expires__gt=clock.now())


def any_of(first: Any, *others: Any) -> Any:
    """The keys of what is in any of these.

    A union, where one condition with "or" would read the same: for that a database goes through all its
    tokens, and once more for each of them through the grants.
    """
    return first.order_by().values("pk").union(*(rows.order_by().values("pk") for rows in others))


def _refresh_tokens(using: str) -> Any:
    return dot.refresh_token_model()._default_manager.using(using).order_by()


def _access_tokens(using: str) -> Any:
    return dot.access_token_model()._default_manager.using(using).order_by()


def _owned(radius: Radius) -> Q:
    limits = {"user_id": radius.person, "application_id": radius.client}
    return Q(**{name: key for name, key in limits.items() if key is not None})


def _scoped(radius: Radius, column: str = "scope") -> Q:
    """One word among others, in its own case: SQLite would compare parts of a text in any."""
    if not radius.scope:
        return Q()
    return Q(**{f"{column}__regex": rf"(^| ){re.escape(radius.scope)}( |$)"})


def _has_window(radius: Radius) -> bool:
    return radius.since is not None or radius.until is not None


def _within(radius: Radius, column: str = "created", later: timedelta = timedelta()) -> Q:
    within = Q()
    if radius.since is not None:
        within &= Q(**{f"{column}__gte": radius.since + later})
    if radius.until is not None:
        within &= Q(**{f"{column}__lt": radius.until + later})
    return within
