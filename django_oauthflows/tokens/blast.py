"""Ending everything within a radius: counted first, then done in short transactions beside live traffic.

Rows are locked in the order of `families`. The first pass takes many grants at a time and never waits for
one; whatever somebody else held, or started meanwhile, is ended by the passes after it, one grant at a time.
What has ended is not looked at again, so a run that was stopped is finished by the next one.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from django.db import connections, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.tokens import families, lineage, radius
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.radius import Counts, Radius

#: Grants, or rows without one, for each transaction.
BATCH = 200
#: A radius that is being filled as fast as it is emptied is left after so many passes.
_MOST_PASSES = 5
#: Token upon token exchanged: deeper than any chain of services.
_DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a revocation would end, and how many people and clients would notice."""

    counts: Counts
    people: int
    clients: int


def preview(within: Radius) -> Preview:
    """Count, and change nothing."""
    using = dot.token_database()
    own = radius.grants_within(within, using)
    ending, exchanged = _with_exchanged(own, using)
    unparented = radius.refresh_tokens_within(within, using)
    refresh = radius.refresh_tokens_of(ending.values("pk"), using)
    access = _access_tokens(within, ending, unparented, using)
    codes = radius.codes_of(ending.values("pk"), using).values("pk")
    all_codes = (
        dot.grant_model()
        ._default_manager.using(using)
        .filter(Q(pk__in=codes) | Q(pk__in=radius.codes_within(within, using).values("pk")))
    )
    touched = (ending, unparented, access)
    return Preview(
        counts=Counts(
            grants=own.count(),
            exchanged=exchanged,
            refresh_tokens=refresh.count() + unparented.count(),
            access_tokens=access.count(),
            codes=all_codes.count(),
            device_codes=radius.device_codes_within(within, using).count(),
        ),
        people=_distinct("user_id", touched),
        clients=_distinct("application_id", touched),
    )


def revoke(
    within: Radius,
    *,
    by: Any = None,
    request: HttpRequest | None = None,
    batch: int = BATCH,
) -> Generator[Counts, None, None]:
    """End it, and tell after each transaction what has ended so far.

    Whoever stops listening stops the revocation. Either way one audit event says who (`by`) ended how much.
    """
    done, is_complete = Counts(), False
    try:
        for ended in _passes(within, batch):
            done += ended
            yield done
        is_complete = nothing_is_left(within)
    finally:
        _record(within, done, by, request, is_complete=is_complete)


def nothing_is_left(within: Radius) -> bool:
    """Has all of it ended? Not where it is filled as fast as it is emptied."""
    using = dot.token_database()
    return not any(
        rows(within, using).exists()
        for rows in (
            radius.grants_within,
            radius.refresh_tokens_within,
            radius.access_tokens_within,
            radius.codes_within,
            radius.device_codes_within,
        )
    )


def _passes(within: Radius, batch: int) -> Iterator[Counts]:
    using = dot.token_database()
    reason = "mass_revoked" if within.leak is None else "token_leaked"
    for number in range(_MOST_PASSES):
        size, waits = (1, True) if number else (batch, False)
        found = 0
        for ended in _once_through(within, reason, using, size=size, waits=waits):
            found += 1
            yield ended
        if not found:
            return


def _once_through(
    within: Radius, reason: str, using: str, *, size: int, waits: bool
) -> Iterator[Counts]:
    end_unparented = partial(_end_unparented, reason=reason, using=using)
    end_grants = partial(_end_grants, reason=reason, using=using, waits=waits)
    # Without a grant first: one that a first refresh is just starting is seen among the grants then.
    yield from _in_batches(radius.refresh_tokens_within(within, using), size, end_unparented)
    yield from _in_batches(radius.grants_within(within, using), size, end_grants)
    for name, rows in (
        ("access_tokens", radius.access_tokens_within(within, using)),
        ("codes", radius.codes_within(within, using)),
        ("device_codes", radius.device_codes_within(within, using)),
    ):
        yield from _in_batches(rows, size, partial(_delete, rows.model, name, using))


def _in_batches(rows: Any, size: int, end: Callable[[Sequence[Any]], Counts]) -> Iterator[Counts]:
    """Walk the primary key without a lock, and hand over the keys of each batch."""
    last: Any = None
    while True:
        page = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        keys = list(page.values_list("pk", flat=True)[:size])
        if not keys:
            return
        last = keys[-1]
        yield end(keys)


def _end_grants(keys: Sequence[Any], *, reason: str, using: str, waits: bool) -> Counts:
    now, rows = timezone.now(), Authorization.objects.using(using).order_by()
    with transaction.atomic(using=using):
        own = rows.filter(pk__in=keys)
        if not waits and connections[using].features.has_select_for_update_skip_locked:
            free = own.filter(revoked__isnull=True).order_by("pk")
            own = rows.filter(pk__in=list(_keys(free.select_for_update(skip_locked=True))))
        # Ended first, then listed: SQLite lets nobody who began by reading wait for a turn to write.
        lineage.end(own, reason, now)
        ended = {row.pk: row for row in own.filter(revoked=now, revoked_because=reason)}
        below = lineage.end_below(list(ended), reason, now, using)
        exchanged = {row.pk: row for row in below if row.pk not in ended}
        counts = replace(
            _count_tokens([*ended, *exchanged], using), grants=len(ended), exchanged=len(exchanged)
        )
        families.end_tokens_of([*ended.values(), *exchanged.values()], using)
        for key in (*ended, *exchanged):
            _tell(key, reason, using)
    return counts


def _end_unparented(keys: Sequence[Any], *, reason: str, using: str) -> Counts:
    """End refresh tokens of django-oauth-toolkit's own, and then what was made of them by exchange."""
    tokens = dot.refresh_token_model()._default_manager.using(using)
    beside = Q(refresh_token__in=keys) | Q(source_refresh_token_id__in=keys)
    access = dot.access_token_model()._default_manager.using(using)
    counted = access.filter(beside, expires__gt=timezone.now()).count()
    with transaction.atomic(using=using):
        ended = families.revoke_refresh_tokens(tokens.filter(pk__in=keys), using)
    known = tokens.filter(pk__in=keys, token_family__isnull=False)
    parents = list(known.values_list("token_family", flat=True))
    # In a transaction of its own: an exchange locks the grant before the token.
    exchanged = families.revoke_below(parents, reason, using)
    return Counts(refresh_tokens=ended, access_tokens=counted, exchanged=exchanged)


def _delete(model: Any, name: str, using: str, keys: Sequence[Any]) -> Counts:
    with transaction.atomic(using=using):
        gone = model._default_manager.using(using).filter(pk__in=keys).delete()[1]
    return Counts(**{name: gone.get(model._meta.label, 0)})


def _count_tokens(grants: Sequence[Any], using: str) -> Counts:
    return Counts(
        refresh_tokens=radius.refresh_tokens_of(grants, using).count(),
        access_tokens=radius.access_tokens_of(grants, using).count(),
        codes=radius.codes_of(grants, using).count(),
    )


def _with_exchanged(own: Any, using: str) -> tuple[Any, int]:
    """These grants with all that was made of them by exchange, and how many the latter are."""
    rows = Authorization.objects.live().using(using).order_by()
    found, generation = set[Any](), rows.filter(parent__in=own.values("pk"))
    below: set[Any] = set(_keys(generation))
    for _ in range(_DEEPEST):
        if not below - found:
            break
        found |= below
        below = set(_keys(rows.filter(parent__in=below)))
    if not found:
        return own, 0
    ending = rows.filter(Q(pk__in=own.values("pk")) | Q(pk__in=found))
    return ending, ending.count() - own.count()


def _access_tokens(within: Radius, ending: Any, unparented: Any, using: str) -> Any:
    """Those of the grants, those beside refresh tokens without one, and those that stand alone."""
    rows = dot.access_token_model()._default_manager.using(using).order_by()
    keys = unparented.values("pk")
    return rows.filter(
        Q(pk__in=radius.access_tokens_of(ending.values("pk"), using).values("pk"))
        | Q(pk__in=radius.access_tokens_within(within, using).values("pk"))
        | Q(pk__in=unparented.values("access_token_id"))
        | Q(source_refresh_token_id__in=keys),
        expires__gt=timezone.now(),
    )


def _distinct(column: str, tables: Sequence[Any]) -> int:
    first, *others = (
        rows.exclude(**{column: None}).values_list(column, flat=True) for rows in tables
    )
    return int(first.union(*others).count())


def _keys(rows: Any) -> Any:
    return rows.values_list("pk", flat=True)


def _tell(key: Any, reason: str, using: str) -> None:
    """The row says that it ended and why; one audit event stands for the whole run."""
    tell = partial(
        signals.authorization_revoked.send_robust, sender=None, authorization_id=key, reason=reason
    )
    transaction.on_commit(tell, using=using)


def _record(
    within: Radius, done: Counts, by: Any, request: HttpRequest | None, *, is_complete: bool
) -> None:
    limits = {
        "person": within.person,
        "scope": within.scope,
        "since": within.since and within.since.isoformat(),
        "until": within.until and within.until.isoformat(),
    }
    said = {name: str(limit) for name, limit in limits.items() if limit}
    recorder.record(
        Event.TOKENS_MASS_REVOKED,
        application_key=within.client,
        user=None if isinstance(by, str) else by,
        by=by,
        request=request,
        detail={
            **said,
            **({"leaked_token": True} if within.leak else {}),
            "ended": asdict(done),
            "complete": is_complete,
        },
    )
