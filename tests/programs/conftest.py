"""The provider behind TLS, programs that know its address, and the person's Chromium."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.programs.catalogue import PROGRAMS, Program
from tests.relying_parties.conftest import Provider, provider_at_work, registered
from tests.servers import free_port, serving
from tests.tls import tls_front


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The demo, where agents may register themselves."""
    folder = tmp_path_factory.mktemp("provider")
    with provider_at_work(folder, REGISTRATION="open") as made:
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A program at work: the origin that browsers know."""

    program: Program
    origin: str
    log: Path


def needs_the_programs() -> None:
    """Skip where they are not installed."""
    if not os.environ.get("PROGRAMS_OF_OTHERS"):
        pytest.skip("needs the programs themselves: tox run -e clients")


@contextmanager
def at_work(program: Program, provider: Provider, **more: str) -> Iterator[Running]:
    """Register a program, start it behind a TLS front of its own, and end it after the block.

    `more` are variables of its environment.
    """
    port, front = free_port(), free_port()
    origin = f"https://{program.slug.replace('_', '-')}.clients.test:{front}"
    folder = provider.folder / program.slug
    folder.mkdir()
    environment = {
        **os.environ,
        **made_known(program, provider, origin, folder),
        "ISSUER": provider.issuer,
        "ORIGIN": origin,
        "PORT": str(port),
        "FOLDER": str(folder),
        "URLS": program.module,
        "SSL_CERT_FILE": str(provider.authority),
        "REQUESTS_CA_BUNDLE": str(provider.authority),
        "NODE_EXTRA_CA_CERTS": str(provider.authority),
        **more,
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    certificate = provider.folder / "server.pem"
    with ExitStack() as until_the_end:
        log = folder / "log"
        until_the_end.enter_context(serving(program.command(port), environment, port, log))
        until_the_end.enter_context(tls_front(front, passes_on_to=port, certificate=certificate))
        yield Running(program=program, origin=origin, log=log)


def made_known(program: Program, provider: Provider, origin: str, folder: Path) -> dict[str, str]:
    """Register it, and return what it has to know of that."""
    if program.known_as:
        known = (f"--program={program.known_as}", f"--address={origin}", *program.options)
        printed = provider.manage("oauthflows_register_client", *known)
        configuration = folder / "configuration.py"
        configuration.write_text(printed.rpartition(".py:\n")[2])
        return {"CONFIGURATION": str(configuration), **api_of(program, provider, origin)}
    client = registered(
        provider,
        f"--name={program.slug}",
        "--scope=openid profile email",
        f"--redirect-uri={origin}{program.callback}",
        f"--post-logout-redirect-uri={origin}/",
        *program.options,
    )
    return {"CLIENT_ID": client["client_id"], "CLIENT_SECRET": client["client_secret"]}


def api_of(program: Program, provider: Provider, origin: str) -> dict[str, str]:
    """What an API asks about tokens with."""
    if not program.has_api:
        return {}
    options = ("--preset=api", f"--name={program.slug} API", f"--resource={origin}/")
    made = json.loads(provider.manage("oauthflows_register_client", "--json", *options))
    return {"API_ID": made["client_id"], "API_SECRET": made["client_secret"]}


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: program.slug)
def running(request: pytest.FixtureRequest, provider: Provider) -> Iterator[Running]:
    """Each program in turn."""
    needs_the_programs()
    program: Program = request.param
    with at_work(program, provider) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser of somebody who was never here; it trusts the tests' certificates."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
