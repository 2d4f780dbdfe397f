"""A dry run: what would have been refused of a client's requests of the last days, had it been changed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min, Sum

from django_oauthflows.clients.dry_run.asking import ask, not_asked
from django_oauthflows.clients.dry_run.shapes import Shape
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.core import clock
from django_oauthflows.errors import Refusal
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.traffic import counting, reading
from django_oauthflows.traffic.models import RequestShape

#: The columns of a policy that decide which requests are answered.
COLUMNS = frozenset(
    {
        "profile",
        "flows",
        "may_omit_pkce_and_nonce",
        "scopes",
        "authentication_method",
        "token_endpoint_auth_signing_alg",
        "jwks",
        "jwks_uri",
        "resources",
        "allowed_resources",
        "exchange_targets",
        "id_token_signed_response_alg",
        "request_object_signing_alg",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """So many requests to one endpoint that looked the same."""

    endpoint: str
    flow: str
    shape: Shape
    count: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Requests that one rule would have refused with one sentence, those most often made first."""

    refusal: Refusal
    requests: tuple[Recorded, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.requests)

    @property
    def last(self) -> datetime:
        return max(one.last for one in self.requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKnown:
    """Requests that would be answered as far as is known: this rule could not be asked. Empty: none could."""

    rule: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a change would have done to the requests of the last `days`, recorded from `since` on.

    `since` is `None` where nothing is recorded of any client, and later than the first of those days where
    the recording began later.
    """

    days: int
    since: datetime | None
    began_later: bool
    requests: int
    stopped: tuple[Stopped, ...]
    not_known: tuple[NotKnown, ...]

    @property
    def refused(self) -> int:
        return sum(one.count for one in self.stopped)


def dry_run(application: Any, changes: Mapping[str, Any], *, days: int) -> DryRun:
    """Ask the rules about the client's recorded requests, as it is and with `changes` to its policy.

    What is refused as it is, since it was changed after the request, is none of this change's doing.
    """
    counting.flush()
    now, secrets = clock.now(), list(ClientSecret.objects.filter(application_id=application.pk))
    before = facts_of(application, secrets)
    after = facts_of(_changed(application, before, changes), secrets)
    recorded = tuple(_recorded(application, now - timedelta(days=days)))
    stopped: dict[tuple[str, str], list[tuple[Refusal, Recorded]]] = defaultdict(list)
    not_known: dict[str, int] = defaultdict(int)
    for one in recorded:
        refusal, rules = _answer(one, before, after)
        if refusal is not None:
            stopped[refusal.rule, refusal.sentence].append((refusal, one))
        for rule in rules:
            not_known[rule] += one.count
    return DryRun(
        days=days,
        **_since(now - timedelta(days=days)),
        requests=sum(one.count for one in recorded),
        stopped=tuple(sorted(map(_stopped, stopped.values()), key=lambda one: -one.count)),
        not_known=tuple(NotKnown(rule=rule, count=not_known[rule]) for rule in sorted(not_known)),
    )


def decides(changes: Iterable[str]) -> bool:
    """May a change to these columns refuse a request?"""
    return not COLUMNS.isdisjoint(changes)


def _changed(application: Any, before: ClientFacts, changes: Mapping[str, Any]) -> Any:
    """The application with another policy, saved nowhere; without one, with what goes for it without."""
    twin = copy(application)
    policy = copy(getattr(application, "oauthflows_policy", None)) or ClientPolicy(
        profile=before.profile,
        flows=sorted(before.flows),
        scopes=sorted(before.scopes),
        authentication_method=before.authentication_method,
    )
    for column, value in changes.items():
        setattr(policy, column, value)
    twin.oauthflows_policy = policy
    return twin


def _answer(
    one: Recorded, before: ClientFacts, after: ClientFacts
) -> tuple[Refusal | None, tuple[str, ...]]:
    """How the change refuses it, and which rules could not be asked about it."""
    try:
        if ask(one.endpoint, one.shape, before) is not None:
            return None, ()
        refusal = ask(one.endpoint, one.shape, after)
    except KeyError:
        return None, ("",)
    return refusal, () if refusal else tuple(not_asked(one.shape, before, after))


def _recorded(application: Any, since: datetime) -> Iterator[Recorded]:
    """What looked the same on several days is put together; two statements."""
    rows = RequestShape.objects.filter(application_id=application.pk)
    counted = {
        key: (count, last)
        for key, count, last in rows.filter(day__gte=since.date(), last__gte=since)
        .values_list("digest")
        .annotate(Sum("count"), Max("last"), Min("pk"))
        .order_by()
        .values_list("pk__min", "count__sum", "last__max")
    }
    for row in RequestShape.objects.filter(pk__in=counted):
        count, last = counted[row.pk]
        yield Recorded(
            endpoint=row.endpoint, flow=row.flow, shape=row.shape, count=count, last=last
        )


def _since(wanted: datetime) -> dict[str, Any]:
    began = reading.recorded_since()
    # The first of the days counts as a whole where its recording began within it.
    began_later = began is not None and began - wanted > timedelta(hours=1)
    return {"since": began and max(began, wanted), "began_later": began_later}


def _stopped(found: list[tuple[Refusal, Recorded]]) -> Stopped:
    requests = sorted((one for _, one in found), key=lambda one: -one.count)
    return Stopped(refusal=found[0][0], requests=tuple(requests))
