"""What may be used once, and whether it has been: the `jti` of assertions (RFC 7519 §4.1.7).

They live in the cache, which the workers share, until they would have expired anyway. A cache that does not
answer lets nothing pass, loudly: what cannot be remembered could come again.
"""

import logging
from datetime import datetime
from hashlib import sha256
from math import ceil

from django.core.cache import cache
from django.utils import timezone

logger = logging.getLogger("django_oauthflows.replay")


def spend_once(issuer: str, jti: str, until: datetime) -> bool:
    """Is this the first time that `jti` of an issuer comes? Of any number at once, one is.

    `until` is when nobody would accept it any more, clocks that differ included.
    """
    left = ceil((until - timezone.now()).total_seconds())
    if left <= 0:
        return False
    # With its length, so that no other pair of texts is written the same way.
    text = f"{len(issuer)}:{issuer}{jti}".encode("utf-8", "surrogatepass")
    try:
        return bool(cache.add(f"oauthflows:spent:{sha256(text).hexdigest()}", 1, timeout=left))
    except Exception:
        logger.exception("the cache does not answer; what must be used once is refused")
        return False
