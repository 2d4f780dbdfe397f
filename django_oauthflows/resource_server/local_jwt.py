"""Who calls, by a JWT access token that is verified here: no statement, no network (RFC 9068 §4).

The keys are in the process; with the site's own, one statement a minute and worker sees whether they changed.
"""

from typing import Any, ClassVar

from rest_framework.request import Request

from django_oauthflows.resource_server.authentication import OAuth2TokenAuthentication
from django_oauthflows.resource_server.principals import ClientPrincipal, PersonPrincipal
from django_oauthflows.tokens.local import LocalToken, validate


class LocalJWTAuthentication(OAuth2TokenAuthentication):
    """DRF authentication by JWT access tokens alone, for APIs that are called too often to look each one up.

    The trade: a token that was revoked, or whose person or client was disabled, works here until it expires.
    Give such clients short access token lifetimes, and keep `OAuth2TokenAuthentication`, which takes the same
    tokens and sees all of that at once, where it matters.

    `request.user` is a `PersonPrincipal`, which has the person's key and no row, or a `ClientPrincipal`;
    `request.auth` is a `LocalToken` with `scope`, `client_id`, `resource`, `expires` and all `claims`. The
    keys are this site's own, kept in the process, or those of `OAUTHFLOWS["JWKS"]` for an API that runs apart
    from its server; there, `OAUTHFLOWS["ISSUER"]` and `["RESOURCE"]` say whose tokens it takes, and for whom.
    """

    #: No statement, then either.
    writes_refusals: ClassVar[bool] = False

    def _validated(self, value: str, request: Any) -> LocalToken:
        return validate(value, request, resource=self.resource)

    def _principal(self, request: Request, token: LocalToken) -> Any:
        if token.is_for_client_itself:
            return ClientPrincipal(client_id=token.client_id)
        return PersonPrincipal.of(token.subject)
