"""Wrong secrets are counted, by client and network; the right one never is, and never waits."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.testing.client import FlowClient
from tests.clients.stock import SECRET
from tests.clients.test_authentication import basic
from tests.clients.test_keys import DEAD_CACHE
from tests.clients.test_secrets import stock_service
from tests.marks import spec
from tests.statements.test_statements import statements

GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.fixture(autouse=True)
def three(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLIENT_GUESSES_PER_NETWORK": 3}


def send(flow: FlowClient, secret: str, *, client_id: str = "", network: str = "192.0.2.1") -> Any:
    named = client_id or flow.registered.client_id
    flow.back_channel.defaults["REMOTE_ADDR"] = network
    return flow.token(**GRANT, headers=basic(named, secret))


def guess(flow: FlowClient, **changes: Any) -> list[int]:
    return [send(flow, f"wrong {number}", **changes).status_code for number in range(5)]


@spec("RFC 6749 §2.3.1", "B-32")
def test_whoever_sends_too_many_wrong_secrets_waits(service: FlowClient) -> None:
    assert guess(service) == [401, 401, 401, 429, 429]
    refused = send(service, "wrong")
    assert refused.json()["error"] == "invalid_client"
    assert 0 < int(refused["Retry-After"]) <= 900
    row = AuditEvent.objects.get(reference=refused["X-OAuth-Reference"])
    assert row.rule == "guesses_at_one_client_must_be_few"


@spec("B-32")
def test_the_right_secret_works_all_the_while(service: FlowClient) -> None:
    right = service.registered.client_secret
    for _ in range(6):
        assert send(service, right).status_code == 200
    guess(service)
    with statements() as counted:
        assert send(service, right).status_code == 200
    assert counted.kinds() == ["INSERT"]


@spec("B-6", "B-32")
def test_a_client_that_does_not_exist_is_counted_alike(service: FlowClient) -> None:
    assert guess(service, client_id="nobody") == [401, 401, 401, 429, 429]


@spec("B-32")
def test_other_networks_and_other_clients_are_counted_apart(service: FlowClient) -> None:
    guess(service)
    assert send(service, "wrong", network="192.0.2.2").status_code == 401
    assert send(service, "wrong", client_id="another").status_code == 401


@spec("B-7", "B-32")
def test_beyond_the_limit_no_slow_hash_is_computed(
    db: None, slow_hashes: Callable[[], int]
) -> None:
    stock = stock_service()
    slow_hashes()
    guess(stock)
    assert slow_hashes() == 3
    assert send(stock, SECRET, network="192.0.2.2").status_code == 200
    assert send(stock, SECRET).status_code == 200


@spec("B-32")
def test_without_a_cache_every_guess_is_refused_and_every_client_served(
    service: FlowClient, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    right = service.registered.client_secret
    assert send(service, right).status_code == 200
    cache.clear()
    settings.CACHES = DEAD_CACHE
    assert send(service, right).status_code == 200
    assert send(service, "wrong").status_code == 503
    assert "no guess is looked at" in caplog.text
