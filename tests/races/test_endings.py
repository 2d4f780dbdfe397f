"""Tokens are asked for at the moment the account is closed, its password changed, or the client disabled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.urls import reverse

from django_oauthflows.core.locked_rows import ExistsLocked
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.flows.exchanges import API, api
from tests.marks import spec
from tests.races.together import (
    AccessToken,
    Grant,
    apart,
    assert_nothing_is_alive,
    at_once,
    during,
    exchanging,
    live_refresh_tokens,
    redeeming,
    refreshing,
    while_held,
)
from tests.stories import Story

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[[], Any]


@dataclass(frozen=True)
class Scene:
    """A person who is signed in, their app and their device, and a service that exchanges tokens."""

    app: FlowClient
    device: FlowClient
    service: Story
    key: Any

    def sign_in(self) -> None:
        for flow in (self.app, self.device):
            flow.browser.force_login(self.person)

    @property
    def person(self) -> Any:
        return get_user_model().objects.get(pk=self.key)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    person = PersonFactory()
    app = FlowClient(registered=ClientFactory())
    device = FlowClient(registered=ClientFactory(preset="device", redirect_uris=()))
    scene = Scene(app=app, device=device, service=api(), key=person.pk)
    scene.sign_in()
    return scene


# Each prepares a request for tokens, and returns it and the client that makes it.


def silent_answer(scene: Scene) -> Call:
    scene.app.decide()
    Grant.objects.all().delete()
    return lambda: apart(scene.app).ask()


def redemption(scene: Scene) -> Call:
    return redeeming(scene.app, scene.app.code())


def refresh(scene: Scene) -> Call:
    return refreshing(scene.app, scene.app.tokens()["refresh_token"])


def poll(scene: Scene) -> Call:
    codes = scene.device.device_codes().json()
    cache.clear()  # the attempts at typing a code are not what is raced here
    assert scene.device.decide_on_device(codes["user_code"]).status_code == 303
    return lambda: apart(scene.device).poll(codes["device_code"])


def exchange(scene: Scene) -> Call:
    return exchanging(
        scene.service, scene.app.tokens(scope="notes:read", resource=API)["access_token"]
    )


ISSUING = pytest.mark.parametrize("issuing", [silent_answer, redemption, refresh, poll, exchange])


def change_password(scene: Scene) -> None:
    person = scene.person
    person.set_password(f"after {person.password}")
    person.save()


def close_account(scene: Scene) -> None:
    person = scene.person
    person.is_active = False
    person.save()


def reopen_account(scene: Scene) -> None:
    get_user_model().objects.update(is_active=True)


def switch_clients(scene: Scene, *, on: bool) -> None:
    for flow in (scene.app, scene.device):
        flow.registered.policy.is_enabled = on
        flow.registered.policy.save()


def got_something(response: Any) -> bool:
    """Did the client get a code, or tokens?"""
    if response.status_code in (302, 303):
        return "code=" in response["Location"]
    return bool(response.status_code == 200)


def works(scene: Scene, response: Any) -> bool:
    """Does what the client got work?"""
    if not got_something(response):
        return False
    if response.status_code in (302, 303):
        return bool(scene.app.redeem(answered(response)["code"]).status_code == 200)
    token = response.json()["access_token"]
    calls = scene.service.back_channel.get(
        "/api/notes/", headers={"Authorization": f"Bearer {token}"}
    )
    return bool(calls.status_code == 200)


@ISSUING
@spec("B-20")
def test_a_password_changed_at_that_moment_leaves_nothing(
    scene: Scene, rounds: range, issuing: Callable[[Scene], Call]
) -> None:
    for _ in rounds:
        scene.sign_in()
        at_once([issuing(scene), lambda: change_password(scene)])
        assert_nothing_is_alive()


@ISSUING
@spec("B-20")
def test_an_account_closed_at_that_moment_has_nothing_that_works(
    scene: Scene, rounds: range, issuing: Callable[[Scene], Call]
) -> None:
    for _ in rounds:
        scene.sign_in()
        response, _ = at_once([issuing(scene), lambda: close_account(scene)])
        assert not works(scene, response)
        reopen_account(scene)


@ISSUING
@spec("B-20")
def test_a_client_disabled_at_that_moment_has_nothing_that_works(
    scene: Scene, rounds: range, issuing: Callable[[Scene], Call]
) -> None:
    for _ in rounds:
        response, _ = at_once([issuing(scene), lambda: switch_clients(scene, on=False)])
        if issuing is not exchange:
            assert not works(scene, response)
        switch_clients(scene, on=True)


@ISSUING
@pytest.mark.parametrize("ending", [change_password, close_account])
@spec("B-20")
def test_whoever_asks_while_it_is_not_yet_committed_waits_and_gets_nothing(
    scene: Scene, issuing: Callable[[Scene], Call], ending: Callable[[Scene], None]
) -> None:
    call = issuing(scene)
    before = AccessToken.objects.count(), Grant.objects.count()
    seen = during(lambda: ending(scene), call)
    assert not seen.was_early
    assert not got_something(seen.answer)
    assert (AccessToken.objects.count(), Grant.objects.count()) <= before


@ISSUING
@pytest.mark.row_locks
@pytest.mark.parametrize("ending", [change_password, close_account])
@spec("B-20")
def test_nothing_is_issued_once_it_has_been_committed(
    scene: Scene, issuing: Callable[[Scene], Call], ending: Callable[[Scene], None]
) -> None:
    """The change is over before the tokens are there, or waits for them and ends them."""
    client = scene.device if issuing is poll else scene.app
    client = scene.service if issuing is exchange else client
    call = issuing(scene)
    seen = while_held(client.registered.application, call, lambda: ending(scene))
    assert not (seen.was_early and got_something(seen.answer))
    if ending is change_password:
        assert_nothing_is_alive()


@spec("B-20")
def test_a_deleted_account_at_that_moment_leaves_nothing_and_no_fault(
    flow: FlowClient, rounds: range
) -> None:
    for _ in rounds:
        person = PersonFactory()
        flow.browser.force_login(person)
        first, second = flow.tokens()["refresh_token"], flow.tokens()["refresh_token"]
        code = flow.code()
        calls = [redeeming(flow, code), refreshing(flow, first), refreshing(flow, second)]
        *answers, _ = at_once([*calls, lambda: apart(flow).ask(), person.delete])
        assert all(answer.status_code < 500 for answer in answers)
        assert_nothing_is_alive()


@pytest.mark.row_locks
@spec("B-20")
def test_many_tokens_of_one_person_do_not_wait_for_each_other(flow: FlowClient) -> None:
    """A refresh goes through while another transaction holds the user as issuing does."""
    tokens = flow.tokens()["refresh_token"]
    person = get_user_model().objects.get()
    seen = during(lambda: hold_as_issuing_does(person), refreshing(flow, tokens))
    assert seen.was_early
    assert seen.answer.status_code == 200
    assert live_refresh_tokens().count() == 1


def hold_as_issuing_does(person: Any) -> None:
    people = get_user_model().objects
    assert people.filter(ExistsLocked(people.filter(pk=person.pk))).exists()


@pytest.mark.row_locks
@spec("B-20")
def test_a_client_is_disabled_while_its_tokens_are_being_issued(scene: Scene) -> None:
    """Whoever disables a busy client does not wait for it."""
    app = scene.app.registered
    call = refresh(scene)
    seen = while_held(
        app.application, call, lambda: type(app.policy).objects.update(is_enabled=False)
    )
    assert seen.was_early
    assert not works(scene, seen.answer)


@spec("B-31")
def test_a_sign_out_at_that_moment_leaves_no_code(flow: FlowClient, rounds: range) -> None:
    person, url = get_user_model().objects.get(), reverse("oauthflows:logout")
    for _ in rounds:
        flow.browser.force_login(person)
        flow.tokens()
        answer, _ = at_once(
            [
                lambda: apart(flow).ask(),
                lambda: apart(flow).browser.post(url, {"decision": "sign-out"}),
            ]
        )
        assert not Grant.objects.exists(), answer["Location"]
