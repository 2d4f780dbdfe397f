"""A provider that does as it is told, and a client of it with each of the two stores."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.utils import timezone

from django_oauthflows.outbound import discovery
from django_oauthflows.outbound.client import OutboundClient
from django_oauthflows.outbound.connection import Connection
from django_oauthflows.outbound.provider import Provider
from django_oauthflows.outbound.sessions import ConnectionSession
from tests.outbound.scripted import Scripted, scripted_provider

Opened = Callable[[ConnectionSession], ConnectionSession]


@pytest.fixture(autouse=True)
def nothing_is_known_yet() -> None:
    discovery.forget_all()


@pytest.fixture
def script() -> Iterator[Scripted]:
    with scripted_provider() as script:
        yield script


@pytest.fixture
def provider(script: Scripted) -> Provider:
    return Provider(
        name="paper", issuer=script.url, client_id="me", client_secret="sesame", scope="a b"
    )


@pytest.fixture(params=["database", "cache"])
def client(request: pytest.FixtureRequest, db: None, provider: Provider) -> OutboundClient:
    return OutboundClient(replace(provider, store=request.param))


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Close each session after the test."""
    with ExitStack() as stack:
        yield stack.enter_context


def signed_in(client: OutboundClient, key: str = "ada") -> Connection:
    started = client.start(redirect_uri="https://app.example/callback")
    callback = f"https://app.example/callback?code=c&state={started.state}"
    return client.finish(callback, started.pending, key=key)


def run_out(connection: Connection) -> None:
    """Move the stored token's end into the past."""
    stored = connection.stored()
    assert stored is not None
    connection.keep(replace(stored, expires=timezone.now().timestamp() - 1))
