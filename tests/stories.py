"""What a story over HTTP begins with: a client, a person, their browser, and an API to call."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_refresh_token_model,
)

from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory

#: The site's settings with the scope that makes a request one of OpenID Connect.
WITH_OPENID = {
    **settings.OAUTH2_PROVIDER,
    "SCOPES": {**settings.OAUTH2_PROVIDER["SCOPES"], "openid": "Know who you are"},
}


@dataclass(kw_only=True)
class Story(FlowClient):
    """A client, and a person who is signed in."""

    person: Any

    def call(self, access_token: str, path: str = "/api/notes/", method: str = "get") -> Any:
        """Call the API with an access token."""
        send = getattr(self.back_channel, method)
        return send(path, headers={"Authorization": f"Bearer {access_token}"})

    def introspect(self, token: str) -> dict[str, Any]:
        members: dict[str, Any] = self.post("introspect", token=token).json()
        return members


def begin(
    *, person: Any = None, registered: RegisteredClient | None = None, **client: Any
) -> Story:
    """Somebody signed in, and a newly registered client (a web app, unless told otherwise)."""
    story = Story(
        registered=registered or ClientFactory(**client), person=person or PersonFactory()
    )
    story.browser.force_login(story.person)
    return story


def dot_application(**fields: Any) -> RegisteredClient:
    """An application as django-oauth-toolkit makes it: without a policy."""
    application = get_application_model().objects.create(
        **{
            "name": "An older app",
            "client_type": "confidential",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": "https://client.example/callback",
            "client_secret": "a secret its owner chose",
            "hash_client_secret": False,
            **fields,
        }
    )
    is_confidential = application.client_type == "confidential"
    return RegisteredClient(
        application=application,
        policy=None,
        client_id=application.client_id,
        client_secret=application.client_secret if is_confidential else "",
        redirect_uris=tuple(application.redirect_uris.split()),
        scopes=("notes:read",),
        preset="",
        profile="",
    )


def dot_tokens(story: Story) -> tuple[str, str]:
    """An access and a refresh token as django-oauth-toolkit stores them: with no grant behind them."""
    access = get_access_token_model().objects.create(
        user=story.person,
        application=story.registered.application,
        token="access-of-old",
        scope="notes:read",
        expires=timezone.now() + timedelta(hours=1),
    )
    get_refresh_token_model().objects.create(
        user=story.person,
        application=story.registered.application,
        token="refresh-of-old",
        access_token=access,
    )
    return "access-of-old", "refresh-of-old"


def error_of(response: Any) -> tuple[int, str]:
    """Status and error code of a refusal in JSON."""
    return response.status_code, response.json()["error"]
