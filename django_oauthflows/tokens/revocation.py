"""Ending a token because its client asks for it (RFC 7009)."""

from typing import Any

from django.utils import timezone

from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import ClientFacts, TokenUse
from django_oauthflows.rules.tokens import token_must_belong_to_client
from django_oauthflows.tokens import families
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import (
    authorization_of,
    find_access_token,
    find_refresh_token_row,
)


def revoke(value: str, *, client: ClientFacts) -> None:
    """End a token of the client's: an access token alone, a refresh token with its whole family.

    An exchanged token is all there is of its grant, so that goes, with whatever was made of the token.

    An unknown token is no error (§2.2). Raises `Refusal` for another client's.
    """
    stored = checksum(value)
    access = find_access_token(stored)
    if access is not None:
        _must_be_own(client, access.row.application_id)
        _revoke_access_token(access.row, client)
        return
    refresh = find_refresh_token_row(stored)
    if refresh is None:
        return
    _must_be_own(client, refresh.row.application_id)
    authorization = Authorization.objects.filter(pk=refresh.row.token_family).first()
    if authorization is not None:
        families.revoke(authorization, reason="revoked_by_client")
    else:
        families.revoke_unparented(
            refresh.row.token_family, refresh.row.pk, reason="revoked_by_client"
        )


def _revoke_access_token(row: Any, client: ClientFacts) -> None:
    may_be_exchanged = TOKEN_EXCHANGE.slug in client.flows
    authorization = authorization_of(row) if may_be_exchanged else None
    if authorization is not None and authorization.flow == TOKEN_EXCHANGE.slug:
        families.revoke(authorization, reason="revoked_by_client")
    else:
        families.revoke_access_token(row.pk)


def _must_be_own(client: ClientFacts, application_key: object) -> None:
    use = TokenUse(
        exists=True, now=timezone.now(), belongs_to_asking_client=application_key == client.key
    )
    enforce((token_must_belong_to_client,), use)
