"""Ending everything within a radius: counted first, then done in short transactions beside live traffic.

Rows are locked in the order of `families`. The first pass takes many grants at a time and never waits for
one; whatever somebody else held, or started meanwhile, is ended by the passes after it, one grant at a time.
What has ended is not looked at again, so a run that was stopped is finished by the next one.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

from django.db import connections, transaction
from django.db.models import Q
from django.http import HttpRequest

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.core import clock
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.core.deadlocks import despite_deadlocks
from django_oauthflows.long_lists import AtLeast, count_up_to
from django_oauthflows.tokens import families, lineage, radius
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.radius import Counts, Radius

T = TypeVar("T")

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


def preview(within: Radius, *, at_most: int | None = None) -> Preview:
    """Count, and change nothing. Beyond `at_most` of a kind it is said that there are more (`AtLeast`)."""
    using = dot.token_database()
    own, is_cut = _first(radius.grants_within(within, using), at_most)
    shown: Callable[[int], int] = AtLeast if is_cut else _as_it_is
    ending, exchanged = _with_exchanged(own, using)
    unparented = radius.refresh_tokens_within(within, using)
    access = radius.access_tokens_within(within, using)
    if not isinstance(count_up_to(access, at_most), AtLeast):
        access = _with_those_of(access, ending, unparented, using)
    codes = radius.any_of(
        radius.codes_of(ending.values("pk"), using), radius.codes_within(within, using)
    )
    refresh = radius.refresh_tokens_of(ending.values("pk"), using)
    people, clients = _touched((ending, unparented, access), at_most)
    all_codes = dot.grant_model()._default_manager.using(using).filter(pk__in=codes)
    counts = Counts(
        grants=shown(own.count()),
        exchanged=shown(exchanged),
        refresh_tokens=shown(count_up_to(refresh, at_most) + count_up_to(unparented, at_most)),
        access_tokens=shown(count_up_to(access, at_most)),
        codes=shown(count_up_to(all_codes, at_most)),
        device_codes=count_up_to(radius.device_codes_within(within, using), at_most),
    )
    return Preview(counts=counts, people=shown(people), clients=shown(clients))


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
    end_grants = _again(partial(_end_grants, reason=reason, using=using, waits=waits), using)
    # Without a grant first: one that a first refresh is just starting is seen among the grants then.
    yield from _in_batches(radius.refresh_tokens_within(within, using), size, end_unparented)
    yield from _in_batches(radius.grants_within(within, using), size, end_grants)
    for name, rows in (
        ("access_tokens", radius.access_tokens_within(within, using)),
        ("codes", radius.codes_within(within, using)),
        ("device_codes", radius.device_codes_within(within, using)),
    ):
        delete = _again(partial(_delete, rows.model, name, using), using)
        yield from _in_batches(rows, size, delete)


def _again(end: Callable[[Sequence[Any]], T], using: str) -> Callable[[Sequence[Any]], T]:
    """Return the same, which is one transaction, tried again after a deadlock."""
    return lambda keys: despite_deadlocks(partial(end, keys), using=using)


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
    now, rows = clock.now(), Authorization.objects.using(using).order_by()
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
    counted = access.filter(beside, expires__gt=clock.now()).count()

    def end() -> int:
        with transaction.atomic(using=using):
            return families.revoke_refresh_tokens(tokens.filter(pk__in=keys), using)

    ended = despite_deadlocks(end, using=using)
    known = tokens.filter(pk__in=keys, token_family__isnull=False)
    parents = list(known.values_list("token_family", flat=True))
    # In a transaction of its own: an exchange locks the grant before the token.
    exchanged = despite_deadlocks(
        partial(families.revoke_below, parents, reason, using), using=using
    )
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


def _as_it_is(count: int) -> int:
    return count


def _first(rows: Any, at_most: int | None) -> tuple[Any, bool]:
    """The first of these grants, by their keys, and whether there are more."""
    if at_most is None:
        return rows, False
    keys = list(_keys(rows)[: at_most + 1])
    return Authorization.objects.using(rows.db).filter(pk__in=keys[:at_most]), len(keys) > at_most


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
    ending = rows.filter(pk__in=radius.any_of(own, rows.filter(pk__in=found)))
    return ending, ending.count() - own.count()


def _with_those_of(access: Any, ending: Any, unparented: Any, using: str) -> Any:
    """These access tokens, those of the grants, and those beside refresh tokens without one."""
    rows = dot.access_token_model()._default_manager.using(using).order_by()
    keys = radius.any_of(
        access,
        radius.access_tokens_of(ending.values("pk"), using),
        rows.filter(pk__in=unparented.values("access_token_id")),
        rows.filter(source_refresh_token_id__in=unparented.values("pk")),
    )
    return rows.filter(pk__in=keys, expires__gt=clock.now())


def _touched(tables: Sequence[Any], at_most: int | None) -> tuple[int, int]:
    """How many people and how many clients these rows belong to."""
    people, clients, is_cut = set[Any](), set[Any](), False
    for rows in tables:
        owners = rows.values_list("user_id", "application_id")
        found = list(owners.distinct() if at_most is None else owners[: at_most + 1])
        people |= {person for person, _ in found}
        clients |= {client for _, client in found}
        is_cut |= at_most is not None and len(found) > at_most
    counts = len(people - {None}), len(clients - {None})
    return (AtLeast(counts[0]), AtLeast(counts[1])) if is_cut else counts


def _keys(rows: Any) -> Any:
    return rows.values_list("pk", flat=True)


def _tell(key: Any, reason: str, using: str) -> None:
    """The row says that it ended and why; one audit event stands for the whole run."""
    after_commit(
        signals.authorization_revoked.send_robust,
        using=using,
        sender=None,
        authorization_id=key,
        reason=reason,
    )


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
