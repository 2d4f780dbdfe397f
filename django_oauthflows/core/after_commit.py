"""Work that follows a commit, and whose failure changes no answer (Django's `transaction.on_commit`).

The transaction is over when such work runs: the client exists, the code is spent. An exception would turn the
answer that says so into an error. Django can guard such work itself (`robust=True`), but its log of a failure
needs a function with a name, and a `partial` has none.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

from django_oauthflows.core import quiet_log
from django_oauthflows.core.outage import is_outage

logger = logging.getLogger("django_oauthflows.after_commit")


def after_commit(work: Callable[..., object], *arguments: Any, using: str, **named: Any) -> None:
    """Call `work` once the transaction on the database `using` has committed, at once without one.

    Log whatever it raises, by the name of the function alone: its arguments may hold anything.
    """
    name = name_of(work)

    def guarded() -> None:
        try:
            work(*arguments, **named)
        except Exception as error:
            if is_outage(error):
                quiet_log.report(logger, f"work after a commit failed: {name}", error)
            else:
                logger.exception("work after a commit failed: %s", name)

    guarded.__qualname__ = guarded.__name__ = name
    transaction.on_commit(guarded, using=using, robust=True)


def name_of(work: Callable[..., object]) -> str:
    """Return the name of a function, of what a `partial` calls, or of an object's class."""
    while isinstance(work, partial):
        work = work.func
    return str(getattr(work, "__qualname__", type(work).__qualname__))
