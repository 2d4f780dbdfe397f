"""Ending a token because its client asks for it (RFC 7009)."""

from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows.audit import actors
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import ClientFacts, TokenUse
from django_oauthflows.rules.tokens import token_must_belong_to_client
from django_oauthflows.tokens import families
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import find_access_token, find_refresh_token_row


def revoke(value: str, *, client: ClientFacts, request: HttpRequest | None = None) -> None:
    """End a token of the client's: an access token alone, a refresh token with its whole family.

    What was made of an access token by exchange ends with it (RFC 8693).

    An unknown token is no error (§2.2). Raises `Refusal` for another client's.
    """
    stored, itself = checksum(value), actors.client(client.client_id)
    access = find_access_token(stored)
    if access is not None:
        _must_be_own(client, access.row.application_id)
        families.revoke_access_token(
            access.row, reason="revoked_by_client", by=itself, request=request
        )
        return
    refresh = find_refresh_token_row(stored)
    if refresh is None:
        return
    _must_be_own(client, refresh.row.application_id)
    authorization = Authorization.objects.filter(pk=refresh.row.token_family).first()
    if authorization is not None:
        families.revoke(authorization, reason="revoked_by_client", by=itself, request=request)
    else:
        families.revoke_unparented(
            refresh.row.token_family,
            refresh.row.pk,
            reason="revoked_by_client",
            by=itself,
            request=request,
        )


def _must_be_own(client: ClientFacts, application_key: object) -> None:
    use = TokenUse(
        exists=True, now=timezone.now(), belongs_to_asking_client=application_key == client.key
    )
    enforce((token_must_belong_to_client,), use)
