"""One code, many redemptions."""

import pytest
from django.urls import reverse
from oauth2_provider.models import RefreshToken

from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import FlowClient
from tests.marks import spec
from tests.races.together import (
    apart,
    assert_nothing_is_alive,
    assert_nothing_is_orphaned,
    at_once,
    redeeming,
    sixteen,
    statuses,
)

pytestmark = pytest.mark.django_db(transaction=True)


@spec("RFC 6749 §4.1.2", "B-12")
def test_one_of_sixteen_redemptions_wins_and_the_replay_kills_its_tokens(
    flow: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        earlier = RefreshToken.objects.count()

        answers = sixteen(redeeming(flow, flow.code()))

        assert statuses(answers) == [200] + [400] * 15
        errors = {answer.json().get("error") for answer in answers}
        assert errors == {None, "invalid_grant"}
        assert RefreshToken.objects.count() == earlier + 1
        assert_nothing_is_alive()


@spec("B-3", "B-12")
def test_a_redemption_without_the_verifier_does_not_stop_the_rightful_one(
    flow: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        code = flow.code()

        right, *wrong = at_once(
            [redeeming(flow, code), *[lambda c=code: apart(flow).redeem(c, code_verifier=None)]]
        )

        assert right.status_code == 200
        assert statuses(wrong) == [400]
        # Whichever came first: without its proof, not even a spent code ends what it earned.
        token = right.json()["access_token"]
        assert flow.post("introspect", token=token).json()["active"]
        assert_nothing_is_orphaned()


@spec("RFC 7009 §2.1", "B-15")
def test_a_withdrawn_consent_leaves_nothing_of_a_code_redeemed_at_that_moment(
    flow: FlowClient, rounds: range
) -> None:
    client = flow.registered
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[client.application.pk])
    for _ in rounds:
        code = flow.code()

        redemption, withdrawal = at_once(
            [redeeming(flow, code), lambda: apart(flow).browser.post(withdraw)]
        )

        assert withdrawal.status_code == 302
        assert redemption.status_code in (200, 400)
        assert not Consent.objects.exists()
        assert_nothing_is_alive()
