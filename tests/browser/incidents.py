"""What stories of trouble need beside a browser: clients that were registered, and one that never rests."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import requests

from tests.browser.conftest import MANAGE, Demo


def registered(demo: Demo, *arguments: str) -> dict[str, Any]:
    """A client as the command registers it, with its secret."""
    command = [*MANAGE, "oauthflows_register_client", "--json", *arguments]
    printed = subprocess.run(
        command, env=demo.environment, capture_output=True, text=True, check=True
    )
    members: dict[str, Any] = json.loads(printed.stdout)
    return members


@dataclass
class Restless:
    """A service that asks for a token again and again, with the secret its owner gave it last."""

    token_url: str
    client_id: str
    secret: str
    answers: list[tuple[str, int]] = field(default_factory=list)
    _over: Event = field(default_factory=Event)

    def ask(self, secret: str) -> requests.Response:
        asked = {"grant_type": "client_credentials", "scope": "notes:read"}
        return requests.post(self.token_url, asked, auth=(self.client_id, secret), timeout=30)

    def goes_on(self, more: int = 3) -> None:
        """Wait until it has asked so many times more, with the secret it has now."""
        secret, until = self.secret, time.monotonic() + 30
        seen = self._asked_with(secret)
        while self._asked_with(secret) < seen + more:
            assert time.monotonic() < until, "it has stopped asking"
            time.sleep(0.05)

    def _asked_with(self, secret: str) -> int:
        return sum(1 for used, _ in self.answers if used == secret)

    def _run(self) -> None:
        while not self._over.wait(0.05):
            secret = self.secret
            self.answers.append((secret, self.ask(secret).status_code))


@contextmanager
def restless(demo: Demo, known: dict[str, Any]) -> Iterator[Restless]:
    """It works while the block lasts."""
    client = Restless(f"{demo.origin}/o/token/", known["client_id"], known["client_secret"])
    worker = Thread(target=client._run, daemon=True)
    worker.start()
    try:
        yield client
    finally:
        client._over.set()
        worker.join(timeout=30)
