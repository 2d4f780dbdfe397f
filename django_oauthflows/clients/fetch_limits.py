"""Limits on asking addresses that clients name, while a request waits for the answer.

Anybody can register an address whose host never answers, so each rule here bounds the time that such hosts
take from the workers: few fetches at once in a process, few for one network, no host again that did not
answer a moment ago, and in all no more than a quarter of a minute in each minute of a process, of which one
network takes less than half. A host that answers at once is never counted among the slow ones.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import BoundedSemaphore, Lock
from time import monotonic

from django_oauthflows import limits
from django_oauthflows.core import recent_failures

#: How many answers one process waits for at once.
MOST_AT_ONCE = 4
#: How many fetches one network may cause within `WINDOW` seconds, and how many of them may fail or be slow.
FETCHES_PER_NETWORK, SLOW_PER_NETWORK = 60, 5
WINDOW = 60
#: Seconds that one process may lose to hosts that fail or are slow within `WINDOW`.
SECONDS_LOST = 15.0
#: The same for what one network causes, two silent hosts: less than half, so that others have the rest.
SECONDS_LOST_PER_NETWORK = 7.0
#: Seconds from which on an answer is slow.
SLOW = 0.5
#: How many seconds a host or an address is left alone that did not answer.
LEFT_ALONE = 30

_KIND = "fetch"
#: Seconds below which sums of them are none.
_NOTHING = 0.001
_places = BoundedSemaphore(MOST_AT_ONCE)
_lock = Lock()
#: When this process lost how many seconds, and for which network, the oldest first.
_lost: deque[tuple[float, float, str | None]] = deque()
#: The seconds that the fetches of each network may take that are under way.
_kept: defaultdict[str, float] = defaultdict(float)


class Doubt(Enum):
    """Why an address is not asked now."""

    #: It did not answer a moment ago.
    ADDRESS = "address"
    #: The network has caused too many fetches, or lost too much time.
    NETWORK = "network"
    #: All together have.
    SERVER = "server"


@contextmanager
def one_fetch(
    host: str, url: str, *, network: str | None, seconds: float
) -> Iterator[Doubt | None]:
    """Yield why an address at a host may not be asked now, or `None`; note how long it took and how it went.

    `network` is where the request came from that needs the answer, `None` for one of nobody's. `seconds` is
    how long the fetch may take.
    """
    if any(recent_failures.is_remembered(_KIND, one) for one in (host, url)):
        yield Doubt.ADDRESS
    elif _seconds_lost() >= SECONDS_LOST or not _places.acquire(blocking=False):
        yield Doubt.SERVER
    else:
        try:
            with _within_share(network, seconds) as doubt:
                if doubt is None and network is not None and _is_too_often(network):
                    doubt = Doubt.NETWORK
                if doubt is not None:
                    yield doubt
                    return
                began, has_answered = monotonic(), False
                try:
                    yield None
                    has_answered = True
                finally:
                    _note(monotonic() - began, network, has_answered=has_answered)
        finally:
            _places.release()


def leave_alone(host_or_url: str) -> None:
    """Ask a host, or one address, no more for a while: it did not answer."""
    recent_failures.remember(_KIND, host_or_url, seconds=LEFT_ALONE)


def forget() -> None:
    """Forget what this process lost."""
    with _lock:
        _lost.clear()


@contextmanager
def _within_share(network: str | None, seconds: float) -> Iterator[Doubt | None]:
    """Yield why a network may not lose the time of one more fetch, or `None`; keep that time for it."""
    longest = min(seconds, SECONDS_LOST_PER_NETWORK / 2)
    with _lock:
        lost = sum(one for _, one, by in _lost if network is not None and by == network)
        doubt = None
        if network is not None and lost + longest > SECONDS_LOST_PER_NETWORK:
            doubt = Doubt.NETWORK
        elif (
            network is not None
            and lost + _kept.get(network, 0.0) + longest > SECONDS_LOST_PER_NETWORK
        ):
            doubt = Doubt.SERVER  # it may have what it asks for in a moment
        elif network is not None:
            _kept[network] += longest
    try:
        yield doubt
    finally:
        if doubt is None and network is not None:
            with _lock:
                _kept[network] -= longest
                if _kept[network] < _NOTHING:
                    del _kept[network]


def _is_too_often(network: str) -> bool:
    counters = (("fetches", FETCHES_PER_NETWORK), ("slow-fetches", SLOW_PER_NETWORK))
    waits = [
        limits.spend(name, network, at_most=at_most, per_seconds=WINDOW, serves_without_cache=True)
        for name, at_most in counters
    ]
    return any(wait is not None for wait in waits)


def _note(seconds: float, network: str | None, *, has_answered: bool) -> None:
    if has_answered and seconds < SLOW:
        if network is not None:
            limits.give_back("slow-fetches", network, per_seconds=WINDOW)
        return
    with _lock:
        _lost.append((monotonic(), seconds, network))


def _seconds_lost() -> float:
    """Return the seconds this process lost within the window."""
    with _lock:
        while _lost and _lost[0][0] < monotonic() - WINDOW:
            _lost.popleft()
        return sum(seconds for _, seconds, _ in _lost)
