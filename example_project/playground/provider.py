"""The client's half of OAuth: discovery, code + PKCE, refresh and revocation, with Authlib."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import get_well_known_url
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from example_project.playground.models import DemoClient
from example_project.playground.transport import take_the_loopback

PRESET = "web-app"
TIMEOUT = 10  # seconds

Token = dict[str, Any]


class ProviderFailure(Exception):
    """Something went wrong with the provider, in words for the person who waits."""

    def __init__(self, title: str, *details: str) -> None:
        super().__init__(title)
        self.title = title
        self.details = [detail for detail in details if detail]


class AccessEnded(ProviderFailure):
    """The tokens are worth nothing any more: only the person can say yes again."""

    def __init__(self, *details: str) -> None:
        super().__init__("The provider says this access was withdrawn.", *details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sign-in that was started and not answered yet."""

    code_verifier: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The provider as this client knows it: an issuer, and what was agreed at registration."""

    issuer: str
    origin: str
    internal_url: str
    client_id: str
    client_secret: str

    @property
    def redirect_uri(self) -> str:
        return self.origin + reverse("playground:callback")

    @property
    def metadata(self) -> dict[str, Any]:
        return discover(self.issuer, self.origin, self.internal_url)

    def session(
        self,
        *,
        token: Token | None = None,
        scope: str | None = None,
        update_token: Callable[..., None] | None = None,
    ) -> OAuth2Session:
        """Return an HTTP session that sends `token`, and refreshes it when its time is over."""
        session = OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=scope,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            token=token,
            token_endpoint=self.metadata["token_endpoint"],
            update_token=update_token,
            default_timeout=TIMEOUT,
        )
        take_the_loopback(session, origin=self.origin, internal_url=self.internal_url)
        return session

    def authorization_request(self, scope: str) -> tuple[str, str, Pending]:
        """Return where to send the person, the state of the answer, and what to remember for it."""
        pending = Pending(code_verifier=secrets.token_urlsafe(48), scope=scope)
        url, state = self.session(scope=scope).create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=pending.code_verifier
        )
        return url, state, pending

    def redeem(self, answer: Mapping[str, str], pending: Pending) -> Token:
        """Turn the provider's answer at the callback into tokens."""
        # RFC 9207 §2.4: a code from another provider must not reach this one's token endpoint.
        if answer.get("iss") != self.issuer:
            raise ProviderFailure("This answer came from another provider.", "iss does not match.")
        if answer.get("error") == "access_denied":
            raise ProviderFailure("You said no, so this app got nothing.", "access_denied")
        if "error" in answer:
            raise ProviderFailure(
                "The provider could not sign you in.",
                f"{answer['error']}: {answer.get('error_description', '')}",
            )
        try:
            token = self.session().fetch_token(
                grant_type="authorization_code",
                code=answer.get("code", ""),
                code_verifier=pending.code_verifier,
            )
        except (OAuthError, requests.RequestException, ValueError) as error:
            raise ProviderFailure("The provider did not accept the code.", str(error)) from error
        # RFC 6749 §5.1: an answer without a scope means the one that was asked for.
        return {"scope": pending.scope, **token}

    def refresh(self, token: Token) -> Token:
        """Trade the refresh token for a new pair before the access token's time is over."""
        try:
            return dict(self.session(token=token).refresh_token(self.metadata["token_endpoint"]))
        except OAuthError as error:
            raise AccessEnded(str(error)) from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderFailure("The provider could not be reached.", str(error)) from error

    def revoke(self, token: Token) -> None:
        """Give the refresh token back (RFC 7009), and with it all that came from that sign-in."""
        try:
            response = self.session(token=token).revoke_token(self.metadata["revocation_endpoint"])
            response.raise_for_status()
        except requests.RequestException as error:
            raise ProviderFailure("The provider could not be told.", str(error)) from error


@lru_cache(maxsize=16)
def discover(issuer: str, origin: str, internal_url: str) -> dict[str, Any]:
    """Read the provider's metadata (RFC 8414), once per process."""
    session = requests.Session()
    take_the_loopback(session, origin=origin, internal_url=internal_url)
    try:
        response = session.get(get_well_known_url(issuer, external=True), timeout=TIMEOUT)
        response.raise_for_status()
        metadata: dict[str, Any] = response.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderFailure("The provider could not be found.", str(error)) from error
    # RFC 8414 §3.3: else anyone who can answer at that address could take the provider's place.
    if metadata.get("issuer") != issuer:
        raise ProviderFailure("The provider is not who it should be.", "issuer does not match.")
    return metadata


def provider_for(request: HttpRequest) -> Provider:
    """Return the provider of the site that `request` came to."""
    origin = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    try:
        credentials = DemoClient.objects.get(preset=PRESET)
    except DemoClient.DoesNotExist:
        raise ProviderFailure(
            "This client is not registered yet.", "python example_project/manage.py seed"
        ) from None
    return Provider(
        issuer=f"{origin}/o",
        origin=origin,
        internal_url=settings.DEMO_INTERNAL_URL
        or f"http://127.0.0.1:{request.META['SERVER_PORT']}",
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
    )
