"""What stories of a token exchange begin with: an app with a person's token, an API that calls the next."""

from typing import Any

from django_oauthflows.keys import jwt
from django_oauthflows.rules.parties import TokenType
from tests.stories import Story, begin

#: The API that is called with the person's token, and the one it calls in its turn: this site's own.
API = "https://api.example/"
NEXT = "http://testserver/api/"

ACCESS_TOKEN = TokenType.ACCESS_TOKEN.value
ID_TOKEN = TokenType.ID_TOKEN.value
JWT = TokenType.JWT.value
REFRESH_TOKEN = TokenType.REFRESH_TOKEN.value


def api(*, may_impersonate: bool = False, **client: Any) -> Story:
    """The API as a client: it serves `API` and may exchange tokens for `NEXT`."""
    chosen = {
        "preset": "service",
        "redirect_uris": (),
        "flows": ["client-credentials", "token-exchange"],
        "resources": [API],
        "exchange_targets": [NEXT],
        **client,
    }
    story = begin(**chosen)
    story.registered.policy.may_impersonate = may_impersonate
    story.registered.policy.save()
    return story


def app_token(app: Story, **changes: Any) -> str:
    """A person's access token for `API`, as their app holds it."""
    token: str = app.tokens(**{"scope": "notes:read profile", "resource": API, **changes})[
        "access_token"
    ]
    return token


def exchanged(service: Story, token: str, **changes: Any) -> dict[str, Any]:
    """The answer to an exchange that works."""
    response = service.exchange(token, **changes)
    assert response.status_code == 200, response.content
    members: dict[str, Any] = response.json()
    return members


def claims(token: str) -> dict[str, Any]:
    """What a signed token says."""
    return jwt.open_jwt(token).claims


def refused(response: Any) -> tuple[str, str]:
    """Code and sentence of a refusal with 400, without the reference."""
    assert response.status_code == 400, response.content
    members = response.json()
    return members["error"], members["error_description"].partition(" (reference ")[0]
