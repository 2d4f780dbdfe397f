"""The logger of django-oauth-toolkit (DOT): who listens there goes on hearing of refusals and errors."""

import logging
from collections.abc import Iterator

LOGGER = "oauth2_provider"
#: What all loggers of this app are below.
_OURS = "django_oauthflows"


class PassedOn(logging.Handler):
    """Hands warnings and errors of ours to the handlers of DOT's logger."""

    def emit(self, record: logging.LogRecord) -> None:
        pass_on(record)


def pass_on_logs() -> None:
    """Pass on what is logged from now on; called once when the app is ready."""
    ours = logging.getLogger(_OURS)
    if not any(isinstance(handler, PassedOn) for handler in ours.handlers):
        ours.addHandler(PassedOn(level=logging.WARNING))


def is_heard(level: int) -> bool:
    """Has the project given DOT's logger a handler, for records of this level?"""
    theirs = logging.getLogger(LOGGER)
    return bool(theirs.handlers) and theirs.isEnabledFor(level)


def pass_on(record: logging.LogRecord) -> None:
    """Hand a record to each handler of DOT's logger that does not get it anyway: none has it twice."""
    if not is_heard(record.levelno):
        return
    others = set(_handlers_of(logging.getLogger(record.name), record.levelno))
    for handler in logging.getLogger(LOGGER).handlers:
        if handler not in others and record.levelno >= handler.level:
            handler.handle(record)


def _handlers_of(logger: logging.Logger, level: int) -> Iterator[logging.Handler]:
    """Yield the handlers that a record of this logger reaches by itself."""
    one: logging.Logger | None = logger if logger.isEnabledFor(level) else None
    while one is not None:
        yield from one.handlers
        one = one.parent if one.propagate else None
