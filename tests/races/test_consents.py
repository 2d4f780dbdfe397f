"""One person, many answers to the consent page."""

import pytest
from django.urls import reverse

from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import FlowClient
from tests.marks import spec
from tests.races.together import apart, assert_nothing_is_orphaned, at_once, statuses

pytestmark = pytest.mark.django_db(transaction=True)


@spec("B-15")
def test_two_consents_at_once_are_remembered_as_one_that_holds_both(
    flow: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        Consent.objects.all().delete()

        answers = at_once(
            [
                lambda: apart(flow).decide(scope="notes:read"),
                lambda: apart(flow).decide(scope="profile"),
            ]
        )

        assert statuses(answers) == [303, 303]
        assert all("code=" in answer["Location"] for answer in answers)
        assert Consent.objects.get().scopes == {"notes:read", "profile"}


@spec("B-15")
def test_a_consent_withdrawn_while_it_is_given_anew_is_given_or_gone(
    flow: FlowClient, rounds: range
) -> None:
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])
    for _ in rounds:
        flow.tokens(prompt="consent")

        answers = at_once(
            [
                lambda: apart(flow).decide(prompt="consent"),
                lambda: apart(flow).browser.post(withdraw),
            ]
        )

        assert statuses(answers) == [302, 303]
        assert Consent.objects.count() <= 1
        assert_nothing_is_orphaned()
