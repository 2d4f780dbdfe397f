"""Ending a token because its client asks for it (RFC 7009)."""

from django.http import HttpRequest

from django_oauthflows.audit import actors
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens import families
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import find_access_token, find_refresh_token_row


def revoke(value: str, *, client: ClientFacts, request: HttpRequest | None = None) -> None:
    """End a token of the client's: an access token alone, a refresh token with its whole family.

    What was made of an access token by exchange ends with it (RFC 8693).

    Another client's token is left alone, and the answer is the one for an unknown token, after the same
    look-ups: nobody learns here which tokens there are (§2.1, §2.2).
    """
    stored, itself = checksum(value), actors.client(client.client_id)
    access = find_access_token(stored)
    if access is not None and access.row.application_id == client.key:
        families.revoke_access_token(
            access.row, reason="revoked_by_client", by=itself, request=request
        )
        return
    refresh = find_refresh_token_row(stored)
    if refresh is None or refresh.row.application_id != client.key:
        return
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
