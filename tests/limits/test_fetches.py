"""A host that a stranger names takes a short, stated time from the workers, and few of them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from django.test import Client, override_settings
from joserfc.jwk import ECKey

from django_oauthflows.clients import fetch_limits, fetching, keys
from django_oauthflows.clients.fetching import NotFetched, fetch_text
from django_oauthflows.core import recent_failures
from django_oauthflows.testing.assertions import key_set_of
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.dynamic.registering import PROVIDER, Registrar
from tests.clients.published import Page, Site, site
from tests.clients.test_keys import DEAD_CACHE
from tests.flows.test_request_objects import signer
from tests.marks import spec
from tests.stories import Story

NETWORK = "192.0.2.1"
NO_HEADER = {"X-No": "header"}


@pytest.fixture
def served() -> Iterator[Site]:
    with site() as running:
        yield running


@contextmanager
def silent_host() -> Iterator[tuple[str, list[Any]]]:
    """A host that takes connections and says nothing; and who connected."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        connected: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    connected.append(listener.accept()[0])
                except OSError:
                    return

        Thread(target=accept, daemon=True).start()
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        with override_settings(OAUTHFLOWS={"FETCH_PRIVATE_HOSTS": [host]}):
            yield f"http://{host}/object", connected
        listener.shutdown(socket.SHUT_RDWR)
        for one in connected:
            one.close()


def anonymous(story: Story, uri: str) -> Any:
    """The request of somebody who is not signed in."""
    return Client().get(story.authorization_url(request_uri=uri))


@pytest.mark.django_db
@spec("OpenID Connect Core §6.2", "RFC 9700 §4.11.2")
def test_six_requests_that_name_a_silent_host_take_three_seconds_in_all() -> None:
    with silent_host() as (uri, connected):
        story = signer(request_uris=[uri])
        began = monotonic()
        answers = [anonymous(story, uri) for _ in range(6)]
        seconds = monotonic() - began
    assert fetching.SECONDS == 3
    assert seconds < 7  # one look at three seconds, and a slow machine
    assert len(connected) == 1
    assert {answer.status_code for answer in answers} <= {302, 400}


@spec("RFC 9700 §4.11.2")
def test_a_host_that_did_not_answer_is_left_alone_for_a_while() -> None:
    with silent_host() as (uri, connected):
        for _ in range(3):
            with pytest.raises(NotFetched):
                fetch_text(uri, seconds=0.2)
        assert len(connected) == 1
        recent_failures.forget_all()  # another worker knows it from the cache
        with pytest.raises(NotFetched):
            fetch_text(uri, seconds=0.2)
        assert len(connected) == 1


def test_without_a_cache_a_process_remembers_by_itself(settings: Any) -> None:
    with silent_host() as (uri, connected):
        settings.CACHES = DEAD_CACHE
        for _ in range(4):
            with pytest.raises(NotFetched):
                fetch_text(uri, seconds=0.2, network=NETWORK)
        assert len(connected) == 1


def test_who_manages_a_client_may_look_all_the_same(served: Site) -> None:
    fetch_limits.leave_alone(served.host)
    with pytest.raises(NotFetched):
        fetch_text(served.url)
    assert fetching.fetch_now(served.url, accept="*/*").text == "{}"


def test_one_network_causes_few_fetches_and_fewer_that_fail(served: Site) -> None:
    for _ in range(fetch_limits.FETCHES_PER_NETWORK):
        fetch_text(served.url, network=NETWORK)
    with pytest.raises(NotFetched):
        fetch_text(served.url, network=NETWORK)
    served.page = Page(status=404)
    for _ in range(20):
        with pytest.raises(NotFetched):
            fetch_text(served.url, network="192.0.2.2")
    assert len(served.asked) == fetch_limits.FETCHES_PER_NETWORK + fetch_limits.SLOW_PER_NETWORK
    served.page = Page()
    assert fetch_text(served.url, network="192.0.2.3") == "{}"


def test_a_process_waits_for_few_answers_at_once(served: Site) -> None:
    served.page = Page(body=b" " * 40, drips=True)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            fetch_text(served.url)
        except NotFetched as error:
            failed.append(error)

    threads = [Thread(target=ask) for _ in range(fetch_limits.MOST_AT_ONCE + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 3
    assert len(served.asked) == fetch_limits.MOST_AT_ONCE


def test_slow_hosts_take_no_more_than_their_share_of_a_process(
    monkeypatch: pytest.MonkeyPatch, served: Site
) -> None:
    monkeypatch.setattr(fetch_limits, "SECONDS_LOST", 0.5)
    served.page = Page(body=b" " * 1000, drips=True)
    for number in range(5):
        recent_failures.forget_all()
        with pytest.raises(NotFetched):
            fetch_text(served.url.replace("keys", f"{number}"), seconds=0.3, network=f"{number}")
        monkeypatch.setattr(recent_failures, "is_remembered", lambda *_: False)
    assert len(served.asked) == 2


@pytest.mark.parametrize("threads_at_once", [1, 4])
def test_one_network_takes_a_part_of_what_a_process_may_lose(
    monkeypatch: pytest.MonkeyPatch, served: Site, threads_at_once: int
) -> None:
    share = fetch_limits.SECONDS_LOST_PER_NETWORK
    assert share <= fetch_limits.SECONDS_LOST / 2
    monkeypatch.setattr(fetch_limits, "SECONDS_LOST_PER_NETWORK", share / 10)
    monkeypatch.setattr(fetch_limits, "SECONDS_LOST", fetch_limits.SECONDS_LOST / 10)
    served.page = Page(body=b" " * 1000, drips=True)

    def ask(number: int) -> None:
        with suppress(NotFetched):
            fetch_text(f"{served.url}&{number}", seconds=0.3, network=NETWORK)

    for first in range(0, 12, threads_at_once):
        threads = [Thread(target=ask, args=[first + more]) for more in range(threads_at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 1 <= len(served.asked) <= 2
    served.page = Page()
    assert fetch_text(served.url, network="192.0.2.2") == "{}"


def used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have cost this process all the time that it may lose."""
    monkeypatch.setattr(fetch_limits, "SECONDS_LOST", 0.0)


@pytest.mark.django_db
@pytest.mark.parametrize("is_rotated", [False, True])
@spec("RFC 7523 §3", "RFC 9110 §15.6.4")
def test_a_good_assertion_whose_keys_are_not_asked_for_is_no_fault_of_its_client(
    monkeypatch: pytest.MonkeyPatch, served: Site, is_rotated: bool
) -> None:
    registered = ClientFactory(preset="service-account", redirect_uris=(), jwks_uri=served.url)
    flow = FlowClient(registered=registered)
    asked = {"grant_type": "client_credentials", "scope": "notes:read"}
    before, key = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("before", "now"))
    if is_rotated:
        served.publish(key_set_of(before))
        theirs = flow.client_assertion(key=before)
        assert flow.post("token", headers=NO_HEADER, **asked, **theirs).status_code == 200
    served.publish(key_set_of(key))
    ours = flow.client_assertion(key=key)
    with monkeypatch.context() as busy:
        used_up(busy)
        answer = flow.post("token", headers=NO_HEADER, **asked, **ours)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert 0 < int(answer["Retry-After"]) <= 10
    again = flow.post("token", headers=NO_HEADER, **asked, **ours)
    assert again.status_code == 200, again.content


@pytest.mark.django_db
@spec("OpenID Connect Core §6.2", "RFC 6749 §4.1.2.1")
def test_a_request_uri_that_is_not_asked_for_is_no_fault_of_its_client(
    monkeypatch: pytest.MonkeyPatch, served: Site
) -> None:
    story = signer(request_uris=[served.url])
    used_up(monkeypatch)
    answer = anonymous(story, served.url)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert served.asked == []


@pytest.mark.django_db
@spec("OpenID Connect Dynamic Client Registration §5", "RFC 9110 §15.6.4")
def test_a_sector_that_is_not_asked_for_is_no_fault_of_its_client(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}
    used_up(monkeypatch)
    sector = {
        "subject_type": "pairwise",
        "sector_identifier_uri": "https://sector.example.com/list",
    }
    answer = Registrar().register(**sector)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


@pytest.mark.django_db
@spec("RFC 7523 §3", "RFC 9700 §4.11.2")
def test_assertions_whose_keys_are_at_a_silent_host_take_three_seconds_in_all() -> None:
    with silent_host() as (uri, connected):
        registered = ClientFactory(preset="service-account", redirect_uris=(), jwks_uri=uri)
        flow = FlowClient(registered=registered)
        asked = {"grant_type": "client_credentials", "scope": "notes:read"}
        began = monotonic()
        statuses = [
            flow.post("token", headers={"X-No": "header"}, **asked, **flow.client_assertion())
            for _ in range(6)
        ]
        seconds = monotonic() - began
    # An address that was asked for more than it may be in a minute says nothing of the assertion.
    assert [answer.status_code for answer in statuses] == [401] * keys.LOOKS + [503]
    assert seconds < 7  # one look at three seconds, and a slow machine
    assert len(connected) == 1


@pytest.mark.django_db
@spec("OpenID Connect Dynamic Client Registration §5", "RFC 9700 §4.11.2")
def test_registrations_whose_sector_is_at_a_silent_host_take_three_seconds_in_all(
    settings: Any,
) -> None:
    with silent_host() as (uri, connected):
        settings.OAUTH2_PROVIDER = PROVIDER
        settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION": "open"}
        uri = uri.replace("http", "https", 1)
        sector = {"subject_type": "pairwise", "sector_identifier_uri": uri}
        began = monotonic()
        answers = [Registrar().register(**sector) for _ in range(6)]
        seconds = monotonic() - began
    assert {answer.status_code for answer in answers} == {400}
    assert seconds < 7  # one look at three seconds, and a slow machine
    assert len(connected) == 1


@spec("RFC 9325 §3.2")
def test_a_host_that_never_ends_its_handshake_takes_its_time_alone() -> None:
    with silent_host() as (uri, connected):
        began = monotonic()
        with pytest.raises(NotFetched):
            fetch_text(uri.replace("http", "https", 1), seconds=0.3)
        assert monotonic() - began < 1
    assert len(connected) == 1
