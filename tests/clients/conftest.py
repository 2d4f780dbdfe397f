"""What tests of clients share."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from django_oauthflows.clients import facts, secrets
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """A row that was rolled back leaves its key to the next test, and what was noted of it must not stay."""
    facts.forget_clients()
    secrets._noted.clear()
    yield
    facts.forget_clients()
    secrets._noted.clear()


@pytest.fixture
def web_app(db: None) -> FlowClient:
    """A confidential client, and the browser of somebody who is signed in."""
    flow = FlowClient(registered=ClientFactory())
    flow.browser.force_login(PersonFactory())
    return flow


@pytest.fixture
def service(db: None) -> FlowClient:
    return FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))


@pytest.fixture
def single_page_app(db: None) -> FlowClient:
    """A public client, and the browser of somebody who is signed in."""
    flow = FlowClient(registered=ClientFactory(preset="single-page-app"))
    flow.browser.force_login(PersonFactory())
    return flow


@pytest.fixture
def slow_hashes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many slow hashes were computed since it was last asked."""
    computed: list[None] = []
    encode = PBKDF2PasswordHasher.encode

    def counting(*args: object, **kwargs: object) -> str:
        computed.append(None)
        return encode(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counting)
    # The real number of rounds takes half a second; how many hashes there are does not depend on it.
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)

    def count() -> int:
        counted = len(computed)
        computed.clear()
        return counted

    return count
