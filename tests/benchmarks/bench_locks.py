"""What it costs to ask again and to hold rows while tokens are issued, and to notice an outage.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres tox run -e bench -- -s -k locks

The same requests with and without the conditions of `tokens/issuing_conditions.py`, in one process and in
turn; what counts is the ratio of the medians.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import transaction

from django_oauthflows.protocol import unavailable
from django_oauthflows.statements import CompiledUpdate
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.tokens import codes, rotation
from django_oauthflows.tokens.models import Authorization
from tests.benchmarks.bench_against_dot import compare

#: An operation takes at most so many times as long with the conditions.
AT_MOST = 1.25

_LIVE = CompiledUpdate(lambda _: Authorization.objects.filter(revoked__isnull=True))
_UNSPENT = CompiledUpdate(
    lambda _: Authorization.objects.filter(revoked__isnull=True, redeemed__isnull=True)
)


def _in_a_transaction(*, using: str, **_: Any) -> AbstractContextManager[None]:
    return transaction.atomic(using=using)


@contextmanager
def unconditioned() -> Iterator[None]:
    """Issue tokens as if nobody could end anything meanwhile."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codes, "issuing", _in_a_transaction)
        patched.setattr(codes, "_redeem", lambda: _UNSPENT)
        patched.setattr(rotation, "_note", lambda: _LIVE)
        yield


@contextmanager
def unnoticed() -> Iterator[None]:
    """Answer as if no database were ever away."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(unavailable, "despite_outages", lambda call: call())
        yield


def within(surroundings: Any, call: Callable[[], Any]) -> Callable[[], Any]:
    def request() -> Any:
        with surroundings():
            return call()

    return request


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("without", [unconditioned, unnoticed])
def test_what_is_asked_again_costs_little(without: Any) -> None:
    flow = FlowClient(registered=ClientFactory(scopes=["notes:read"]))
    flow.browser.force_login(PersonFactory())
    flow.code()  # the person agrees, and is not asked again
    held = {"with": flow.tokens()["refresh_token"], "without": flow.tokens()["refresh_token"]}
    bearer = {"Authorization": f"Bearer {flow.tokens()['access_token']}"}

    def silent() -> Any:
        response = flow.ask()
        response.status_code = {302: 200, 303: 200}[response.status_code]
        return response

    def refresh(name: str) -> Any:
        response = flow.refresh(held[name])
        held[name] = response.json()["refresh_token"]
        return response

    def redeeming() -> Callable[[], Any]:
        code = flow.code()
        return lambda: flow.redeem(code)

    ratios = {
        "silent answer": compare(lambda: within(without, silent), lambda: silent),
        "code exchange": compare(lambda: within(without, redeeming()), redeeming),
        "refresh": compare(
            lambda: within(without, lambda: refresh("without")), lambda: lambda: refresh("with")
        ),
        "API call": compare(
            lambda: within(without, lambda: flow.browser.get("/api/notes/", headers=bearer)),
            lambda: lambda: flow.browser.get("/api/notes/", headers=bearer),
        ),
    }
    for name, ratio in ratios.items():
        print(f"{name:<16} {ratio:5.2f} times as long as {without.__name__}")  # noqa: T201
    assert {name: ratio for name, ratio in ratios.items() if ratio > AT_MOST} == {}
