"""Writing down what happened: a row, a log line and a signal, after the transaction has committed."""

import logging
import secrets
from functools import partial
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows import dot, signals
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.conf import conf
from django_oauthflows.errors import Refusal

logger = logging.getLogger("django_oauthflows.audit")

#: Refusals are counted per rule, client and network within this many seconds.
WINDOW = 3600
#: What an event's log record carries as `extra`, and its signal as arguments.
_FIELDS = (
    "event",
    "reference",
    "client_id",
    "user_id",
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


def network_of(request: HttpRequest) -> str:
    """The address a request came from, taken from behind as many proxies as the project has."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if conf.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= conf.TRUSTED_PROXIES:
            address = hops[-conf.TRUSTED_PROXIES]
    return address[:64]


def record(
    event: Event,
    *,
    application: models.Model | None = None,
    application_key: Any = None,
    client_id: str = "",
    user: Any = None,
    by: Any = None,
    request: HttpRequest | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one event once the current transaction, if any, has committed.

    `user` is whom it concerns, an instance or a key; `by` whoever did it: a person, or what a token stands
    for where that is a client, which the request says by itself.
    """
    by = by if by is not None else _client_of(request)
    row = AuditEvent(
        reference=new_reference(),
        event=event,
        application_id=application.pk if application is not None else application_key,
        client_id=client_id or getattr(application, "client_id", ""),
        user_id=getattr(user, "pk", user),
        network=network_of(request) if request is not None else "",
        detail={**(detail or {}), **({"by": _word_for(by)} if by is not None else {})},
    )
    transaction.on_commit(partial(_write, row), using=dot.token_database())


def _client_of(request: HttpRequest | None) -> Any:
    caller = getattr(request, "user", None)
    return caller if hasattr(caller, "client_id") else None


def _word_for(by: Any) -> str:
    """`person:17` or `client:3xAmPl3`; a word as it is."""
    if isinstance(by, str):
        return by
    return f"client:{by.client_id}" if by.pk is None else f"person:{by.pk}"


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
    """
    network = network_of(request)
    counter = _counter(refusal.rule, client_id, network)
    occurrences = _count(counter) if is_written else 0
    row = AuditEvent(
        reference=new_reference(),
        event=Event.REQUEST_REFUSED,
        application_id=application_key,
        client_id=client_id[:255],
        user_id=getattr(user, "pk", user),
        network=network,
        endpoint=endpoint,
        code=refusal.code,
        rule=refusal.rule,
        specification=refusal.spec,
        sentence=refusal.sentence[:300],
        detail=detail or {},
        occurrences=max(1, occurrences),
    )
    if _is_worth_a_row(occurrences):
        if _save(row):
            _remember(counter, row.reference)
    elif occurrences:
        row.reference = _remembered(counter) or row.reference
    _announce(row)
    signals.request_refused.send_robust(
        sender=None,
        rule=refusal.rule,
        code=str(refusal.code),
        client_id=client_id,
        reference=row.reference,
    )
    return row.reference


def _write(row: AuditEvent) -> None:
    if _save(row):
        _announce(row)


def _save(row: AuditEvent) -> bool:
    try:
        row.save(force_insert=True)
    except Exception:
        # The request was decided already; a log that cannot be written must be loud and must not undo that.
        logger.exception("audit event %s could not be written", row.event)
        return False
    return True


def _announce(row: AuditEvent) -> None:
    """One log record and one signal for each event, written out or only counted."""
    fields = {name: getattr(row, name) for name in _FIELDS}
    fields |= {"event": str(row.event), "code": str(row.code)}
    if row.event == Event.REQUEST_REFUSED:
        logger.info("request refused: %s at %s", row.rule, row.endpoint, extra=fields)
    else:
        logger.info("%s", fields["event"], extra=fields)
    signals.audit_recorded.send_robust(sender=None, **fields)


def _counter(rule: str, client_id: str, network: str) -> str:
    """The cache key of this window's refusals of one kind."""
    window = int(timezone.now().timestamp()) // WINDOW
    return f"oauthflows:refused:{window}:{rule}:{network}:{hash_of(client_id)}"


def _count(counter: str) -> int:
    """How often this refusal has happened within the window; 0 when the cache cannot say."""
    try:
        cache.add(counter, 0, timeout=WINDOW)
        return int(cache.incr(counter))
    except Exception:
        logger.exception(
            "the cache does not answer; refusals are logged but not written to the audit table"
        )
        return 0


def _remember(counter: str, reference: str) -> None:
    try:
        cache.set(f"{counter}:reference", reference, timeout=WINDOW)
    except Exception:
        logger.exception("the cache does not answer; a reference may lead to no row")


def _remembered(counter: str) -> str:
    try:
        return str(cache.get(f"{counter}:reference", ""))
    except Exception:
        logger.exception("the cache does not answer; a reference may lead to no row")
        return ""


def _is_worth_a_row(occurrences: int) -> bool:
    """The first few of a window, then each power of two: a flood of N leaves a handful plus log2(N) rows."""
    few = 0 < occurrences <= conf.AUDIT_ROWS_PER_WINDOW
    return few or (occurrences > 0 and occurrences & (occurrences - 1) == 0)


def hash_of(text: str) -> str:
    """A short stable key for text that may hold characters a cache key must not."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
