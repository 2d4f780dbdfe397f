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
    request: HttpRequest | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one event once the current transaction, if any, has committed. `user` is an instance or a key."""
    row = AuditEvent(
        reference=new_reference(),
        event=event,
        application_id=application.pk if application is not None else application_key,
        client_id=client_id or getattr(application, "client_id", ""),
        user_id=getattr(user, "pk", user),
        network=network_of(request) if request is not None else "",
        detail=detail or {},
    )
    transaction.on_commit(partial(_write, row), using=dot.token_database())


def refuse(
    refusal: Refusal,
    request: HttpRequest,
    *,
    endpoint: str,
    application_key: Any = None,
    client_id: str = "",
    user: Any = None,
    detail: dict[str, Any] | None = None,
) -> str:
    """Record a refusal, in bounded number, and return the reference the refused is told."""
    reference = new_reference()
    network = network_of(request)
    occurrences = _count(refusal.rule, client_id, network)
    logger.info(
        "request refused: %s at %s",
        refusal.rule,
        endpoint,
        extra={
            "reference": reference,
            "rule": refusal.rule,
            "code": str(refusal.code),
            "network": network,
        },
    )
    if _is_worth_a_row(occurrences):
        _write(
            AuditEvent(
                reference=reference,
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
                occurrences=occurrences,
            )
        )
    signals.request_refused.send_robust(
        sender=None,
        rule=refusal.rule,
        code=str(refusal.code),
        client_id=client_id,
        reference=reference,
    )
    return reference


def _write(row: AuditEvent) -> None:
    try:
        row.save(force_insert=True)
    except Exception:
        # The request was decided already; a log that cannot be written must be loud and must not undo that.
        logger.exception("audit event %s could not be written", row.event)
        return
    if row.event != Event.REQUEST_REFUSED:
        logger.info("%s", row.event, extra={"reference": row.reference, "client_id": row.client_id})


def _count(rule: str, client_id: str, network: str) -> int:
    """How often this refusal has happened within the window; 0 when the cache cannot say."""
    window = int(timezone.now().timestamp()) // WINDOW
    key = f"oauthflows:refused:{window}:{rule}:{network}:{hash_of(client_id)}"
    try:
        cache.add(key, 0, timeout=WINDOW)
        return int(cache.incr(key))
    except Exception:
        logger.exception(
            "the cache does not answer; refusals are logged but not written to the audit table"
        )
        return 0


def _is_worth_a_row(occurrences: int) -> bool:
    """The first few of a window, then each power of two: a flood of N leaves a handful plus log2(N) rows."""
    few = 0 < occurrences <= conf.AUDIT_ROWS_PER_WINDOW
    return few or (occurrences > 0 and occurrences & (occurrences - 1) == 0)


def hash_of(text: str) -> str:
    """A short stable key for text that may hold characters a cache key must not."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
