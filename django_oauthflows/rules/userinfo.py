"""Questions about an access token that is shown to the userinfo endpoint, once it is known to be good."""

from typing import Protocol

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule


class ShownToken(Protocol):
    """An access token's row: its scope as text, and the key of its person or `None`."""

    scope: str
    user_id: object


@rule(spec="OpenID Connect Core §5.3.1", refuses_with=Code.INSUFFICIENT_SCOPE, status=403)
def token_must_be_of_openid(token: ShownToken) -> str | None:
    """An access token of an OpenID Connect request, and no other, tells who its person is."""
    if "openid" not in token.scope.split():
        return "The access token does not have the scope this needs."
    return None


@rule(spec="OpenID Connect Core §5.3.1", refuses_with=Code.INVALID_TOKEN, status=401)
def token_must_stand_for_a_person(token: ShownToken) -> str | None:
    """A service's own token stands for nobody there is anything to tell of."""
    return None if token.user_id is not None else "The access token stands for no person."


USERINFO_RULES = (token_must_be_of_openid, token_must_stand_for_a_person)
