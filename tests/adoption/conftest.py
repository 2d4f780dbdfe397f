"""A database that django-oauth-toolkit made and filled, and the site that took it over."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from tests.adoption.fill import CHALLENGE, PASSWORD, REDIRECT_URI, SCOPE, VERIFIER
from tests.browsing import Person
from tests.servers import ROOT, free_port, run, serving

BEFORE, AFTER = "tests.adoption.before", "tests.adoption.after"
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class Site:
    """One SQLite file, under the settings of before or after; `variables` are what those read besides."""

    file: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def manage(self, settings: str, *command: str) -> str:
        return run([sys.executable, "-m", "django", *command], self.env(settings))

    def python(self, settings: str, *arguments: str) -> str:
        return run([sys.executable, *arguments], self.env(settings))

    def env(self, settings: str) -> dict[str, str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": settings}
        environment.pop("CACHE_URL", None)
        return {**environment, **self.variables, "DATABASE_URL": f"sqlite:///{self.file}"}

    def rows(self) -> Rows:
        """Everything in the tables of django-oauth-toolkit and of people."""
        with closing(sqlite3.connect(self.file)) as database:
            listed = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND (name LIKE 'oauth2_provider_%' OR name = 'auth_user')"
            )
            return {
                name: database.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()  # noqa: S608
                for (name,) in listed.fetchall()
            }


@dataclass(kw_only=True)
class Filled:
    """What stock django-oauth-toolkit left behind. `take` gives each caller tokens of its own."""

    site: Site
    clients: dict[str, dict[str, str]]
    tokens: dict[str, list[Any]]
    before: Rows
    after: Rows = field(default_factory=dict)

    def application_key(self, kind: str) -> int:
        with closing(sqlite3.connect(self.site.file)) as database:
            (found,) = database.execute(
                "SELECT id FROM oauth2_provider_application WHERE client_id = ?",
                [self.clients[kind]["client_id"]],
            )
        key: int = found[0]
        return key

    def look(self, kind: str) -> Any:
        """Tokens that nobody spends."""
        return self.tokens[kind][0]

    def take(self, kind: str) -> Any:
        assert len(self.tokens[kind]) > 1, "fill.py has to make more SETS"
        return self.tokens[kind].pop()


@dataclass(frozen=True, kw_only=True)
class Server:
    """The site that took over, as its clients see it."""

    url: str
    clients: dict[str, dict[str, str]]

    def post(self, endpoint: str, kind: str, **parameters: Any) -> requests.Response:
        """Post a form to an endpoint as one of the clients."""
        client = {name: value for name, value in self.clients[kind].items() if value}
        return requests.post(f"{self.url}/o/{endpoint}/", data={**client, **parameters}, timeout=30)

    def refresh(self, kind: str, refresh_token: str) -> requests.Response:
        return self.post("token", kind, grant_type="refresh_token", refresh_token=refresh_token)

    def redeem(self, kind: str, code: str) -> requests.Response:
        return self.post(
            "token",
            kind,
            grant_type="authorization_code",
            code=code,
            redirect_uri=REDIRECT_URI,
            code_verifier=VERIFIER,
        )

    def call(self, view: str, access_token: str) -> requests.Response:
        """Call a view of the API: `notes` is protected by our classes, `stock` by DOT's."""
        return requests.get(
            f"{self.url}/api/{view}/",
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=30,
        )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The database before and after `migrate` with the app added."""
    site = Site(file=tmp_path_factory.mktemp("adoption") / "site.sqlite3")
    site.manage(BEFORE, "migrate", "--verbosity=0")
    left_behind = json.loads(site.python(BEFORE, "-m", "tests.adoption.fill"))
    filled = Filled(site=site, before=site.rows(), **left_behind)
    site.manage(AFTER, "migrate", "--verbosity=0")
    filled.after = site.rows()
    return filled


@pytest.fixture(scope="session")
def server(filled: Filled) -> Iterator[Server]:
    with answering(filled.site, AFTER, filled.clients) as server:
        yield server


@pytest.fixture
def ada() -> Person:
    """The person who allowed the clients all that before."""
    return Person(username="ada", password=PASSWORD)


def authorization_url(server: Server, kind: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": server.clients[kind]["client_id"],
        "redirect_uri": REDIRECT_URI,
        "scope": SCOPE,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{server.url}/o/authorize/?{urlencode(asked)}"


@contextmanager
def answering(site: Site, settings: str, clients: dict[str, dict[str, str]]) -> Iterator[Server]:
    """Run the site under these settings until the block ends; nothing it printed may be a traceback."""
    port = free_port()
    command = [sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"]
    log = site.file.with_suffix(f".{settings}.log")
    with serving(command, site.env(settings), port, log):
        yield Server(url=f"http://127.0.0.1:{port}", clients=clients)
    assert "Traceback" not in log.read_text()
