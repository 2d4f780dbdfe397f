"""Looking up a host name within a stated time.

The system's resolver has limits of its own, which are half a minute by default. A look-up that takes longer
than it may goes on in a thread that nobody waits for; such threads are few.
"""

import socket
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread

#: How many look-ups one process has open at once.
MOST_AT_ONCE = 16

_places = BoundedSemaphore(MOST_AT_ONCE)


def look_up(host: str, port: int, *, seconds: float) -> list[str]:
    """Return the addresses of a host. Raise OSError if it has none, or does not tell them in time."""
    if not _places.acquire(blocking=False):
        raise TimeoutError
    answer: SimpleQueue[list[str] | Exception] = SimpleQueue()
    try:
        Thread(target=_ask, args=(host, port, answer), daemon=True).start()
    except BaseException:
        _places.release()
        raise
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise OSError from found
    return found


def _ask(host: str, port: int, answer: "SimpleQueue[list[str] | Exception]") -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
    except (OSError, ValueError) as error:  # a name that cannot be encoded among them
        answer.put(error)
    finally:
        _places.release()
