"""Is this access token good, now and here? Asked for every protected request: one statement."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from django_oauthflows import dot
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import TokenUse
from django_oauthflows.rules.tokens import USE_RULES
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.reading import FoundAccessToken, find_access_token


def validate(value: str, *, resource: str) -> Any:
    """The access token's row, with its `user` (or None) and `application`.

    `resource` is the URL it is used at, without its query. Raises `Refusal` with `invalid_token`.
    """
    found = find_access_token(checksum(value))
    enforce(USE_RULES, use_of(found, timezone.now(), resource=resource))
    assert found is not None  # noqa: S101 - the first rule refused otherwise
    return found.row


def is_live(found: FoundAccessToken | None, now: datetime) -> bool:
    """The same rules as a yes or no, wherever the token is used."""
    use = use_of(found, now)
    return all(question(use) is None for question in USE_RULES)


def use_of(
    found: FoundAccessToken | None, now: datetime, *, resource: str | None = None
) -> TokenUse:
    if found is None:
        return TokenUse(exists=False, now=now)
    row = found.row
    return TokenUse(
        exists=True,
        now=now,
        expires=row.expires,
        client_is_enabled=found.client_is_enabled,
        person_is_active=row.user is None or row.user.is_active,
        is_meant_for_this_resource=resource is None or dot.resource_allows(resource, row.resource),
    )
