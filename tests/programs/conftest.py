"""The provider behind TLS, programs that know its address, and the person's Chromium."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.clients_real.conftest import installed
from tests.programs.catalogue import NPM, PROGRAMS, NpmProgram, Program
from tests.relying_parties.conftest import Provider, provider_at_work
from tests.servers import free_port, serving
from tests.tls import tls_front


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The demo, where agents may register themselves."""
    folder = tmp_path_factory.mktemp("provider")
    with provider_at_work(folder, REGISTRATION="open") as made:
        wake(f"{made.issuer}/.well-known/openid-configuration", made)
        yield made


def wake(url: str, provider: Provider) -> None:
    """Let each worker answer once: a program that asks first may give up after five seconds."""
    with ThreadPoolExecutor() as together:
        for _ in range(4):
            together.submit(requests.get, url, verify=str(provider.authority), timeout=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A program that is known at the provider: the port of its TLS front, and what it has to know itself."""

    port: int
    origin: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A program at work: the origin that browsers know."""

    program: Program
    origin: str
    log: Path


@contextmanager
def at_work(
    program: Program, provider: Provider, registered: Registered, **more: str
) -> Iterator[Running]:
    """Start a program behind a TLS front of its own, and end it after the block.

    `more` are variables of its environment.
    """
    port, folder = free_port(), provider.folder / program.slug
    folder.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        **registered.variables,
        "ISSUER": provider.issuer,
        "ORIGIN": registered.origin,
        "PORT": str(port),
        "FOLDER": str(folder),
        "URLS": program.module,
        "SSL_CERT_FILE": str(provider.authority),
        "REQUESTS_CA_BUNDLE": str(provider.authority),
        "NODE_EXTRA_CA_CERTS": str(provider.authority),
        **more,
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command, log = program.command(port, folder), folder / "log"
    certificate = provider.folder / "server.pem"
    with (
        serving(command, environment, port, log),
        tls_front(registered.port, passes_on_to=port, certificate=certificate),
    ):
        yield Running(program=program, origin=registered.origin, log=log)


@pytest.fixture(scope="session")
def from_npm(provider: Provider) -> None:
    """What npm installs for its programs, above the folder of each."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("needs node and npm")
    packages = installed(NPM / "package.json") / "node_modules"
    (provider.folder / "node_modules").symlink_to(packages)


@pytest.fixture(scope="session")
def clients(provider: Provider) -> dict[str, Registered]:
    """All programs registered by the command, in one process: slug → client."""
    ports = {program.slug: free_port() for program in PROGRAMS}
    options = [
        program.registration(origin_of(program, ports[program.slug])) for program in PROGRAMS
    ]
    printed = provider.manage("shell", "--no-imports", "-c", _REGISTER.format(options))
    return {
        program.slug: Registered(
            port=ports[program.slug],
            origin=origin_of(program, ports[program.slug]),
            variables=credentials(line),
        )
        for program, line in zip(PROGRAMS, printed.splitlines(), strict=True)
    }


_REGISTER = """
from django.core.management import call_command
for options in {!r}:
    call_command("oauthflows_register_client", *options)
"""


def origin_of(program: Program, port: int) -> str:
    return f"https://{program.slug.replace('_', '-')}.clients.test:{port}"


def credentials(printed: str) -> dict[str, str]:
    """What a program is told of its registration."""
    made = json.loads(printed)
    return {"CLIENT_ID": made["client_id"], "CLIENT_SECRET": made["client_secret"] or ""}


def register(program: Program, provider: Provider) -> Registered:
    """Register one program alone."""
    port = free_port()
    origin = origin_of(program, port)
    command = "oauthflows_register_client"
    if program.known_as:
        known = (f"--program={program.known_as}", f"--address={origin}", *program.options)
        printed = provider.manage(command, *known)
        configuration = provider.folder / f"{program.slug}.py"
        configuration.write_text(printed.rpartition(".py:\n")[2])
        variables = {"CONFIGURATION": str(configuration), **api_of(program, provider, origin)}
    else:
        variables = credentials(provider.manage(command, *program.registration(origin)))
    return Registered(port=port, origin=origin, variables=variables)


def api_of(program: Program, provider: Provider, origin: str) -> dict[str, str]:
    """What an API asks about tokens with."""
    if not program.has_api:
        return {}
    options = ("--preset=api", f"--name={program.slug} API", f"--resource={origin}/")
    made = json.loads(provider.manage("oauthflows_register_client", "--json", *options))
    return {"API_ID": made["client_id"], "API_SECRET": made["client_secret"]}


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: program.slug)
def running(
    request: pytest.FixtureRequest, clients: dict[str, Registered], provider: Provider
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
