"""Running calls at the same moment, and what must be true of the database afterwards."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

from django.db import connections
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
