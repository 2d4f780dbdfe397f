"""A client that registers itself over HTTP, and a place where documents of its own are found."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from joserfc.jwk import RSAKey
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.fetching import NotFetched
from django_oauthflows.clients.registration import RegisteredClient
from tests.stories import Story, begin

CALLBACK = "https://client.example/callback"
#: What the smallest web app says of itself.
WEB = {"redirect_uris": [CALLBACK], "client_name": "Notes of a stranger"}

PRIVATE_KEY = RSAKey.generate_key(2048, {"kid": "one"})
#: A client's key set.
PUBLIC_KEYS: dict[str, Any] = {"keys": [PRIVATE_KEY.as_dict(private=False)]}

SCOPES = {
    **settings.OAUTH2_PROVIDER["SCOPES"],
    "openid": "Know who you are",
    "email": "See your address",
}
#: OpenID Connect is offered, and no scope of the site's own is given to strangers.
PROVIDER = {**settings.OAUTH2_PROVIDER, "SCOPES": SCOPES}


@dataclass
class Registrar:
    """Sends JSON to the registration endpoints, from one address."""

    back_channel: Client = field(default_factory=Client)
    address: str = "192.0.2.1"

    def send(self, method: str, url: str, members: Any = None, token: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {} if members is None else {"data": members, "content_type": "application/json"}
        return getattr(self.back_channel, method)(
            url, **body, headers=headers, REMOTE_ADDR=self.address, **more
        )

    def register(self, members: Any = None, token: str = "", **said: Any) -> Any:
        url = reverse("oauthflows:register-client")
        return self.send("post", url, {**WEB, **said} if members is None else members, token)

    def registered(self, token: str = "", **said: Any) -> dict[str, Any]:
        """What a registration that works is answered."""
        response = self.register(token=token, **said)
        assert response.status_code == 201, response.content
        members: dict[str, Any] = response.json()
        return members

    def read(self, client: dict[str, Any], token: str | None = None) -> Any:
        return self.send("get", client["registration_client_uri"], token=_token(client, token))

    def update(self, client: dict[str, Any], token: str | None = None, **said: Any) -> Any:
        members = {"client_id": client["client_id"], **WEB, **said}
        url = client["registration_client_uri"]
        return self.send("put", url, members, token=_token(client, token))

    def delete(self, client: dict[str, Any], token: str | None = None) -> Any:
        return self.send("delete", client["registration_client_uri"], token=_token(client, token))


def story_of(told: dict[str, Any]) -> Story:
    """A person signed in, and a client as it registered itself."""
    application: Any = get_application_model().objects.get(client_id=told["client_id"])
    policy = application.oauthflows_policy
    return begin(
        registered=RegisteredClient(
            application=application,
            policy=policy,
            client_id=told["client_id"],
            client_secret=told.get("client_secret", ""),
            redirect_uris=tuple(told["redirect_uris"]),
            scopes=tuple(policy.scopes),
            preset=policy.preset,
            profile=policy.profile,
        )
    )


def _token(client: dict[str, Any], token: str | None) -> str:
    return client["registration_access_token"] if token is None else token


@pytest.fixture
def open_registration(db: None, settings: Any) -> Registrar:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_PER_NETWORK": 1000}
    return Registrar()


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Address → the JSON that is found there; any other address answers nothing."""
    found: dict[str, Any] = {}

    def fetch_json(url: str, **limits: Any) -> Any:
        if url not in found:
            raise NotFetched("There is no answer from this address.")
        return found[url]

    monkeypatch.setattr("django_oauthflows.clients.dynamic.judging.fetch_json", fetch_json)
    return found
