"""Counting attempts in the cache, so that what is short enough to type is too much work to guess."""

import logging

from django.core.cache import cache
from django.utils import timezone

from django_oauthflows.audit.recorder import hash_of

logger = logging.getLogger("django_oauthflows.limits")


def spend(name: str, key: str, *, at_most: int, per_seconds: int) -> int | None:
    """Count one attempt: `None` where it may go on, else the seconds until it may.

    Counted before the attempt is made and in one step, so that many at once get no further than one after
    the other. Attempts are counted in windows of `per_seconds`. A cache that does not answer lets nobody
    guess: the attempt has to wait, and the log says why.
    """
    now = int(timezone.now().timestamp())
    window, passed = divmod(now, per_seconds)
    counter = f"oauthflows:limit:{name}:{window}:{hash_of(key)}"
    try:
        cache.add(counter, 0, timeout=per_seconds)
        spent = int(cache.incr(counter))
    except Exception:
        logger.exception("the cache does not answer; attempts at %s are refused meanwhile", name)
        return per_seconds
    return None if spent <= at_most else per_seconds - passed
