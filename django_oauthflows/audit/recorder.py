"""Writing down what happened: a row, a log line and a signal, after the transaction has committed."""

import logging
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connections, models
from django.http import HttpRequest

from django_oauthflows import dot, signals
from django_oauthflows.audit import actors
from django_oauthflows.audit.actors import actor_of, network_of
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.conf import conf
from django_oauthflows.core import clock, database_deadline, quiet_log
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.core.guarded_cache import cache, local_cache
from django_oauthflows.core.outage import CacheUnavailable, is_outage
from django_oauthflows.errors import Refusal
from django_oauthflows.traffic import counting

logger = logging.getLogger("django_oauthflows.audit")

#: Refusals are counted per rule, known client and network within this many seconds.
WINDOW = 3600
#: How many times `AUDIT_ROWS_PER_WINDOW` one network writes in all, whichever rules and clients it names.
KINDS_PER_NETWORK = 20
#: What an event's log record carries as `extra`, and its signal as arguments.
_FIELDS = (
    "event",
    "reference",
    "client_id",
    "user_id",
    "actor",
    "network",
    "endpoint",
    "code",
    "rule",
    "specification",
    "sentence",
    "detail",
    "occurrences",
)


def new_reference() -> str:
    """A short id a person can read out over the telephone: 48 random bits in hexadecimal."""
    return secrets.token_hex(6)


def record(
    event: Event,
    *,
    application: models.Model | None = None,
    application_key: Any = None,
    client_id: str = "",
    user: Any = None,
    by: Any = None,
    request: HttpRequest | None = None,
    network: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one event once the current transaction, if any, has committed.

    `user` is whom it concerns, an instance or a key; `by` whoever did it, as `actor_of` has it.
    """
    row = AuditEvent(
        reference=new_reference(),
        event=event,
        application_id=application.pk if application is not None else application_key,
        client_id=client_id or getattr(application, "client_id", ""),
        user_id=getattr(user, "pk", user),
        actor=actor_of(by, request),
        network=network_of(request) if request is not None else network,
        detail=detail or {},
    )
    after_commit(_write, row, using=dot.token_database())


def record_some(
    event: Event,
    request: HttpRequest,
    *,
    endpoint: str,
    application_key: Any,
    client_id: str,
    user: Any = None,
    by: Any = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write an event that may come with each request of a client, in bounded number as refusals are.

    Each event has a budget of its own, and takes no room from refusals.
    """
    network = network_of(request)
    occurrences = count(counter_of(event, application_key, network))
    if not _is_worth_a_row(occurrences) or not _has_room(network, event):
        return
    row = AuditEvent(
        reference=new_reference(),
        event=event,
        application_id=application_key,
        client_id=client_id,
        user_id=getattr(user, "pk", user),
        actor=actor_of(by, request),
        network=network,
        endpoint=endpoint,
        detail=detail or {},
        occurrences=occurrences,
    )
    after_commit(_write, row, using=dot.token_database())


def refuse(
    refusal: Refusal,
    request: HttpRequest,
    *,
    endpoint: str,
    application_key: Any = None,
    client_id: str = "",
    user: Any = None,
    detail: dict[str, Any] | None = None,
    is_written: bool = True,
) -> str:
    """Record a refusal, in bounded number, and return the reference the refused is told.

    Refusals that are only counted have the reference of the last row by the same rule, client and network, so
    that whoever asks about any of them can be helped. Without `is_written` there is no row at all.

    `application_key` names a client that is known. Anybody can invent a `client_id`, so it makes no counter.
    """
    counting.refused(endpoint, code=refusal.code, rule=refusal.rule)
    row = AuditEvent(
        reference=new_reference(),
        event=Event.REQUEST_REFUSED,
        application_id=application_key,
        client_id=client_id[:255],
        user_id=getattr(user, "pk", user),
        actor=_asking(refusal, getattr(user, "pk", user), client_id),
        network=network_of(request),
        endpoint=endpoint,
        code=refusal.code,
        rule=refusal.rule,
        specification=refusal.spec,
        sentence=refusal.sentence[:300],
        detail=detail or {},
    )
    if is_written:
        kind = refusal.counted_as or refusal.rule
        save_some(row, counter_of(kind, application_key, row.network))
    announce(row)
    signals.request_refused.send_robust(
        sender=None,
        rule=refusal.rule,
        code=str(refusal.code),
        client_id=client_id,
        reference=row.reference,
    )
    return row.reference


def save_some(
    row: AuditEvent, counter: str, *, budget: str = "", more: Callable[[], dict[str, Any]] = dict
) -> None:
    """Count an event of one kind and save a bounded number; the others get the last row's reference.

    `counter` is what `counter_of` made of its kind; `more` is called for what a row that is saved tells too.
    With a `budget` of its own a kind takes no room from the others of its network, and its first row always
    has some.
    """
    row.occurrences = count(counter)
    is_sure = bool(budget) and row.occurrences == 1
    if _is_worth_a_row(row.occurrences) and (_has_room(row.network, budget) or is_sure):
        row.detail |= more()
        if _save(row):
            _remember(counter, row.reference)
    else:
        row.reference = _remembered(counter) or row.reference


def counter_of(kind: str, application_key: Any, network: str) -> str:
    """Return the cache key of this window's events of one kind."""
    client = "" if application_key is None else str(application_key)
    return f"oauthflows:refused:{_window()}:{kind}:{hash_of(network)}:{hash_of(client)}"


def _asking(refusal: Refusal, user: Any, client_id: str) -> str:
    """Whoever was refused, as far as they proved it: anybody may send the id of a client."""
    if user is not None:
        return actors.person(user)
    return actors.client(client_id) if client_id and refusal.code not in actors.UNPROVEN else ""


def _write(row: AuditEvent) -> None:
    if _save(row):
        announce(row)


def _save(row: AuditEvent) -> bool:
    try:
        with database_deadline.deadlines(connections.all()):
            _insert(row)
    except Exception as error:
        # The request was decided already; a log that cannot be written must be loud and must not undo that.
        if is_outage(error):
            quiet_log.report(logger, "audit events cannot be written", error)
        else:
            logger.exception("audit event %s could not be written", row.event)
        return False
    return True


def _insert(row: AuditEvent) -> None:
    try:
        row.save(force_insert=True)
    except IntegrityError:
        # The client or the person was deleted in the same transaction, or since.
        row.application_id = row.user_id = None
        row.save(force_insert=True)


def announce(row: AuditEvent) -> None:
    """One log record and one signal for each event, written out or only counted."""
    fields = {name: getattr(row, name) for name in _FIELDS}
    fields |= {"event": str(row.event), "code": str(row.code)}
    if row.event == Event.REQUEST_REFUSED:
        line, said = "request refused: %s at %s", (row.rule, row.endpoint)
        logger.info(line, *said, extra=fields)
        if dot.is_heard(logging.INFO):
            # At DOT's level, whatever the level of ours is.
            record = logger.makeRecord(
                logger.name, logging.INFO, __file__, 0, line, said, None, extra=fields
            )
            dot.pass_on(record)
    else:
        logger.info("%s", fields["event"], extra=fields)
    signals.audit_recorded.send_robust(sender=None, **fields)


def _has_room(network: str, budget: str) -> bool:
    """Count one row more of a network, and return whether it may still write it."""
    rows = count(f"oauthflows:refused:{_window()}:rows{budget}:{hash_of(network)}")
    return rows <= conf.AUDIT_ROWS_PER_WINDOW * KINDS_PER_NETWORK


def _window() -> int:
    return int(clock.now().timestamp()) // WINDOW


def count(counter: str) -> int:
    """Count once more, in this process alone without the cache; return how often it was within the window."""
    try:
        return cache.count(counter, timeout=WINDOW)
    except CacheUnavailable:
        return local_cache.count(counter, timeout=WINDOW)


def counted(counter: str) -> int:
    """Return how often that was within the window, without counting it."""
    try:
        return int(cache.get(counter, 0))
    except CacheUnavailable:
        return int(local_cache.get(counter, 0))


def _remember(counter: str, reference: str) -> None:
    try:
        cache.set(f"{counter}:reference", reference, timeout=WINDOW)
    except CacheUnavailable:
        local_cache.set(f"{counter}:reference", reference, timeout=WINDOW)


def _remembered(counter: str) -> str:
    try:
        return str(cache.get(f"{counter}:reference", ""))
    except CacheUnavailable:
        return str(local_cache.get(f"{counter}:reference", ""))


def _is_worth_a_row(occurrences: int) -> bool:
    """The first few of a window, then each power of two: a flood of N leaves a handful plus log2(N) rows."""
    few = 0 < occurrences <= conf.AUDIT_ROWS_PER_WINDOW
    return few or (occurrences > 0 and occurrences & (occurrences - 1) == 0)


def hash_of(text: str) -> str:
    """A short stable key for text that may hold characters a cache key must not."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
