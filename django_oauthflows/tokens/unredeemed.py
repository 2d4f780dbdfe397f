"""Codes and approved device codes that nobody has redeemed yet (RFC 6749 §4.1.2, RFC 8628 §3.5)."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.core import clock
from django_oauthflows.tokens import families, lineage
from django_oauthflows.tokens import telling as tell
from django_oauthflows.tokens.issuing_conditions import hold_user
from django_oauthflows.tokens.models import Authorization


def end_unredeemed(
    *,
    user: Any,
    reason: str,
    session: str = "",
    sid: str = "",
    request: HttpRequest | None = None,
) -> int:
    """End them all for one user, and return how many those were.

    With `session` or `sid`, only those of that sign-in, as in `families.revoke_all`.
    """
    using = dot.token_database()
    rows = Authorization.objects.using(using).filter(user=user, redeemed__isnull=True)
    if session or sid:
        rows = rows.filter(families.granted_in(session, sid))
    with transaction.atomic(using=using):
        hold_user(user.pk, using)
        ended = lineage.end_all(rows, reason, clock.now(), using)
        families.end_tokens_of(ended, using)
    for authorization in ended:
        tell.ended(authorization, reason, None, request)
    return len(ended)
