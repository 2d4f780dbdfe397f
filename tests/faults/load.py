"""Clients that go on asking while something breaks, and what they saw."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any

import requests

from tests.faults.surroundings import Workers

#: No worker: its process was killed, or is about to be replaced.
NO_ANSWER = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one request was answered with."""

    name: str
    status: int
    took: float
    at: float
    content_type: str = ""
    retry_after: str = ""
    body: str = field(default="", repr=False)

    @property
    def members(self) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(self.body)
        return members


@dataclass(kw_only=True)
class Site:
    """A site as its clients know it."""

    workers: Workers
    seed: dict[str, Any]
    answers: list[Answer] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def send(self, name: str, method: str, path: str, **options: Any) -> Answer:
        begun = monotonic()
        try:
            got = requests.request(
                method, f"{self.workers.url}{path}", timeout=30, allow_redirects=False, **options
            )
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            answer = Answer(name=name, status=NO_ANSWER, took=monotonic() - begun, at=begun)
        else:
            answer = Answer(
                name=name,
                status=got.status_code,
                took=monotonic() - begun,
                at=begun,
                content_type=got.headers.get("Content-Type", ""),
                retry_after=got.headers.get("Retry-After", ""),
                body=got.text,
            )
        with self._lock:
            self.answers.append(answer)
        return answer

    def token(self, name: str, who: str, *, die_at: str = "", **grant: str) -> Answer:
        client_id, secret = self.seed[who][:2]
        headers = {"X-Die-At": die_at} if die_at else {}
        auth = (client_id, secret)
        return self.send(name, "POST", "/o/token/", data=grant, auth=auth, headers=headers)

    def refresh(self, chain: dict[str, str], *, die_at: str = "") -> Answer:
        """Take a chain one step on; where no good answer came, it stays where it was."""
        value = chain["refresh"]
        answer = self.token(
            "refresh", "app", die_at=die_at, grant_type="refresh_token", refresh_token=value
        )
        if answer.status == 200:
            chain["refresh"] = answer.members["refresh_token"]
            chain["access"] = answer.members["access_token"]
        return answer

    def service(self) -> Answer:
        grant = {"grant_type": "client_credentials", "scope": "notes:read"}
        return self.token("service", "service", **grant)

    def call(self, token: str, name: str = "call") -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        return self.send(name, "GET", "/api/notes/", headers=headers)

    def introspect(self, token: str) -> Answer:
        auth = tuple(self.seed["app"][:2])
        return self.send("introspect", "POST", "/o/introspect/", data={"token": token}, auth=auth)

    def document(self, path: str) -> Answer:
        return self.send("document", "GET", path)

    def warm_up(self) -> None:
        """Let every worker serve each kind of request before anything breaks."""
        with ThreadPoolExecutor(max_workers=16) as threads:
            for _ in range(64):
                threads.submit(self.document, "/o/.well-known/jwks.json")
                threads.submit(self.service)
        self.answers.clear()

    @contextmanager
    def under_load(self, chains: int = 4) -> Iterator[None]:
        """Eight clients ask until the block ends."""
        over = Event()
        revoked = self.seed["revoked"]
        work: list[Callable[[], Any]] = [
            *(lambda chain=chain: self.refresh(chain) for chain in self.seed["chains"][:chains]),
            self.service,
            lambda: self.call(self.seed["chains"][-1]["access"]),
            lambda: (self.call(revoked, "revoked"), self.introspect(revoked)),
            lambda: self.document("/o/.well-known/jwks.json"),
        ]
        threads = [Thread(target=_go_on, args=(one, over)) for one in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(timeout=60)

    def counted(self, *, since: float = 0.0) -> Counter[tuple[str, int]]:
        return Counter((one.name, one.status) for one in self.answers if one.at >= since)


def _go_on(work: Callable[[], Any], over: Event) -> None:
    while not over.is_set():
        work()
        sleep(0.01)


def nothing_is_wrong(site: Site, *, dying: bool = False) -> None:
    """Whatever broke: clients saw what is good, or were told to come back, in the way they expect."""
    good = {
        "refresh": {200},
        "service": {200},
        "call": {200},
        "revoked": {401},
        "introspect": {200},
        "document": {200},
    }
    for one in site.answers:
        allowed = good.get(one.name, {200}) | {503} | ({NO_ANSWER} if dying else set())
        assert one.status in allowed, one
        if one.status == 503:
            assert one.content_type == "application/json", one
            assert one.members["error"] == "temporarily_unavailable"
            assert 0 < int(one.retry_after) <= 5
    told = [one.members for one in site.answers if one.name == "introspect" and one.status == 200]
    assert all(members == {"active": False} for members in told)


def everybody_goes_on(site: Site) -> None:
    """Each chain goes on from where its client was: no grant was lost."""
    for chain in site.seed["chains"]:
        statuses = []
        for _ in range(20):
            statuses.append(site.refresh(chain).status)
            if statuses[-1] == 200:
                break
            sleep(0.25)
        assert statuses[-1] == 200, statuses
        assert site.call(chain["access"]).status == 200
    assert site.call(site.seed["revoked"], "revoked").status == 401
    assert site.service().status == 200
