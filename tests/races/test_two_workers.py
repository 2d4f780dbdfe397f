"""The same races against a real server: two worker processes with eight threads each, over the network."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.core.cache import cache
from django.db import connection
from oauth2_provider.models import RefreshToken, get_device_grant_model

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.marks import spec
from tests.races.together import (
    assert_nothing_is_alive,
    assert_nothing_is_orphaned,
    live_refresh_tokens,
    sixteen,
    statuses,
)
from tests.servers import free_port, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@dataclass(frozen=True)
class Wire:
    """What a `FlowClient` speaks over, instead of Django's test client."""

    url: str

    def post(self, path: str, body: str, *, content_type: str, headers: dict[str, str]) -> Any:
        sent = {**headers, "Content-Type": content_type}
        return requests.post(f"{self.url}{path}", body, headers=sent, timeout=60)


@pytest.fixture
def wire(transactional_db: None, tmp_path: Path) -> Iterator[Wire]:
    """Two workers on the very database of this test."""
    port, log, settings = free_port(), tmp_path / "log", connection.settings_dict
    user = quote(f"{settings['USER']}:{settings['PASSWORD']}", safe=":")
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings.served",
        "DATABASE_URL": (
            f"postgres://{user}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
        ),
    }
    workers = ["--workers=2", "--threads=8", f"--bind=127.0.0.1:{port}"]
    gunicorn = [sys.executable, "-m", "gunicorn", *workers]
    with serving([*gunicorn, "django.core.wsgi:get_wsgi_application()"], env, port, log):
        yield Wire(f"http://127.0.0.1:{port}")
    assert "Traceback" not in log.read_text()


def somebody(wire: Wire, **client: Any) -> FlowClient:
    """A client that speaks over the network, and a person who is signed in here."""
    flow = FlowClient(registered=ClientFactory(**client))
    flow.browser.force_login(PersonFactory())
    over_the_wire: Any = wire
    return replace(flow, back_channel=over_the_wire)


def asking(flow: FlowClient, how: Callable[[FlowClient], Any]) -> list[Any]:
    """Sixteen at once; none of the answers is a fault of the server's."""
    answers = sixteen(lambda: how(flow))
    assert all(answer.status_code < 500 for answer in answers)
    return answers


@spec("RFC 6749 §4.1.2", "B-12")
def test_one_of_sixteen_redemptions_wins(wire: Wire, rounds: range) -> None:
    flow = somebody(wire)
    for _ in rounds:
        earlier = RefreshToken.objects.count()
        code = flow.code()

        answers = asking(flow, lambda flow, code=code: flow.redeem(code))

        assert statuses(answers) == [200] + [400] * 15
        assert RefreshToken.objects.count() == earlier + 1
        assert_nothing_is_alive()


@spec("RFC 9700 §4.14.2", "B-18")
def test_sixteen_refreshes_earn_one_successor(wire: Wire, rounds: range) -> None:
    flow = somebody(wire)
    token = flow.redeem(flow.code()).json()["refresh_token"]
    for _ in rounds:
        answers = asking(flow, lambda flow, token=token: flow.refresh(token))

        assert statuses(answers) == [200] * 16
        (token,) = {answer.json()["refresh_token"] for answer in answers}
        assert live_refresh_tokens().count() == 1
        assert_nothing_is_orphaned()


@spec("RFC 8628 §3.5", "B-24")
def test_one_of_sixteen_polls_wins(wire: Wire, rounds: range) -> None:
    flow = somebody(wire, preset="device", redirect_uris=())
    for _ in rounds:
        earlier = RefreshToken.objects.count()
        cache.clear()  # the attempts at typing a code are not what is raced here
        codes = flow.device_codes().json()
        assert flow.decide_on_device(codes["user_code"]).status_code == 303

        answers = asking(flow, lambda flow, codes=codes: flow.poll(codes["device_code"]))

        assert statuses(answers) == [200] + [400] * 15
        assert RefreshToken.objects.count() == earlier + 1
        assert not get_device_grant_model().objects.exists()
        assert_nothing_is_alive()
