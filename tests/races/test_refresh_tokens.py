"""One refresh token, many uses."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.races.together import (
    apart,
    assert_nothing_is_alive,
    assert_nothing_is_orphaned,
    at_once,
    live_refresh_tokens,
    posting,
    refreshing,
    sixteen,
    statuses,
)

pytestmark = pytest.mark.django_db(transaction=True)


@spec("RFC 9700 §4.14.2", "B-18")
def test_sixteen_refreshes_within_the_grace_earn_one_successor(
    flow: FlowClient, rounds: range
) -> None:
    family = flow.tokens()
    for _ in rounds:
        answers = sixteen(refreshing(flow, family["refresh_token"]))

        assert statuses(answers) == [200] * 16
        pairs = {(body["access_token"], body["refresh_token"]) for body in bodies(answers)}
        assert len(pairs) == 1
        assert live_refresh_tokens().count() == 1
        assert_nothing_is_orphaned()
        family = answers[0].json()


@spec("RFC 9700 §4.14.2", "B-18")
def test_without_a_grace_one_of_sixteen_refreshes_wins_and_the_family_dies(
    flow: FlowClient, rounds: range, settings: Any
) -> None:
    settings.OAUTHFLOWS = {"REFRESH_GRACE_SECONDS": 0}
    for _ in rounds:
        answers = sixteen(refreshing(flow, flow.tokens()["refresh_token"]))

        assert statuses(answers) == [200] + [400] * 15
        assert {body.get("error") for body in bodies(answers)} == {None, "invalid_grant"}
        assert_nothing_is_alive()


@spec("B-18")
def test_sixteen_first_uses_of_an_adopted_refresh_token_earn_one_successor(
    flow: FlowClient, rounds: range
) -> None:
    for number in rounds:
        token = adopted_refresh_token(flow, number)

        answers = sixteen(refreshing(flow, token))

        assert statuses(answers) == [200] * 16
        assert len({body["refresh_token"] for body in bodies(answers)}) == 1
        assert Authorization.objects.live().count() == number + 1
        assert_nothing_is_orphaned()


@spec("RFC 7009 §2.1", "B-21")
def test_a_refresh_token_revoked_while_it_is_used_leaves_nothing_alive(
    flow: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        token = flow.tokens()["refresh_token"]

        answers = at_once(
            [refreshing(flow, token), posting(flow, "revoke", token=token)] * 4,
        )

        assert set(statuses(answers[0::2])) <= {200, 400}
        assert set(statuses(answers[1::2])) == {200}
        assert_nothing_is_alive()


@spec("RFC 7009 §2.1", "B-21")
def test_an_access_token_revoked_during_a_refresh_is_dead_and_the_refresh_succeeds(
    flow: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        tokens = flow.tokens()

        refresh, revocation = at_once(
            [
                refreshing(flow, tokens["refresh_token"]),
                posting(flow, "revoke", token=tokens["access_token"]),
            ]
        )

        assert (refresh.status_code, revocation.status_code) == (200, 200)
        assert not AccessToken.objects.filter(
            token_checksum=sha256(tokens["access_token"].encode()).hexdigest()
        ).exists()
        assert_nothing_is_orphaned()


@spec("RFC 7009 §2.1", "B-21")
def test_an_adopted_refresh_token_revoked_at_its_first_use_leaves_nothing_alive(
    flow: FlowClient, rounds: range
) -> None:
    for number in rounds:
        token = adopted_refresh_token(flow, number)

        refresh, revocation = at_once(
            [refreshing(flow, token), posting(flow, "revoke", token=token)]
        )

        assert refresh.status_code in (200, 400)
        assert revocation.status_code == 200
        assert_nothing_is_alive()


@spec("B-15")
def test_an_adopted_refresh_token_withdrawn_at_its_first_use_leaves_nothing_alive(
    flow: FlowClient, rounds: range
) -> None:
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])
    for number in rounds:
        token = adopted_refresh_token(flow, number)

        refresh, withdrawal = at_once(
            [refreshing(flow, token), lambda: apart(flow).browser.post(withdraw)]
        )

        assert refresh.status_code in (200, 400)
        assert withdrawal.status_code == 302
        assert_nothing_is_alive()


@spec("B-20")
def test_a_password_changed_during_a_refresh_leaves_nothing_alive(
    flow: FlowClient, rounds: range
) -> None:
    for number in rounds:
        flow.browser.force_login(get_user_model().objects.get())
        token = flow.tokens()["refresh_token"]

        def change_password(number: int = number) -> None:
            owner = get_user_model().objects.get()
            owner.set_password(f"the password of round {number}")
            owner.save()

        refresh, _ = at_once([refreshing(flow, token), change_password])

        assert refresh.status_code in (200, 400)
        assert_nothing_is_alive()


def bodies(answers: list[Any]) -> list[dict[str, Any]]:
    return [answer.json() for answer in answers]


def adopted_refresh_token(flow: FlowClient, number: int) -> str:
    """A refresh token as django-oauth-toolkit stores it by default."""
    value = f"issued by django-oauth-toolkit {number}"
    client, person = flow.registered.application, get_user_model().objects.get()
    access = AccessToken.objects.create(
        user=person,
        application=client,
        token=f"access {value}",
        scope="notes:read",
        expires=timezone.now() + timedelta(hours=1),
    )
    RefreshToken.objects.create(user=person, application=client, token=value, access_token=access)
    return value
