"""Limits on guessing: counters in the cache, shared by every worker that shares the cache.

A guess is counted before it is looked at, so that any number of guesses at once are all counted. Whoever asks
for too many waits until the window is over. A cache that does not answer refuses every guess: loudly, since
people who know their password are refused as well. What is counted for the sake of the server's room alone
(`serves_without_cache`) goes on without it.
"""

import logging
from hashlib import sha256
from math import ceil

from django.core.cache import cache
from django.utils import timezone

logger = logging.getLogger("django_oauthflows.limits")


def spend(
    name: str, key: str, *, at_most: int, per_seconds: int, serves_without_cache: bool = False
) -> int | None:
    """Count one guess at `name` by or at `key`.

    Returns None where it is one of the `at_most` within this window, else the seconds to wait.
    """
    counter, left = _counter(name, key, per_seconds)
    try:
        cache.add(counter, 0, timeout=per_seconds)
        count = int(cache.incr(counter))
    except Exception:
        if serves_without_cache:
            logger.exception("the cache does not answer; nothing is counted: %s", name)
            return None
        logger.exception("the cache does not answer; every guess is refused: %s", name)
        return left
    return left if count > at_most else None


def give_back(name: str, key: str, *, per_seconds: int) -> None:
    """Take one count back: it was no guess."""
    counter, _ = _counter(name, key, per_seconds)
    try:
        cache.decr(counter)
    except Exception:
        # The window has just ended, or the cache does not answer; either way it is counted, which is safe.
        logger.info("a count was not given back: %s", name, exc_info=True)


def _counter(name: str, key: str, per_seconds: int) -> tuple[str, int]:
    """The counter of this window, and the seconds until the next one.

    Each key has windows of its own, so that nobody knows when the next one begins.
    """
    digest = sha256(f"{name}:{key}".encode("utf-8", "surrogatepass")).hexdigest()
    now = timezone.now().timestamp() + int(digest[:8], 16) % per_seconds
    window = int(now // per_seconds)
    return f"oauthflows:limit:{window}:{digest[:40]}", max(
        1, ceil((window + 1) * per_seconds - now)
    )
