"""Signals whose receivers may be anything that can be called (Django's `Signal.send_robust`).

Django logs a receiver that fails by its `__qualname__`. A `partial` or an object has none: then the log
itself raises, the other receivers hear nothing, and the request that sent the signal fails.
"""

import logging
from typing import Any

from django.dispatch import Signal

from django_oauthflows.core.after_commit import name_of

logger = logging.getLogger("django_oauthflows.signals")


class RobustSignal(Signal):
    """A signal that calls every receiver, whichever of them fails."""

    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        logger.error("a signal's receiver failed: %s", name_of(receiver), exc_info=err)
