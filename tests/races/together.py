"""Running calls at the same moment, and what must be true of the database afterwards."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from threading import Barrier, Event
from typing import Any

from django.db import connections, transaction
from django.db.models import Q
from django.test import Client
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.tokens.models import Authorization

THREADS = 16

AccessToken, RefreshToken = get_access_token_model(), get_refresh_token_model()
Grant = get_grant_model()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The answers of all calls, each made in a thread of its own when every thread is ready."""
    ready = Barrier(len(calls), timeout=60)

    def run(call: Callable[[], Any]) -> Any:
        try:
            connections["default"].ensure_connection()
            ready.wait()
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(calls)) as threads:
        running = [threads.submit(run, call) for call in calls]
        return [thread.result() for thread in running]


@dataclass(frozen=True)
class During:
    """The answer to a call, and whether it came before the change beside it was committed."""

    answer: Any
    was_early: bool


#: How long a call may take that waits for nothing, in seconds.
SOON = 0.4


def during(change: Callable[[], Any], call: Callable[[], Any]) -> During:
    """Make a call while a change has been made in a transaction that is committed only afterwards."""
    made, may_commit = Event(), Event()

    def changing() -> None:
        with transaction.atomic():
            change()
            made.set()
            may_commit.wait(60)

    with ThreadPoolExecutor(max_workers=2) as threads:
        change_made = threads.submit(_closing, changing)
        assert made.wait(60) or change_made.result() is None
        answer = threads.submit(_closing, call)
        was_early = bool(wait([answer], SOON).done)
        may_commit.set()
        change_made.result(60)
        return During(answer=answer.result(60), was_early=was_early)


def while_held(row: Any, call: Callable[[], Any], change: Callable[[], Any]) -> During:
    """Make a call that cannot finish, since another transaction holds a row, and a change meanwhile.

    `was_early` says that the change was over before the call could finish.
    """
    held, may_go_on = Event(), Event()

    def holding() -> None:
        with transaction.atomic():
            type(row)._base_manager.select_for_update().get(pk=row.pk)
            held.set()
            may_go_on.wait(60)

    with ThreadPoolExecutor(max_workers=3) as threads:
        holder = threads.submit(_closing, holding)
        assert held.wait(60) or holder.result() is None
        answer = threads.submit(_closing, call)
        assert not wait([answer], SOON).done, "the row holds nobody back"
        changed = threads.submit(_closing, change)
        was_early = bool(wait([changed], SOON).done)
        may_go_on.set()
        holder.result(60)
        changed.result(60)
        return During(answer=answer.result(60), was_early=was_early)


def _closing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connections.close_all()


def sixteen(call: Callable[[], Any]) -> list[Any]:
    """The answers to sixteen calls of the same kind."""
    return at_once([call] * THREADS)


def apart(flow: FlowClient) -> FlowClient:
    """The same client and person, with HTTP clients that no other thread uses.

    A fault on the server is answered with a 500 here, as it is to a real client.
    """
    browser = Client(raise_request_exception=False)
    browser.cookies = flow.browser.cookies.copy()
    return replace(flow, browser=browser, back_channel=Client(raise_request_exception=False))


def redeeming(flow: FlowClient, code: str) -> Callable[[], Any]:
    return lambda: apart(flow).redeem(code)


def refreshing(flow: FlowClient, refresh_token: str) -> Callable[[], Any]:
    return lambda: apart(flow).refresh(refresh_token)


def exchanging(service: FlowClient, token: str) -> Callable[[], Any]:
    return lambda: apart(service).exchange(token)


def posting(flow: FlowClient, endpoint: str, **parameters: Any) -> Callable[[], Any]:
    return lambda: apart(flow).post(endpoint, **parameters)


def statuses(answers: Sequence[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def live_refresh_tokens() -> Any:
    return RefreshToken.objects.filter(revoked__isnull=True)


def assert_nothing_is_orphaned() -> None:
    """Every token that still works belongs to an authorization that is live."""
    live = Authorization.objects.live()
    orphaned = live_refresh_tokens().exclude(token_family__in=live.values("pk"))
    assert list(orphaned) == []
    parented = (
        Q(refresh_token__token_family__in=live.values("pk"))
        | Q(source_refresh_token__token_family__in=live.values("pk"))
        | Q(token_checksum__in=live.values("first_access_checksum"))
        | Q(token_checksum__in=live.values("front_access_checksum"))
    )
    assert list(AccessToken.objects.exclude(parented)) == []


def assert_nothing_is_alive() -> None:
    """No code and no token of anybody works any more."""
    assert list(AccessToken.objects.all()) == []
    assert list(live_refresh_tokens()) == []
    assert list(Grant.objects.all()) == []
