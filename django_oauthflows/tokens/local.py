"""Is this JWT access token good, as far as it says itself? No statement and no network (RFC 9068 §4).

What it cannot say is that it was revoked, that its person was deactivated or its client disabled since: here
it works until it expires. `validation` sees all of that at once, for one statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.core import clock
from django_oauthflows.issuer import (
    issuer_of,
    named_urls_of,
    own_resource_of,
    userinfo_url_of,
)
from django_oauthflows.keys.jwt import NotGenuine, open_jwt
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.jwts import LOCAL_RULES, LocalUse


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalToken:
    """What `request.auth` is for a token that was verified locally. `subject` is the person's key as text."""

    subject: str
    client_id: str
    scope: str
    resource: tuple[str, ...]
    expires: datetime
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def is_for_client_itself(self) -> bool:
        """RFC 9068 §2.2: a service's own token names the service as its subject."""
        return self.subject == self.client_id


def validate(value: str, request: HttpRequest, *, resource: str = "") -> LocalToken:
    """The token, if it is good for this request. Raises `Refusal` with `invalid_token`.

    `resource` is the identifier of the API that asks, which its tokens then name (RFC 9068 §4); without one,
    it is the site's, or the request's own URL.
    """
    now, issuer = clock.now().timestamp(), issuer_of(request)
    try:
        opened = open_jwt(value)
    except NotGenuine:
        use = LocalUse(is_genuine=False, now=now, issuer=issuer)
    else:
        use = LocalUse(
            is_genuine=True,
            now=now,
            issuer=issuer,
            typ=str(opened.header.get("typ", "")),
            claims=opened.claims,
            audience=_own(_audience(opened.claims.get("aud")), request, resource=resource),
        )
    enforce(LOCAL_RULES, use)
    claims = use.claims
    return LocalToken(
        subject=claims["sub"],
        client_id=claims["client_id"],
        scope=claims.get("scope", ""),
        resource=_audience(claims["aud"]),
        expires=datetime.fromtimestamp(claims["exp"], tz=UTC),
        claims=claims,
    )


def _audience(claim: Any) -> tuple[str, ...]:
    """RFC 7519 §4.1.3: one audience, or several."""
    several = claim if isinstance(claim, list) else [claim]
    return tuple(audience for audience in several if isinstance(audience, str) and audience)


def _own(audience: tuple[str, ...], request: HttpRequest, *, resource: str) -> frozenset[str]:
    """Those that name this API: its identifier, or the beginning of the URL that was called.

    The userinfo endpoint is named for itself alone, whatever the project's own comparison makes of its URL.
    """
    others = frozenset(audience) - {userinfo_url_of(request)}
    if resource:
        return others & {resource}
    own, urls = own_resource_of(request), named_urls_of(request)
    return frozenset(
        name
        for name in others
        if name == own or any(dot.resource_is_prefix_of(name, url) for url in urls)
    )
