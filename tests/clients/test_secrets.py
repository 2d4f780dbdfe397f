"""Client secrets: several at a time, each with its label, its end and its last use."""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import facts, secrets
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.guess_limits import GuessLimits
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.secret_list import listed, still_using_an_old_one
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.stock import SECRET, stock_client
from tests.clients.test_authentication import assert_not_proven, basic
from tests.marks import spec

HOUR = timedelta(hours=1)
GUESSES = GuessLimits(network="192.0.2.1", client_id="")


def with_secret(flow: FlowClient, secret: str) -> Any:
    """A request for a token, by one of the client's secrets."""
    return flow.token(
        grant_type="client_credentials",
        scope="notes:read",
        headers=basic(flow.registered.client_id, secret),
    )


def stock_service(**changes: Any) -> FlowClient:
    return stock_client(authorization_grant_type="client-credentials", **changes)


@spec("RFC 6749 §10.10", "B-7", "B-17")
def test_a_generated_secret_has_256_bits_and_no_two_are_alike() -> None:
    made = {secrets.generate() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(urlsafe_b64decode(secret + "=")) for secret in made} == {32}


@spec("RFC 6749 §10.1", "B-7", "B-17")
def test_a_secret_is_stored_as_a_checksum_and_dots_column_holds_nothing_that_opens(
    service: FlowClient,
) -> None:
    secret = service.registered.client_secret
    assert ClientSecret.objects.get().digest == sha256(secret.encode()).hexdigest()
    service.registered.application.refresh_from_db()
    assert service.registered.application.client_secret.startswith("!")
    assert secret not in service.registered.application.client_secret


@spec("B-7")
def test_several_secrets_open_the_same_client(service: FlowClient) -> None:
    second = secrets.add(service.registered.application, label="after the move")
    third = secrets.add(service.registered.application, label="a third")
    for secret in (service.registered.client_secret, second, third):
        assert with_secret(service, secret).status_code == 200
    labels = set(ClientSecret.objects.values_list("label", flat=True))
    assert labels == {"first secret", "after the move", "a third"}


@spec("B-7")
def test_a_secret_opens_its_own_client_alone(service: FlowClient) -> None:
    other = ClientFactory(preset="service", redirect_uris=())
    assert_not_proven(with_secret(service, other.client_secret))


@spec("B-7")
def test_a_retired_secret_is_refused_at_once_and_the_others_go_on(service: FlowClient) -> None:
    second = secrets.add(service.registered.application, label="second")
    assert with_secret(service, second).status_code == 200
    secrets.retire(ClientSecret.objects.get(label="second"))
    assert_not_proven(with_secret(service, second))
    assert with_secret(service, service.registered.client_secret).status_code == 200


@spec("B-7")
def test_an_expired_secret_is_refused(service: FlowClient) -> None:
    now = timezone.now()
    application = service.registered.application
    past = secrets.add(application, label="past", expires=now - timedelta(seconds=1))
    future = secrets.add(application, label="future", expires=now + HOUR)
    assert_not_proven(with_secret(service, past))
    assert with_secret(service, future).status_code == 200
    assert set(ClientSecret.objects.live().values_list("label", flat=True)) == {
        "first secret",
        "future",
    }


@spec("B-7")
def test_a_secret_ends_on_time_even_where_its_client_is_remembered(service: FlowClient) -> None:
    end = timezone.now() + HOUR
    secret = secrets.add(service.registered.application, label="ending", expires=end)
    remembered = client_of(service.registered.client_id)
    assert secrets.verify(remembered, secret, end - timedelta(microseconds=1), guesses=GUESSES)
    assert not secrets.verify(remembered, secret, end, guesses=GUESSES)


@spec("B-7")
def test_the_last_use_is_noted_to_the_hour(service: FlowClient) -> None:
    secret, row = service.registered.client_secret, ClientSecret.objects.get()
    assert row.last_used is None
    assert with_secret(service, secret).status_code == 200
    row.refresh_from_db()
    assert row.last_used is not None
    first, remembered = row.last_used, client_of(service.registered.client_id)
    secrets.verify(remembered, secret, first + HOUR - timedelta(seconds=1), guesses=GUESSES)
    row.refresh_from_db()
    assert row.last_used == first
    secrets.verify(remembered, secret, first + HOUR, guesses=GUESSES)
    row.refresh_from_db()
    assert row.last_used == first + HOUR


@spec("B-7")
def test_a_wrong_secret_is_no_use_of_the_right_one(service: FlowClient) -> None:
    assert_not_proven(with_secret(service, "wrong"))
    assert ClientSecret.objects.get().last_used is None


@spec("B-7")
def test_secrets_are_compared_in_constant_time(
    service: FlowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []

    def compare_digest(one: str, other: str) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    second = secrets.add(service.registered.application, label="second")
    monkeypatch.setattr(secrets, "compare_digest", compare_digest)
    assert with_secret(service, second).status_code == 200
    # Every secret is looked at, so that the place of the right one cannot be told either.
    stored = set(ClientSecret.objects.values_list("digest", flat=True))
    assert {one for one, _ in compared} >= stored
    assert {other for _, other in compared} == {secrets.digest_of(second)}


@spec("B-7")
def test_adding_and_retiring_a_secret_is_recorded(
    service: FlowClient, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secrets.add(service.registered.application, label="second")
        secrets.retire(ClientSecret.objects.get(label="second"))
    for event in ("secret.added", "secret.retired"):
        row = AuditEvent.objects.get(event=event)
        assert row.client_id == service.registered.client_id
        assert row.detail == {"label": "second"}


# Replacing a secret -------------------------------------------------------------------------------------


def over(row: ClientSecret) -> None:
    """The overlap is over."""
    ClientSecret.objects.filter(pk=row.pk).update(expires=timezone.now())
    facts.forget_clients()


@pytest.mark.parametrize("days", [1, 7, 30])
@spec("B-7")
def test_a_client_that_switches_in_the_overlap_sees_no_failed_request(
    service: FlowClient, days: int
) -> None:
    old, row = service.registered.client_secret, ClientSecret.objects.get()
    answers = [with_secret(service, old)]
    new = secrets.rotate(row, overlap=timedelta(days=days))
    answers += [with_secret(service, old), with_secret(service, new), with_secret(service, old)]
    remembered = client_of(service.registered.client_id)
    end = row.expires
    assert end is not None
    assert abs(end - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)
    assert secrets.verify(remembered, old, end - timedelta(microseconds=1), guesses=GUESSES)
    assert not secrets.verify(remembered, old, end, guesses=GUESSES)
    over(row)
    answers.append(with_secret(service, new))
    assert {answer.status_code for answer in answers} == {200}
    assert_not_proven(with_secret(service, old))


@spec("B-7")
def test_an_overlap_ends_no_later_than_the_secret_would_have(service: FlowClient) -> None:
    soon = timezone.now() + HOUR
    secrets.add(service.registered.application, label="ending", expires=soon)
    row = ClientSecret.objects.get(label="ending")
    secrets.rotate(row, overlap=timedelta(days=30))
    assert row.expires == soon
    assert ClientSecret.objects.get(label="ending", expires__isnull=True).is_live


@spec("B-4", "B-7")
def test_replacing_a_secret_is_recorded_and_keeps_readable_ones_readable(
    service: FlowClient, django_capture_on_commit_callbacks: Any
) -> None:
    secrets.add(service.registered.application, label="signing", is_readable=True)
    with django_capture_on_commit_callbacks(execute=True):
        made = secrets.rotate(ClientSecret.objects.get(label="signing"), overlap=HOUR)
    client = client_of(service.registered.client_id)
    assert client is not None
    assert made in secrets.readable_secrets(client)
    event = AuditEvent.objects.get(event="secret.added")
    assert event.detail == {"label": "signing", "readable": True}
    rotated = AuditEvent.objects.get(event="secret.rotated")
    assert rotated.client_id == service.registered.client_id
    assert rotated.detail.keys() == {"label", "until"}


@spec("B-7")
def test_who_still_uses_the_old_one_is_known_at_once_and_then_to_the_minute(
    service: FlowClient,
) -> None:
    old, row = service.registered.client_secret, ClientSecret.objects.get()
    assert with_secret(service, old).status_code == 200
    new = secrets.rotate(row, overlap=timedelta(days=1))
    assert with_secret(service, new).status_code == 200
    newest, replaced = listed(service.registered.application)
    assert (newest.is_older, newest.is_still_used) == (False, False)
    assert (replaced.is_older, replaced.is_still_used) == (True, False)
    assert not still_using_an_old_one().exists()
    assert with_secret(service, old).status_code == 200
    assert listed(service.registered.application)[1].is_still_used
    assert list(still_using_an_old_one()) == [row]
    noted = ClientSecret.objects.get(pk=row.pk).last_used
    for seconds in (30, 61):
        later = timezone.now() + timedelta(seconds=seconds)
        assert secrets.verify(client_of(service.registered.client_id), old, later, guesses=GUESSES)
    assert ClientSecret.objects.get(pk=row.pk).last_used == later > noted
    secrets.retire(row)
    assert not listed(service.registered.application)[1].is_older
    assert not still_using_an_old_one().exists()


@spec("B-7")
def test_a_secret_of_dots_is_replaced_like_any_other(
    db: None, slow_hashes: Callable[[], int]
) -> None:
    stock = stock_service()
    assert with_secret(stock, SECRET).status_code == 200
    row = ClientSecret.objects.get()
    new = secrets.rotate(row, overlap=HOUR)
    assert with_secret(stock, SECRET).status_code == 200
    assert with_secret(stock, new).status_code == 200
    over(row)
    assert_not_proven(with_secret(stock, SECRET))
    assert with_secret(stock, new).status_code == 200


# Secrets as django-oauth-toolkit has them --------------------------------------------------------------


@spec("B-7")
@pytest.mark.parametrize("is_hashed", [True, False])
def test_dots_secret_works_once_the_slow_way_and_is_upgraded(
    db: None, slow_hashes: Callable[[], int], is_hashed: bool
) -> None:
    stock = stock_service(hash_client_secret=is_hashed)
    slow_hashes()
    column = stock.registered.application.client_secret
    assert with_secret(stock, SECRET).status_code == 200
    assert slow_hashes() == int(is_hashed)
    upgraded = ClientSecret.objects.get()
    assert upgraded.digest == secrets.digest_of(SECRET)
    assert upgraded.last_used is not None
    for _ in range(3):
        assert with_secret(stock, SECRET).status_code == 200
    assert slow_hashes() == 0
    assert ClientSecret.objects.count() == 1
    stock.registered.application.refresh_from_db()
    assert stock.registered.application.client_secret == column


@spec("B-7")
@pytest.mark.parametrize("is_hashed", [True, False])
def test_a_wrong_secret_upgrades_nothing(
    db: None, slow_hashes: Callable[[], int], is_hashed: bool
) -> None:
    stock = stock_service(hash_client_secret=is_hashed)
    for wrong in ("wrong", SECRET + " ", stock.registered.application.client_secret[:-1]):
        assert_not_proven(with_secret(stock, wrong))
    assert not ClientSecret.objects.exists()
    assert with_secret(stock, SECRET).status_code == 200


@spec("B-7")
def test_the_hash_itself_is_no_secret(db: None, slow_hashes: Callable[[], int]) -> None:
    stock = stock_service()
    assert_not_proven(with_secret(stock, stock.registered.application.client_secret))


@spec("B-7")
def test_a_retired_upgrade_does_not_bring_dots_secret_back(
    db: None, slow_hashes: Callable[[], int]
) -> None:
    stock = stock_service()
    assert with_secret(stock, SECRET).status_code == 200
    secrets.retire(ClientSecret.objects.get())
    assert_not_proven(with_secret(stock, SECRET))


@spec("B-7")
def test_a_second_secret_leaves_dots_own_working(db: None, slow_hashes: Callable[[], int]) -> None:
    stock = stock_service()
    second = secrets.add(stock.registered.application, label="second")
    assert with_secret(stock, second).status_code == 200
    assert with_secret(stock, SECRET).status_code == 200
