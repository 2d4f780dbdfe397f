"""An invented client id makes no new key: it costs no more than the last one, and leaves no more behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from joserfc.jwk import ECKey

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import guess_limits
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.stock import stock_client
from tests.clients.test_authentication import basic
from tests.marks import spec

pytestmark = pytest.mark.django_db


def guess(client_id: str, *, network: str = "192.0.2.1") -> Any:
    """A wrong secret for a client."""
    return Client(REMOTE_ADDR=network).post(
        reverse("oauthflows:token"),
        "grant_type=client_credentials",
        content_type="application/x-www-form-urlencoded",
        headers=basic(client_id, "wrong"),
    )


@spec("B-32")
def test_invented_clients_share_one_limit() -> None:
    statuses = [guess(f"invented-{number}").status_code for number in range(120)]
    assert statuses == [401] * 100 + [429] * 20


@spec("B-32")
def test_invented_clients_leave_a_handful_of_audit_rows() -> None:
    for number in range(400):
        guess(f"invented-{number}")
    # Ten, and one for each power of two, of each of two rules.
    assert AuditEvent.objects.count() < 40


@spec("RFC 6749 §2.3.1", "B-32")
def test_a_right_slow_secret_is_not_counted_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guess_limits, "SLOW_HASHES_PER_CLIENT", 2)
    stock = stock_client(authorization_grant_type="client-credentials")
    assert stock.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    ClientSecret.objects.all().delete()
    assert [guess(stock.registered.client_id).status_code for _ in range(3)] == [401, 401, 429]


@spec("B-32")
def test_invented_clients_leave_a_handful_of_audit_rows_at_the_authorization_endpoint() -> None:
    browser = Client(REMOTE_ADDR="192.0.2.1")
    url = reverse("oauthflows:authorize")
    answers = [browser.get(url, {"client_id": f"invented-{n}"}) for n in range(100)]
    rows = AuditEvent.objects.all()
    assert rows.count() < 20
    # Each answer has a reference that leads to a row.
    references = {answer["X-OAuth-Reference"] for answer in answers}
    assert references == set(rows.values_list("reference", flat=True))


@spec("B-32")
def test_one_network_has_only_so_many_rows_whatever_it_names_and_breaks(settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUDIT_ROWS_PER_WINDOW": 2}
    clients = [ClientFactory(preset="service", redirect_uris=()) for _ in range(60)]
    for client in clients:
        guess(client.client_id)
    known = AuditEvent.objects.filter(event="request.refused")
    assert known.count() < 50
    guess(clients[0].client_id, network="192.0.2.2")
    assert known.filter(network="192.0.2.2").count() == 1


@spec("B-32")
def test_the_counters_of_invented_clients_do_not_grow() -> None:
    guess("invented")
    before = counters()
    for number in range(50):
        guess(f"invented-{number}")
    assert len(counters() - before) <= 1  # the reference of the last row


@spec("RFC 7523 §3", "B-32")
def test_forged_assertions_share_the_limit_and_a_genuine_one_never_waits(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLIENT_GUESSES_PER_NETWORK": 3}
    flow = FlowClient(registered=ClientFactory(preset="service-account", redirect_uris=()))
    stranger = ECKey.generate_key("P-256", {"kid": "stranger"})
    asked = {"grant_type": "client_credentials", "scope": "notes:read"}

    def forge(**changes: Any) -> int:
        forged = flow.client_assertion(key=stranger, **changes)
        return int(flow.post("token", headers={"X-No": "header"}, **asked, **forged).status_code)

    assert [forge() for _ in range(5)] == [401] * 3 + [429] * 2
    names = [f"invented-{number}" for number in range(5)]
    assert [forge(iss=name, sub=name) for name in names] == [401] * 3 + [429] * 2
    genuine = flow.client_assertion()
    assert flow.post("token", headers={"X-No": "header"}, **asked, **genuine).status_code == 200


@spec("B-6", "B-7")
def test_an_unknown_client_costs_no_slow_hash(slow_hashes: Callable[[], int]) -> None:
    stock_client()
    slow_hashes()
    for number in range(5):
        assert guess(f"invented-{number}").status_code == 401
    assert slow_hashes() == 0


@spec("B-6", "B-7")
def test_a_client_that_has_a_fast_secret_costs_no_slow_hash(
    service: FlowClient, slow_hashes: Callable[[], int]
) -> None:
    stock_client()
    slow_hashes()
    assert guess(service.registered.client_id).status_code == 401
    assert slow_hashes() == 0


@spec("B-7", "B-32")
def test_the_slow_hash_comes_after_the_clients_own_limit(
    monkeypatch: pytest.MonkeyPatch, slow_hashes: Callable[[], int]
) -> None:
    monkeypatch.setattr(guess_limits, "SLOW_HASHES_PER_CLIENT", 5)
    stock = stock_client()
    slow_hashes()
    statuses = [
        guess(stock.registered.client_id, network=f"192.0.2.{n}").status_code for n in range(20)
    ]
    assert statuses == [401] * 5 + [429] * 15
    assert slow_hashes() == 5


def counters() -> set[str]:
    """The keys of the cache the tests run with: local memory, or Redis."""
    store: Any = cache._cache  # type: ignore[attr-defined]
    return set(store.get_client().keys("*") if hasattr(store, "get_client") else store)
