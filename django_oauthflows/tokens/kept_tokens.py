"""Refresh tokens that stay the same (RFC 6749 §6), for a project that wrote `ROTATE_REFRESH_TOKEN` False.

Only those of a client that proves itself: a refresh token of a public client is good in any hands, so each
is used once (RFC 9700 §2.2.2). Its access token is replaced where it stands, as django-oauth-toolkit does it:
one grant has one, and the former value ends. That a token comes again is no sign of a theft here; a client
whose answer was lost asks again.
"""

from functools import cache
from typing import Any
from uuid import UUID

from django_oauthflows import dot
from django_oauthflows.rules.requests import ClientFacts, Held, TokenRequest
from django_oauthflows.statements import CompiledUpdate
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.issuing import LostRace, insert_access_token
from django_oauthflows.tokens.replay import Answer


def keeps_its_tokens(client: ClientFacts) -> bool:
    """Return whether a refresh leaves this client its refresh token."""
    proves_itself = client.is_confidential or client.profile == "legacy"
    return proves_itself and dot.is_switched_off("ROTATE_REFRESH_TOKEN")


def save_for_same(
    request: TokenRequest, held: Held, family: UUID, answer: Answer, *, using: str
) -> None:
    """Save an access token in the place of the one that the refresh token had.

    The refresh token counts as new again: unused for long is what ends it, and the end of its grant.
    Raises `LostRace` where it was revoked meanwhile.
    """
    now = request.now
    if not _use().run(held.key, using, created=now, updated=now, token_family=family):
        raise LostRace
    tokens = dot.refresh_token_model()._default_manager.using(using).filter(pk=held.key)
    current = tokens.values_list("access_token_id", flat=True).first()
    if current is not None and _replaced(request, current, answer, using=using):
        return
    row = insert_access_token(
        request, answer.access_token, answer.expires, person=held.user_key, using=using
    )
    tokens.update(access_token_id=row.pk)


def _replaced(request: TokenRequest, key: Any, answer: Answer, *, using: str) -> bool:
    rows = dot.access_token_model()._default_manager.using(using).filter(pk=key)
    changed = rows.update(
        token="",
        token_checksum=checksum(answer.access_token),
        expires=answer.expires,
        scope=" ".join(sorted(request.scopes)),
        resource=list(request.resource),
        updated=request.now,
    )
    return bool(changed)


@cache
def _use() -> CompiledUpdate:
    return CompiledUpdate(
        lambda _: dot.refresh_token_model()._default_manager.filter(revoked__isnull=True)
    )
