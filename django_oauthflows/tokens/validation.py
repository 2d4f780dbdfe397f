"""Is this access token good, now and here? Asked for every protected request: one statement."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows import dot
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import TokenUse
from django_oauthflows.rules.tokens import USE_RULES
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.reading import FoundAccessToken, find_access_token


def validate(value: str, request: HttpRequest) -> Any:
    """The access token's row, with its `user` (or None) and `application`.

    Raises `Refusal` with `invalid_token` where it is not good for this request.
    """
    found = find_access_token(checksum(value))
    resource = request.build_absolute_uri(request.path)
    enforce(USE_RULES, use_of(found, timezone.now(), request, resource=resource))
    assert found is not None  # noqa: S101 - the first rule refused otherwise
    return found.row


def is_live(found: FoundAccessToken | None, now: datetime, request: HttpRequest) -> bool:
    """The same rules as a yes or no, wherever the token is used."""
    use = use_of(found, now, request)
    return all(question(use) is None for question in USE_RULES)


def use_of(
    found: FoundAccessToken | None,
    now: datetime,
    request: HttpRequest,
    *,
    resource: str | None = None,
) -> TokenUse:
    """The facts of a token's use; without `resource`, at no particular one."""
    if found is None:
        return TokenUse(exists=False, now=now)
    row = found.row
    return TokenUse(
        exists=True,
        now=now,
        expires=row.expires,
        client_is_enabled=found.client_is_enabled and _is_usable(row.application, request),
        person_is_active=row.user is None or row.user.is_active,
        is_meant_for_this_resource=resource is None or dot.resource_allows(resource, row.resource),
    )


def _is_usable(application: Any, request: HttpRequest) -> bool:
    """Ask a swapped application model that has its own `is_usable`, as DOT's own classes do."""
    if application is None or not dot.applications_ask_their_own_model():
        return True
    return bool(application.is_usable(request))
