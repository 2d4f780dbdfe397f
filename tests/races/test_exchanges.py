"""A token is exchanged at the moment its grant ends: nothing that was made of it may go on."""

from typing import Any

import pytest
from django.urls import reverse

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.tokens.models import Authorization
from tests.flows.exchanges import API, api, exchanged
from tests.marks import spec
from tests.races.together import (
    AccessToken,
    apart,
    assert_nothing_is_alive,
    assert_nothing_is_orphaned,
    at_once,
    exchanging,
    posting,
    refreshing,
    sixteen,
    statuses,
)

pytestmark = pytest.mark.django_db(transaction=True)


def tokens_of(flow: FlowClient) -> dict[str, Any]:
    return flow.tokens(scope="notes:read", resource=API)


def assert_no_child_outlives_its_parent() -> None:
    live = Authorization.objects.live()
    children = live.exclude(parent=None)
    assert list(children.exclude(parent__in=live.values("pk"))) == []
    assert_nothing_is_orphaned()


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
@spec("RFC 8693 §2.1", "RFC 7009 §2.1", "B-21")
def test_a_token_that_is_revoked_while_it_is_exchanged_leaves_nothing(
    flow: FlowClient, rounds: range, kind: str
) -> None:
    service = api()
    for _ in rounds:
        tokens = tokens_of(flow)

        revocation, *exchanges = at_once(
            [
                posting(flow, "revoke", token=tokens[kind]),
                *[exchanging(service, tokens["access_token"])] * 5,
            ]
        )

        assert revocation.status_code == 200
        assert set(statuses(exchanges)) <= {200, 400}
        assert not AccessToken.objects.exists()
        assert_no_child_outlives_its_parent()


@spec("RFC 8693 §2.1", "B-15")
def test_a_consent_that_is_withdrawn_at_that_moment_leaves_nothing(
    flow: FlowClient, rounds: range
) -> None:
    first, second = api(exchange_targets=[API]), api()
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])
    for _ in rounds:
        token = tokens_of(flow)["access_token"]
        middle = exchanged(first, token)["access_token"]

        withdrawal, *exchanges = at_once(
            [
                lambda: apart(flow).browser.post(withdraw),
                *[exchanging(first, token)] * 3,
                *[exchanging(second, middle)] * 3,
            ]
        )

        assert withdrawal.status_code == 302
        assert set(statuses(exchanges)) <= {200, 400}
        assert_nothing_is_alive()


@spec("RFC 8693 §2.1", "B-21")
def test_ends_from_above_and_from_the_middle_do_not_wait_for_each_other(
    flow: FlowClient, rounds: range
) -> None:
    first, second = api(exchange_targets=[API]), api()
    for _ in rounds:
        tokens = tokens_of(flow)
        middle = exchanged(first, tokens["access_token"])["access_token"]
        last = exchanged(second, middle)["access_token"]

        answers = at_once(
            [
                posting(flow, "revoke", token=tokens["refresh_token"]),
                posting(first, "revoke", token=middle),
                posting(second, "revoke", token=last),
                exchanging(second, middle),
            ]
        )

        assert statuses(answers[:3]) == [200] * 3
        assert_nothing_is_alive()


@spec("RFC 8693 §2.1", "B-18")
def test_a_refresh_goes_on_beside_exchanges(flow: FlowClient, rounds: range) -> None:
    service = api()
    for _ in rounds:
        tokens = tokens_of(flow)

        refresh, *exchanges = at_once(
            [
                refreshing(flow, tokens["refresh_token"]),
                *[exchanging(service, tokens["access_token"])] * 5,
            ]
        )

        assert refresh.status_code == 200
        assert statuses(exchanges) == [200] * 5
        assert_no_child_outlives_its_parent()


@spec("RFC 8693 §2.1")
def test_many_exchange_one_token(flow: FlowClient) -> None:
    service = api()
    answers = sixteen(exchanging(service, tokens_of(flow)["access_token"]))
    assert statuses(answers) == [200] * 16
    assert len({answer.json()["access_token"] for answer in answers}) == 16
    assert_no_child_outlives_its_parent()


@spec("RFC 8693 §2.1", "B-20")
def test_a_client_that_is_disabled_at_that_moment_leaves_nothing_that_works(
    flow: FlowClient, rounds: range
) -> None:
    service, policy = api(), flow.registered.policy
    for _ in rounds:
        token = tokens_of(flow)["access_token"]

        def disable() -> None:
            ClientPolicy.objects.filter(pk=policy.pk).update(is_enabled=False)

        _, *exchanges = at_once([disable, *[exchanging(service, token)] * 5])

        assert set(statuses(exchanges)) <= {200, 400}
        for answer in exchanges:
            if answer.status_code == 200:
                value = answer.json()["access_token"]
                assert service.introspect(value) == {"active": False}
        ClientPolicy.objects.filter(pk=policy.pk).update(is_enabled=True)
        forget_clients()
        Authorization.objects.all().delete()
        AccessToken.objects.all().delete()
