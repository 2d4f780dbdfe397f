"""One device code: many polls, and a person who decides twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from oauth2_provider.models import RefreshToken, get_device_grant_model

from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.testing.client import FlowClient, shown_on
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.races.together import (
    SOON,
    apart,
    assert_nothing_is_alive,
    assert_nothing_is_orphaned,
    at_once,
    sixteen,
    statuses,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tv(transactional_db: None) -> FlowClient:
    """A device, and the browser of somebody who is signed in."""
    return with_somebody(ClientFactory(preset="device", redirect_uris=()))


def with_somebody(registered: RegisteredClient) -> FlowClient:
    flow = FlowClient(registered=registered)
    flow.browser.force_login(PersonFactory())
    return flow


def polling(flow: FlowClient, device_code: str) -> Callable[[], Any]:
    return lambda: apart(flow).poll(device_code)


def pressing(flow: FlowClient, page: str, **fields: Any) -> Callable[[], Any]:
    return lambda: apart(flow).browser.post(reverse(f"oauthflows:{page}"), fields)


def entered(flow: FlowClient) -> dict[str, Any]:
    """Codes of a device, the short one typed by this person; attempts are not what is raced here."""
    codes: dict[str, Any] = flow.device_codes().json()
    cache.clear()
    assert flow.enter(codes["user_code"]).status_code == 303
    return codes


@spec("RFC 8628 §3.5", "B-24")
def test_one_of_sixteen_polls_wins_and_the_replay_kills_its_tokens(
    tv: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        earlier = RefreshToken.objects.count()
        codes = entered(tv)
        assert tv.decide_on_device(codes["user_code"]).status_code == 303

        answers = sixteen(polling(tv, codes["device_code"]))

        assert statuses(answers) == [200] + [400] * 15
        assert {answer.json().get("error") for answer in answers} == {None, "invalid_grant"}
        assert RefreshToken.objects.count() == earlier + 1
        assert not get_device_grant_model().objects.exists()
        assert_nothing_is_alive()


@spec("RFC 8628 §3.5", "B-24")
def test_of_sixteen_polls_while_the_person_thinks_one_came_in_time(
    tv: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        codes = tv.device_codes().json()

        answers = sixteen(polling(tv, codes["device_code"]))

        errors = sorted(answer.json()["error"] for answer in answers)
        assert errors == ["authorization_pending"] + ["slow_down"] * 15
        row = get_device_grant_model().objects.latest("pk")
        assert row.interval > 5


@spec("B-25")
def test_one_of_two_people_claims_a_device(tv: FlowClient, rounds: range) -> None:
    other = with_somebody(tv.registered)
    for _ in rounds:
        codes = entered(tv)
        assert other.enter(codes["user_code"]).status_code == 303

        answers = at_once(
            [pressing(person, "device-confirm", decision="continue") for person in (tv, other)]
        )

        assert statuses(answers) == [303, 400]


@spec("B-24", "B-25")
def test_a_yes_and_a_no_at_once_are_one_answer(tv: FlowClient, rounds: range) -> None:
    for _ in rounds:
        codes = entered(tv)
        tv.browser.post(reverse("oauthflows:device-confirm"), {"decision": "continue"})
        page = tv.browser.get(reverse("oauthflows:device-consent"))
        agreed = {"scopes": ["notes:read"], "shown": shown_on(page)}

        answers = at_once(
            [
                pressing(tv, "device-consent", decision="allow", **agreed),
                pressing(tv, "device-consent", decision="deny"),
                pressing(tv, "device-consent", decision="allow", **agreed),
            ]
        )

        assert statuses(answers) == [303, 400, 400]
        answer = tv.poll(codes["device_code"])
        if answer.status_code == 200:
            assert Authorization.objects.latest("created").scope == "notes:read"
        else:
            assert answer.json()["error"] == "access_denied"
        assert_nothing_is_orphaned()


@pytest.mark.row_locks
@spec("RFC 8628 §3.3", "B-24")
def test_a_yes_that_the_database_ended_as_a_deadlock_is_asked_for_again(tv: FlowClient) -> None:
    codes = entered(tv)
    tv.browser.post(reverse("oauthflows:device-confirm"), {"decision": "continue"})
    shown = shown_on(tv.browser.get(reverse("oauthflows:device-consent")))
    allow = pressing(tv, "device-consent", decision="allow", scopes=["notes:read"], shown=shown)
    people, devices = get_user_model()._base_manager, get_device_grant_model()._base_manager
    person = tv.browser.session["_auth_user_id"]

    with ThreadPoolExecutor(max_workers=1) as threads:
        with transaction.atomic():
            # InnoDB ends the transaction that has changed less; PostgreSQL the one that has waited longer.
            PersonFactory.create_batch(20)
            devices.select_for_update().get(user_code__isnull=False)
            answer = threads.submit(at_once, [allow])
            assert not wait([answer], SOON).done, "the device's row holds nobody back"
            people.select_for_update().get(pk=person)
        (response,) = answer.result(60)

    assert (response.status_code, response["Location"]) == (
        303,
        reverse("oauthflows:device-consent"),
    )
    assert not Authorization.objects.exists()
    assert allow()["Location"] == reverse("oauthflows:device-done")
    assert tv.poll(codes["device_code"]).status_code == 200


@spec("RFC 7009 §2.1", "B-24")
def test_a_withdrawn_consent_leaves_nothing_of_a_device_paired_at_that_moment(
    tv: FlowClient, rounds: range
) -> None:
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[tv.registered.application.pk])
    for _ in rounds:
        codes = entered(tv)
        tv.decide_on_device(codes["user_code"])

        poll, withdrawal = at_once(
            [polling(tv, codes["device_code"]), lambda: apart(tv).browser.post(withdraw)]
        )

        assert withdrawal.status_code == 302
        assert poll.status_code in (200, 400)
        assert_nothing_is_alive()
