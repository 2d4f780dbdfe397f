"""A memory of what failed a moment ago, so that nobody waits for it again.

It is shared through the cache, and kept in the process too: without a cache each process tries once itself.
"""

from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from threading import Lock
from time import monotonic

from django_oauthflows.core.guarded_cache import cache
from django_oauthflows.core.outage import CacheUnavailable

#: How many failures one process remembers.
_ROOM = 1000

_lock = Lock()
_remembered: OrderedDict[str, float] = OrderedDict()


def remember(kind: str, name: str, *, seconds: int) -> None:
    """Remember for some seconds that something failed."""
    key = _key(kind, name)
    with _lock:
        _remembered[key] = monotonic() + seconds
        _remembered.move_to_end(key)
        while len(_remembered) > _ROOM:
            _remembered.popitem(last=False)
    with suppress(CacheUnavailable):  # which is logged there
        cache.set(key, 1, timeout=seconds)


def is_remembered(kind: str, name: str) -> bool:
    """Did it fail a moment ago?"""
    key = _key(kind, name)
    if _remembered.get(key, 0.0) > monotonic():
        return True
    try:
        return bool(cache.get(key))
    except CacheUnavailable:
        return False


def forget_all() -> None:
    """Forget what this process remembers."""
    with _lock:
        _remembered.clear()


def _key(kind: str, name: str) -> str:
    digest = sha256(f"{kind}:{name}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"oauthflows:failed:{digest[:40]}"
