"""The one use of an assertion: its `jti` (RFC 7519 §4.1.7, RFC 7523 §3).

The marks are rows with a unique checksum. Every worker sees them, of many uses at once one succeeds, and no
cache that is emptied or away makes an assertion good again.
"""

from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, router, transaction

from django_oauthflows.clients.jwt_ids import UsedJwtId
from django_oauthflows.core import clock
from django_oauthflows.statements import CompiledInsert

_INSERT = CompiledInsert(lambda: UsedJwtId)


def spend_once(issuer: str, jti: str, until: datetime) -> bool:
    """Is this the first time that `jti` of an issuer comes? Of any number at once, one is.

    `until` is when nobody would accept it any more, clocks that differ included.
    """
    if until <= clock.now():
        return False
    # With its length, so that no other pair of texts is written the same way.
    text = f"{len(issuer)}:{issuer}{jti}".encode("utf-8", "surrogatepass")
    using = router.db_for_write(UsedJwtId)
    mark = UsedJwtId(checksum=sha256(text).hexdigest(), expires=until)
    try:
        with transaction.atomic(using=using):
            _INSERT.save(mark, using)
    except IntegrityError:
        return False
    return True
