"""The cache, through one door: whatever goes wrong with it is one exception, and costs one time-out.

A cache that hangs holds each caller until its socket's time-out. After the first failure the cache is not
asked for a few seconds (a circuit breaker); then one caller tries it, while the others go on without. A cache
whose sockets have no time-out cannot be guarded so: a check names that.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.locmem import LocMemCache

from django_oauthflows.core import quiet_log
from django_oauthflows.core.outage import CacheUnavailable

logger = logging.getLogger("django_oauthflows.cache")

#: Seconds for which a cache that failed is not asked.
PAUSE = 5.0
#: How many entries a process keeps by itself while the cache is away.
_ROOM = 5000


class GuardedCache:
    """One of the project's caches. Each method does what Django's does, or raises `CacheUnavailable`."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._closed_until = 0.0
        self._lock = Lock()

    def get(self, key: str, default: Any = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default))

    def set(self, key: str, value: Any, *, timeout: float | None) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout=timeout))

    def add(self, key: str, value: Any, *, timeout: float | None) -> bool:
        return bool(self._ask(lambda cache: cache.add(key, value, timeout=timeout)))

    def delete(self, key: str) -> None:
        self._ask(lambda cache: cache.delete(key))

    def count(self, key: str, *, timeout: int, amount: int = 1) -> int:
        """Add to a counter that ends `timeout` seconds after its first use, and return it."""
        return int(self._ask(lambda cache: _count(cache, key, timeout, amount)))

    def decr(self, key: str) -> None:
        """Take one back from a counter; do nothing where it has ended."""
        self._ask(lambda cache: _take_back(cache, key))

    def forget(self) -> None:
        """Ask the cache again at once."""
        self._closed_until = 0.0

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        self._must_be_open()
        try:
            answer = question(caches[self._alias])
        except Exception as error:
            self._closed_until = monotonic() + PAUSE
            quiet_log.report(logger, "the cache does not answer", error)
            raise CacheUnavailable(quiet_log.described(error)) from error
        self._closed_until = 0.0
        return answer

    def _must_be_open(self) -> None:
        """Raise within the pause; after it let one caller try and keep the others waiting no longer."""
        if not self._closed_until:
            return
        with self._lock:
            if monotonic() < self._closed_until:
                error = CacheUnavailable("it did not answer a moment ago")
                quiet_log.report(logger, "the cache does not answer", error)
                raise error
            if self._closed_until:
                self._closed_until = monotonic() + PAUSE


def _count(cache: Any, key: str, timeout: int, amount: int) -> int:
    cache.add(key, 0, timeout=timeout)
    try:
        return int(cache.incr(key, amount))
    except (
        ValueError
    ):  # it ended between the two, or this cache keeps nothing: then no count is true
        cache.add(key, 0, timeout=timeout)
        return int(cache.incr(key, amount))


def _take_back(cache: Any, key: str) -> None:
    try:
        cache.decr(key)
    except ValueError:  # it has ended
        return


class LocalCache:
    """Bounded memory of this process, for what has to go on while the cache is away."""

    def __init__(self) -> None:
        self._cache = LocMemCache("oauthflows", {"OPTIONS": {"MAX_ENTRIES": _ROOM}})

    def get(self, key: str, default: Any = None) -> Any:
        return self._cache.get(key, default)

    def set(self, key: str, value: Any, *, timeout: float) -> None:
        self._cache.set(key, value, timeout=timeout)

    def count(self, key: str, *, timeout: int, amount: int = 1) -> int:
        return _count(self._cache, key, timeout, amount)

    def forget(self) -> None:
        self._cache.clear()


@lru_cache(maxsize=16)
def guarded(alias: str) -> GuardedCache:
    """Return the guarded cache of this name, the same one each time."""
    return GuardedCache(alias)


#: The project's default cache, which its workers share.
cache = guarded(DEFAULT_CACHE_ALIAS)
#: The memory of this process alone.
local_cache = LocalCache()
