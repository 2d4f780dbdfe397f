"""Against the example project under gunicorn with two workers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
import requests
from django.conf import settings
from django.db import connection as database

from django_oauthflows.outbound.client import OutboundClient
from django_oauthflows.outbound.connection import Connection
from django_oauthflows.outbound.discovery import metadata_of
from django_oauthflows.outbound.errors import SignInNeeded
from django_oauthflows.outbound.provider import Provider
from tests.browsing import Person
from tests.clients_real.conftest import demo, person  # noqa: F401 - fixtures
from tests.clients_real.libraries import SCOPE, Demo
from tests.marks import spec
from tests.outbound.conftest import Opened, run_out
from tests.outbound.one_of_many import checksum
from tests.servers import ROOT

PROCESSES = 20


@pytest.fixture
def provider(demo: Demo) -> Provider:  # noqa: F811 - the fixture
    return Provider(name="demo", issuer=demo.issuer, scope=SCOPE, **demo.web)


def sign_in(client: OutboundClient, demo: Demo, person: Person) -> Connection:  # noqa: F811
    started = client.start(redirect_uri=demo.redirect_uri)
    callback = person.allow(started.url, demo.redirect_uri)
    person.browser.close()
    return client.finish(callback, started.pending, key=person.username)


@pytest.mark.django_db
@spec("RFC 6749 §4.4")
def test_a_service_calls_the_api(demo: Demo, opened: Opened) -> None:  # noqa: F811
    provider = Provider(name="service", issuer=demo.issuer, scope="notes:read", **demo.service)
    session = opened(OutboundClient(provider).own_connection().session())

    assert session.get(f"{demo.url}/api/notes/count/").status_code == 200
    assert session.get(f"{demo.url}/api/notes/").status_code == 403


@pytest.mark.django_db
@spec("RFC 6749 §4.1", "RFC 7636 §4", "RFC 6749 §6", "RFC 7009 §2", "B-18", "B-21")
def test_a_person_signs_in_once(
    demo: Demo,  # noqa: F811
    person: Person,  # noqa: F811
    provider: Provider,
    opened: Opened,
) -> None:
    connection = sign_in(OutboundClient(provider), demo, person)
    session = opened(connection.session())
    assert session.get(f"{demo.url}/api/notes/").status_code == 200
    first = connection.token()

    run_out(connection)
    assert session.get(f"{demo.url}/api/notes/").status_code == 200
    assert connection.token().refresh_token != first.refresh_token

    last = connection.token()
    connection.disconnect()
    connection.keep(last)
    with pytest.raises(SignInNeeded) as caught:
        session.get(f"{demo.url}/api/notes/")
    assert caught.value.response is not None
    assert caught.value.response.status_code == 401


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@spec("RFC 6749 §6", "B-18")
def test_many_processes_refresh_a_token_in_the_database_once(
    demo: Demo,  # noqa: F811
    person: Person,  # noqa: F811
    provider: Provider,
) -> None:
    refresh_once(replace(provider, store="database"), demo, person)


@pytest.mark.redis
@spec("RFC 6749 §6", "B-18")
def test_many_processes_refresh_a_token_in_the_cache_once(
    demo: Demo,  # noqa: F811
    person: Person,  # noqa: F811
    provider: Provider,
) -> None:
    refresh_once(replace(provider, store="cache"), demo, person)


def refresh_once(provider: Provider, demo: Demo, person: Person) -> None:  # noqa: F811
    """Processes find one token expired at the same moment; the server sees one refresh."""
    with counting(provider) as (counted, grants):
        connection = sign_in(OutboundClient(counted), demo, person)
        run_out(connection)
        old = connection.stored()
        assert old is not None

        found, got = at_once(counted, person.username)

        assert found == [checksum(old.access_token)] * PROCESSES
        new = connection.stored()
        assert new is not None
        assert new.refresh_token != old.refresh_token
        assert got == [checksum(new.access_token)] * PROCESSES
        assert grants == ["authorization_code", "refresh_token"]


@contextmanager
def counting(provider: Provider) -> Iterator[tuple[Provider, list[str]]]:
    """The provider with a token endpoint that writes down each grant and passes it on."""
    metadata = dict(metadata_of(provider))
    token_endpoint, grants = metadata["token_endpoint"], []

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            grants.extend(parse_qs(body.decode())["grant_type"])
            kept = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
            answer = requests.post(token_endpoint, body, headers=kept, timeout=30)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    metadata["token_endpoint"] = f"http://127.0.0.1:{server.server_port}/token"
    try:
        yield replace(provider, metadata=metadata), grants
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def at_once(provider: Provider, key: str) -> tuple[list[str], list[str]]:
    """What each process found stored, and which token it got once all of them were told to ask."""
    written = asdict(replace(provider, prepare=None))
    command = [sys.executable, "-m", "tests.outbound.one_of_many", json.dumps(written), key]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=surroundings(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(PROCESSES)
        ]
        found = [json.loads(process.stdout.readline())["found"] for process in processes]
        for process in processes:
            process.stdin.write("now\n")
            process.stdin.flush()
        got = [json.loads(process.stdout.readline())["got"] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    return found, got


def surroundings() -> dict[str, str]:
    """This process's environment, with the database and the cache that the test uses."""
    cache = settings.CACHES["default"]
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings.base",
        "CACHE_URL": cache.get("LOCATION", "") if cache["BACKEND"].endswith("RedisCache") else "",
    }
    surroundings.pop("PYTEST_XDIST_WORKER", None)  # it would move the cache on by its number
    if database.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rpartition("/")[0]
        surroundings["DATABASE_URL"] = f"{url}/{database.settings_dict['NAME']}"
    return surroundings
