"""Limits on guessing: counters in the cache, shared by every worker that shares the cache.

A guess is counted before it is looked at, so that any number of guesses at once are all counted. Whoever asks
for too many waits until the window is over. Without a cache no guess is looked at (`CacheUnavailable`):
loudly, since people who know their password are refused as well. What is counted for the sake of the server's
room alone (`serves_without_cache`) is counted by each process for itself then.
"""

import logging
from hashlib import sha256
from math import ceil

from django_oauthflows.core import clock, quiet_log
from django_oauthflows.core.guarded_cache import cache, local_cache
from django_oauthflows.core.outage import CacheUnavailable

logger = logging.getLogger("django_oauthflows.limits")


def spend(
    name: str,
    key: str,
    *,
    at_most: int,
    per_seconds: int,
    serves_without_cache: bool = False,
    amount: int = 1,
) -> int | None:
    """Count one guess at `name` by or at `key`, or as many as its `amount`.

    Returns None where it is one of the `at_most` within this window, else the seconds to wait. Raises
    `CacheUnavailable`.
    """
    counter, left = _counter(name, key, per_seconds)
    try:
        count = cache.count(counter, timeout=per_seconds, amount=amount)
    except CacheUnavailable as error:
        if not serves_without_cache:
            quiet_log.report(logger, "without the cache no guess is looked at", error)
            raise
        count = local_cache.count(counter, timeout=per_seconds, amount=amount)
    return left if count > at_most else None


def give_back(name: str, key: str, *, per_seconds: int) -> None:
    """Take one count back: it was no guess."""
    counter, _ = _counter(name, key, per_seconds)
    try:
        cache.decr(counter)
    except CacheUnavailable:
        logger.info("a count was not given back: %s", name)  # it is counted, which is safe


def _counter(name: str, key: str, per_seconds: int) -> tuple[str, int]:
    """The counter of this window, and the seconds until the next one.

    Each key has windows of its own, so that nobody knows when the next one begins.
    """
    digest = sha256(f"{name}:{key}".encode("utf-8", "surrogatepass")).hexdigest()
    now = clock.now().timestamp() + int(digest[:8], 16) % per_seconds
    window = int(now // per_seconds)
    return f"oauthflows:limit:{window}:{digest[:40]}", max(
        1, ceil((window + 1) * per_seconds - now)
    )
