"""The provider behind TLS, programs that know its address, and the person's Chromium."""

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.clients_real.conftest import installed
from tests.programs.catalogue import NPM, PROGRAMS, NpmProgram, Program
from tests.relying_parties.conftest import Provider
from tests.relying_parties.conftest import provider as provider
from tests.servers import free_port, serving
from tests.tls import tls_front


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A program at work: the origin that browsers know."""

    program: Program
    origin: str
    log: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What a program is registered as: the port of its TLS front, and its credentials."""

    port: int
    origin: str
    client_id: str
    client_secret: str | None


@contextmanager
def at_work(program: Program, provider: Provider, client: Client) -> Iterator[Running]:
    """Start a program behind a TLS front of its own, and end it after the block."""
    port = free_port()
    folder = provider.folder / program.slug
    folder.mkdir()
    environment = {
        **os.environ,
        "ISSUER": provider.issuer,
        "CLIENT_ID": client.client_id,
        "CLIENT_SECRET": client.client_secret or "",
        "ORIGIN": client.origin,
        "PORT": str(port),
        "FOLDER": str(folder),
        "URLS": program.module,
        "SSL_CERT_FILE": str(provider.authority),
        "REQUESTS_CA_BUNDLE": str(provider.authority),
        "NODE_EXTRA_CA_CERTS": str(provider.authority),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command, log = program.command(port, folder), folder / "log"
    certificate = provider.folder / "server.pem"
    with (
        serving(command, environment, port, log),
        tls_front(client.port, passes_on_to=port, certificate=certificate),
    ):
        yield Running(program=program, origin=client.origin, log=log)


@pytest.fixture(scope="session")
def asked_for() -> None:
    """They run where somebody asks for them alone: each has to be installed."""
    if not os.environ.get("PROGRAMS_OF_OTHERS"):
        pytest.skip("needs the programs themselves: tox run -e clients")


@pytest.fixture(scope="session")
def from_npm(asked_for: None, provider: Provider) -> None:
    """What npm installs for its programs, above the folder of each."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("needs node and npm")
    packages = installed(NPM / "package.json") / "node_modules"
    (provider.folder / "node_modules").symlink_to(packages)


@pytest.fixture(scope="session")
def clients(asked_for: None, provider: Provider) -> dict[str, Client]:
    """All programs registered by the command, in one process: slug → client."""
    ports = {program.slug: free_port() for program in PROGRAMS}
    origins = {
        slug: f"https://{slug.replace('_', '-')}.clients.test:{port}"
        for slug, port in ports.items()
    }
    choices = [program.registration(origins[program.slug]) for program in PROGRAMS]
    printed = provider.manage("shell", "--no-imports", "-c", _REGISTER.format(choices))
    wake(f"{provider.issuer}/.well-known/openid-configuration", provider)
    return {
        program.slug: Client(
            port=ports[program.slug],
            origin=origins[program.slug],
            client_id=registered["client_id"],
            client_secret=registered["client_secret"],
        )
        for program, registered in zip(PROGRAMS, map(json.loads, printed.splitlines()), strict=True)
    }


def wake(url: str, provider: Provider) -> None:
    """Let each worker answer once: a program that asks first may give up after five seconds."""
    with ThreadPoolExecutor() as together:
        for _ in range(4):
            together.submit(requests.get, url, verify=str(provider.authority), timeout=60)


_REGISTER = """
from django.core.management import call_command
for choices in {!r}:
    call_command("oauthflows_register_client", *choices)
"""


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: program.slug)
def running(
    request: pytest.FixtureRequest, clients: dict[str, Client], provider: Provider
) -> Iterator[Running]:
    """Each program in turn."""
    program: Program = request.param
    if isinstance(program, NpmProgram):
        request.getfixturevalue("from_npm")
    with at_work(program, provider, clients[program.slug]) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser of somebody who was never here; it trusts the tests' certificates."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
