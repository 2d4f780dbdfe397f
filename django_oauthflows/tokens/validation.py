"""Is this access token good, now and here? Asked for every protected request: one statement."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.core import clock, users
from django_oauthflows.issuer import named_urls_of
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import TokenUse
from django_oauthflows.rules.tokens import USE_RULES
from django_oauthflows.tokens import origins
from django_oauthflows.tokens.audiences import row_opens_userinfo
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.reading import FoundAccessToken, find_access_token


def validate(
    value: str,
    request: HttpRequest,
    *,
    resource: str = "",
    must_be_bound: bool = False,
    is_userinfo: bool = False,
) -> Any:
    """The access token's row, with its `user` (or None) and `application`.

    `resource` is the identifier of the API that asks; without one, it is the site's, or the request's own
    URL. With `must_be_bound` a token that was asked for no resource is not good. `is_userinfo` is the
    userinfo endpoint, which is also in the audience of tokens for other APIs. Raises `Refusal` with
    `invalid_token` where it is not good for this request.
    """
    found = find_access_token(checksum(value))
    meant = found is not None and (
        is_meant(found.row.resource, request, resource=resource, must_be_bound=must_be_bound)
        or (is_userinfo and row_opens_userinfo(found.row, found.origins))
    )
    enforce(USE_RULES, use_of(found, clock.now(), request, is_meant=meant))
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
    is_meant: bool = True,
) -> TokenUse:
    """The facts of a token's use; `is_meant` for the resource it is used at.

    One that was exchanged takes a statement more, for the clients whose tokens it was made of.
    """
    if found is None:
        return TokenUse(exists=False, now=now)
    row = found.row
    return TokenUse(
        exists=True,
        now=now,
        expires=row.expires,
        client_is_enabled=(
            found.client_is_enabled
            and _is_usable(row.application, request)
            and origins.are_usable(found.origins, dot.token_database(), request)
        ),
        person_is_active=row.user is None or users.is_active(row.user),
        is_meant_for_this_resource=is_meant,
    )


def is_meant(
    bound_to: list[str], request: HttpRequest, *, resource: str = "", must_be_bound: bool = False
) -> bool:
    """Is a token meant for the API that was asked (RFC 8707 §2)?

    An API that has an identifier is named by it exactly; any other by a URL that its own begins with, on a
    host that the project names.
    """
    if not bound_to:
        return not must_be_bound
    if resource:
        return resource in bound_to
    if conf.RESOURCE and conf.RESOURCE in bound_to:
        return True
    return any(dot.resource_allows(url, bound_to) for url in named_urls_of(request))


def _is_usable(application: Any, request: HttpRequest) -> bool:
    """Ask a swapped application model that has its own `is_usable`, as DOT's own classes do."""
    if application is None or not dot.applications_ask_their_own_model():
        return True
    return bool(application.is_usable(request))
