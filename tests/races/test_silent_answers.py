"""One person: an app gets codes in silence while the person withdraws what they agreed to."""

from typing import Any

import pytest
from django.urls import reverse

from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.races.together import apart, assert_nothing_is_alive, at_once

pytestmark = pytest.mark.django_db(transaction=True)

#: Silent answers beside each withdrawal: most land while it is under way.
ANSWERS = 5


def allow_device(flow: FlowClient) -> Any:
    return flow.press_on_device(scopes=flow.registered.scopes)


def outcome(response: Any) -> str:
    """A code that came in silence, or the page."""
    if response.status_code == 200:
        return "page"
    return "code" if "code" in answered(response) else answered(response)["error"]


@spec("B-15", "RFC 6749 §4.1.1")
@pytest.mark.parametrize("prompt", [None, "none"])
def test_no_code_that_comes_in_silence_survives_the_withdrawal(
    flow: FlowClient, rounds: range, prompt: str | None
) -> None:
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])
    refused = "page" if prompt is None else "consent_required"
    for _ in rounds:
        flow.tokens(prompt="consent")

        answers = at_once(
            [
                *[lambda: apart(flow).ask(prompt=prompt)] * ANSWERS,
                lambda: apart(flow).browser.post(withdraw),
            ]
        )

        assert {outcome(answer) for answer in answers[:-1]} <= {"code", refused}
        assert not Consent.objects.exists()
        assert not Authorization.objects.filter(revoked__isnull=True).exists()
        assert_nothing_is_alive()


@spec("B-15", "RFC 6749 §4.1.1")
def test_a_code_that_came_in_silence_is_redeemed_for_nothing_that_lasts(
    flow: FlowClient, rounds: range
) -> None:
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])

    def ask_and_redeem() -> Any:
        app = apart(flow)
        response = app.ask()
        return app.redeem(answered(response)["code"]) if response.status_code == 302 else response

    for _ in rounds:
        flow.tokens(prompt="consent")

        answers = at_once([*[ask_and_redeem] * 2, lambda: apart(flow).browser.post(withdraw)])

        assert all(answer.status_code in (200, 302, 400) for answer in answers)
        assert_nothing_is_alive()


@spec("B-15", "B-25")
def test_a_device_is_approved_and_the_consent_withdrawn_without_a_fault(
    flow: FlowClient, rounds: range
) -> None:
    flow.registered.policy.flows = [*flow.registered.policy.flows, "device-code"]
    flow.registered.policy.save()
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])
    for _ in rounds:
        flow.tokens(prompt="consent")
        user_code = flow.device_codes().json()["user_code"]
        flow.enter(user_code)
        flow.browser.post(reverse("oauthflows:device-confirm"), {"decision": "continue"})

        answers = at_once(
            [
                lambda: allow_device(apart(flow)),
                lambda: apart(flow).browser.post(withdraw),
            ]
        )

        assert all(answer.status_code < 500 for answer in answers)
        live = Authorization.objects.filter(revoked__isnull=True)
        assert live.exists() <= Consent.objects.exists()
