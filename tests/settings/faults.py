"""The site whose database, cache and workers are hurt: time-outs as the example's, only shorter.

`SKEW_MINUTES` sets the clock of its processes wrong. A request may name the step at which its worker dies.
"""

import os
from datetime import datetime, timedelta

from django.utils import timezone

from tests.settings.base import *  # noqa: F403
from tests.settings.base import CACHES, DATABASES, MIDDLEWARE

ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
MIDDLEWARE = ["tests.faults.dying.DyingMiddleware", *MIDDLEWARE]
OAUTHFLOWS = {
    "REGISTRATION": "open",
    "REGISTRATIONS_PER_NETWORK": 100_000,
    "REGISTRATIONS_IN_ALL": 100_000,
    "CLIENT_CACHE_SECONDS": 1.0,
    # On a busy machine a new worker takes longer to start than a lost answer is usually repeated for.
    "REFRESH_GRACE_SECONDS": 60,
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=2, options="-c lock_timeout=1s -c statement_timeout=3s"
)
CACHES["default"]["OPTIONS"] = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}

if SKEW := float(os.environ.get("SKEW_MINUTES", "0")):
    _right = timezone.now

    def _wrong() -> datetime:
        return _right() + timedelta(minutes=SKEW)

    timezone.now = _wrong
