"""The client's half of OAuth: who its provider is, and what to tell people when something goes wrong.

Discovery, code with PKCE, refresh and revocation are `django_oauthflows.outbound`'s.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from django_oauthflows.outbound.client import OutboundClient, Provider
from django_oauthflows.outbound.errors import (
    OutboundError,
    ProviderRefused,
    ProviderUnreachable,
    SignInNeeded,
    UnexpectedAnswer,
)
from example_project.playground.models import DemoClient
from example_project.playground.transport import take_the_loopback

PRESET = "web-app"


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


@contextmanager
def in_words_for_people() -> Iterator[None]:
    """Turn what goes wrong in the block into a `ProviderFailure`."""
    try:
        yield
    except SignInNeeded as error:
        raise AccessEnded(str(error)) from error
    except UnexpectedAnswer as error:
        raise ProviderFailure("This answer came from another provider.", str(error)) from error
    except ProviderRefused as error:
        if error.code == "access_denied":
            raise ProviderFailure("You said no, so this app got nothing.", error.code) from error
        details = f"{error.code}: {error.description}"
        raise ProviderFailure("The provider could not sign you in.", details) from error
    except ProviderUnreachable as error:
        raise ProviderFailure("The provider could not be reached.", str(error)) from error
    except OutboundError as error:
        raise ProviderFailure("The provider is not who it should be.", str(error)) from error


def origin_of(request: HttpRequest) -> str:
    """Where the site that `request` came to is reached."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def internal_url_of(request: HttpRequest) -> str:
    """Where the same site is reached from its own machine."""
    return settings.DEMO_INTERNAL_URL or f"http://127.0.0.1:{request.META['SERVER_PORT']}"


def redirect_uri_for(request: HttpRequest) -> str:
    return origin_of(request) + reverse("playground:callback")


def client_for(request: HttpRequest) -> OutboundClient:
    """Return this app as a client of the site that `request` came to."""
    origin = origin_of(request)
    try:
        credentials = DemoClient.objects.get(preset=PRESET)
    except DemoClient.DoesNotExist:
        raise ProviderFailure(
            "This client is not registered yet.", "python example_project/manage.py seed"
        ) from None
    # A client with one provider at one address writes this into its settings.
    provider = Provider(
        name="demo",
        issuer=f"{origin}/o",
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        allow_http=True,
        prepare=partial(take_the_loopback, origin=origin, internal_url=internal_url_of(request)),
    )
    return OutboundClient(provider)
