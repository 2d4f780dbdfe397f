"""Log lines about a fault that lasts: one a minute for each kind, with a count, and no traceback.

A cache or a database that is away fails every request. A traceback for each would fill the disk and hide the
one line that says why.
"""

import logging
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

#: Seconds between two lines of one kind.
INTERVAL = 60.0
#: Characters of an error's own text that a line holds.
_LONGEST = 200


@dataclass(slots=True, kw_only=True)
class _Kind:
    next_line: float
    untold: int = 0


_lock = Lock()
_kinds: dict[tuple[str, str], _Kind] = {}


def report(
    logger: logging.Logger, message: str, error: BaseException, *, level: int = logging.ERROR
) -> None:
    """Log that `error` happened, or only count it where the same message was logged within a minute.

    `message` is a constant and names the kind. Of the error its class and its first line are told.
    """
    with _lock:
        now = monotonic()
        kind = _kinds.setdefault((logger.name, message), _Kind(next_line=now))
        if now < kind.next_line:
            kind.untold += 1
            return
        untold, kind.untold, kind.next_line = kind.untold, 0, now + INTERVAL
    more = f" ({untold} more since the last line)" if untold else ""
    logger.log(level, "%s: %s%s", message, described(error), more)


def described(error: BaseException) -> str:
    """Return an error in one short line that no terminal trips over."""
    first = next(iter(str(error).splitlines()), "")
    text = "".join(character if character.isprintable() else "?" for character in first)
    return f"{type(error).__name__}: {text[:_LONGEST]}" if text else type(error).__name__


class WithoutOutages(logging.Filter):
    """Drop Django's own line about each answer of a request whose outage is reported here already."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(getattr(record, "request", None), _REPORTED, False)


def mark_as_reported(request: Any) -> None:
    """Say that the answer to this request needs no line of its own."""
    setattr(request, _REPORTED, True)


def listen() -> None:
    """Filter what Django logs of answers; called once when the app is ready."""
    logging.getLogger("django.request").addFilter(_WITHOUT_OUTAGES)


_REPORTED = "_oauthflows_outage_is_reported"
_WITHOUT_OUTAGES = WithoutOutages()


def forget() -> None:
    """Log the next error of each kind at once."""
    with _lock:
        _kinds.clear()
