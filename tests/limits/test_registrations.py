"""Registration stays open for others, whatever one network sends; so do metadata documents."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.clients import fetch_limits, fetching
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.dynamic.models import ClientRegistration
from tests.clients.dynamic.registering import PROVIDER, Registrar
from tests.clients.published import Page, Site, site
from tests.clients.test_fetching import certificate
from tests.marks import spec

pytestmark = pytest.mark.django_db

__all__ = ["certificate"]


@spec("RFC 7591 §5", "B-32")
def test_invalid_requests_from_one_place_shut_registration_for_nobody_else(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_IN_ALL": 10}
    hostile = Registrar(address="192.0.2.1")
    statuses = {hostile.register({"redirect_uris": ["nonsense"]}).status_code for _ in range(30)}
    assert statuses == {400, 429}
    assert Registrar(address="198.51.100.1").register().status_code == 201
    assert ClientRegistration.objects.count() == 1


@spec("RFC 7591 §5", "B-32")
def test_what_passed_the_rules_counts_in_all(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_IN_ALL": 2}
    networks = (Registrar(address=f"192.0.2.{number}") for number in range(3))
    assert [one.register().status_code for one in networks] == [201, 201, 429]
    assert ClientRegistration.objects.count() == 2


# Metadata documents -------------------------------------------------------------------------------


@pytest.fixture
def publisher(certificate: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Site]:
    """A site of a stranger's, asked by our own fetcher."""
    settings.OAUTH2_PROVIDER = {**PROVIDER, "CIMD_ENABLED": True}
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(fetching, "_tls", lambda: trusting)
    with site(certificate=certificate) as served:
        yield served


def named(served: Site, number: int) -> str:
    return f"https://{served.host}/{number}.json"


def visit(client_id: str, *, network: str = "192.0.2.1") -> Any:
    query = {"client_id": client_id, "response_type": "code"}
    return Client(REMOTE_ADDR=network).get(reverse("oauthflows:authorize"), query)


def publish(served: Site, client_id: str, **headers: str) -> None:
    document = {"client_id": client_id, "redirect_uris": [f"https://{served.host}/callback"]}
    served.publish(document, **{"Content_Type": "application/json", **headers})


@spec("OAuth Client ID Metadata Document §6.5", "B-32")
def test_three_hundred_new_addresses_are_not_three_hundred_fetches(publisher: Site) -> None:
    publisher.page = Page(status=404)
    for number in range(300):
        assert visit(named(publisher, number)).status_code == 400
    assert 0 < len(publisher.asked) <= fetch_limits.SLOW_PER_NETWORK


@spec("OAuth Client ID Metadata Document §4", "RFC 9110 §15.6.4")
def test_a_document_that_is_not_asked_for_is_no_fault_of_its_client(
    publisher: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(publisher, named(publisher, 1))
    with monkeypatch.context() as busy:
        busy.setattr(fetch_limits, "SECONDS_LOST", 0.0)
        answer = visit(named(publisher, 1))
    assert answer.status_code == 503
    assert publisher.asked == []
    assert visit(named(publisher, 1)).status_code != 503
    assert len(publisher.asked) == 1


@spec("OAuth Client ID Metadata Document §6.5", "B-32")
def test_many_new_documents_of_one_network_are_few_clients_and_shut_nobody_out(
    publisher: Site,
) -> None:
    for number in range(60):
        publish(publisher, named(publisher, number))
        visit(named(publisher, number))
    assert get_application_model().objects.count() == 20
    assert len(publisher.asked) == 20
    # What one network sent shuts nobody else out, neither from other addresses nor from the same.
    for number in (59, 60):
        publish(publisher, named(publisher, number))
        visit(named(publisher, number), network="198.51.100.1")
    assert get_application_model().objects.count() == 22


@spec("OAuth Client ID Metadata Document §6.5", "B-32")
def test_the_same_new_document_counts_once_for_its_network(publisher: Site, settings: Any) -> None:
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATIONS_PER_NETWORK": 2}
    publisher.page = Page(status=404)
    for _ in range(4):
        visit(named(publisher, 1))
        cache.delete(documents._mark_of(named(publisher, 1)))  # it is not left alone any more
    publish(publisher, named(publisher, 2))
    visit(named(publisher, 2))
    publish(publisher, named(publisher, 3))
    visit(named(publisher, 3))
    names = get_application_model().objects.values_list("client_id", flat=True)
    assert set(names) == {named(publisher, 2)}


@spec("OAuth Client ID Metadata Document §4")
def test_a_document_is_kept_for_as_long_as_its_publisher_says(publisher: Site) -> None:
    seconds = {}
    for number, said in enumerate(("max-age=1000", "no-store", "max-age=9999999", "public")):
        client_id = named(publisher, number)
        publish(publisher, client_id, Cache_Control=said)
        visit(client_id)
        row: Any = get_application_model().objects.get(client_id=client_id)
        seconds[said] = round((row.cimd_expires_at - row.updated).total_seconds(), -2)
    expected = {"max-age=1000": 1000, "no-store": 300, "max-age=9999999": 86400, "public": 86400}
    assert seconds == expected


@spec("OAuth Client ID Metadata Document §4.1")
@pytest.mark.parametrize(
    "page",
    [
        Page(body=b"{}", headers={"Content-Type": "text/html"}),
        Page(body=b"{", headers={"Content-Type": "application/json"}),
        Page(body=b" " * 20_000, headers={"Content-Type": "application/json"}),
        Page(status=302, headers={"Location": "/1.json"}),
    ],
    ids=["another type", "no JSON", "too large", "a redirect"],
)
def test_what_is_no_document_makes_no_client(publisher: Site, page: Page) -> None:
    publisher.page = page
    assert visit(named(publisher, 1)).status_code == 400
    assert not get_application_model().objects.exists()


@spec("OAuth Client ID Metadata Document §6.5")
def test_an_error_makes_no_second_fetch(publisher: Site) -> None:
    """The page that tells of an unknown client, and whatever records it, look at what is stored alone."""
    publisher.page = Page(status=404)
    visit(named(publisher, 1))
    assert len(publisher.asked) == 1
