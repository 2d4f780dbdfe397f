"""The provider as it runs elsewhere: two workers behind a TLS front, known by its https address alone."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import requests

from example_project.accounts.people import PEOPLE
from example_project.relying_party.sites import SITES
from tests.browsing import Person
from tests.clients_real.conftest import openid_client as openid_client
from tests.databases import new_database
from tests.relying_parties.apache import find_apache
from tests.relying_parties.openid_client import PROGRAM, Program
from tests.servers import cache_beside_the_tests, free_port, run, serving
from tests.tls import certificates, tls_front

MANAGE = [sys.executable, "example_project/manage.py"]
#: Nobody listens there: the person's browser stops before it.
REDIRECT_URI = "https://library.example/callback"
HOME = "https://library.example/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The running provider. `authority` is the file of the certificate authority to trust."""

    issuer: str
    authority: Path
    folder: Path
    environment: Mapping[str, str]
    sites: Mapping[str, int]
    apache_port: int

    def manage(self, *command: str) -> str:
        return run([*MANAGE, *command], self.environment)

    def rotate_keys(self) -> None:
        """A new key signs from now on, though nobody was told of it before."""
        assert "signs" in self.manage("oauthflows_rotate_keys", "--now", "--algorithm=RS256")


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The demo as it is by default."""
    with provider_at_work(tmp_path_factory.mktemp("provider")) as made:
        yield made


@contextmanager
def provider_at_work(folder: Path, **chosen: str) -> Iterator[Provider]:
    """On PostgreSQL and Redis where `DATABASE_URL` and `CACHE_URL` name them, else on an SQLite file.

    `chosen` are variables of its environment.
    """
    port, front, apache, *site_ports = (free_port() for _ in range(3 + len(SITES)))
    certificate = certificates(folder)
    with ExitStack() as until_the_end:
        environment = {
            **os.environ,
            "DATABASE_URL": until_the_end.enter_context(new_database(folder, port)),
            "CACHE_URL": cache_beside_the_tests(),
            "SECRET_KEY": "tests only",
            "PUBLIC_URL": f"https://localhost:{front}",
            "DEMO_SITES": " ".join(f"127.0.0.1:{number}" for number in (*site_ports, apache)),
            **chosen,
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        made = Provider(
            issuer=f"https://localhost:{front}/o",
            authority=certificate.authority,
            folder=folder,
            environment=environment,
            sites=dict(zip(SITES, site_ports, strict=True)),
            apache_port=apache,
        )
        made.manage("migrate", "--verbosity=0")
        made.manage("seed", f"--port={port}", "--site-ports", *map(str, site_ports))
        gunicorn = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}"]
        command, log = [*gunicorn, "example_project.wsgi"], folder / "log"
        until_the_end.enter_context(serving(command, environment, port, log))
        until_the_end.enter_context(
            tls_front(front, passes_on_to=port, certificate=certificate.server)
        )
        yield made
        assert "Traceback" not in log.read_text()


def registered(provider: Provider, *options: str, **policy: Any) -> dict[str, str]:
    """The credentials of a new client that signs people in; `policy` are columns changed by hand."""
    command = ("oauthflows_register_client", "--json", "--preset=web-app", "--scope=openid profile")
    made = json.loads(provider.manage(*command, *options))
    if policy:
        provider.manage("shell", "--no-imports", "-c", _CHANGE.format(made["client_id"], policy))
    return {name: made[name] for name in ("client_id", "client_secret")}


_CHANGE = """
from django_oauthflows.clients.models import ClientPolicy
ClientPolicy.objects.filter(application__client_id={!r}).update(**{!r})
"""


def serving_site(provider: Provider, slug: str) -> Any:
    """One of the example project's other sites, run until the block ends."""
    printed = provider.manage("credentials", slug)
    exported = (line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
    environment = {
        **provider.environment,
        **dict(exported),
        "DJANGO_SETTINGS_MODULE": "example_project.relying_party.settings",
        "SITE": slug,
        "SITE_DATABASE_URL": f"sqlite:///{provider.folder / slug}.sqlite3",
        "PROVIDER_URL": provider.issuer,
        "REQUESTS_CA_BUNDLE": str(provider.authority),
    }
    run([*MANAGE, "migrate", "--verbosity=0"], environment)
    port = provider.sites[slug]
    command = [*MANAGE, "runserver", "--noreload", f"127.0.0.1:{port}"]
    return serving(command, environment, port, provider.folder / f"{slug}.log")


@pytest.fixture(scope="session")
def sites(provider: Provider) -> Iterator[dict[str, str]]:
    """The example project's other sites, which stand on mozilla-django-oidc: slug → origin."""
    with ExitStack() as until_the_end:
        for slug in SITES:
            until_the_end.enter_context(serving_site(provider, slug))
        yield {slug: f"http://127.0.0.1:{port}" for slug, port in provider.sites.items()}


@pytest.fixture(scope="session")
def apache(provider: Provider) -> Iterator[str]:
    """The origin of an Apache that lets in whom mod_auth_openidc lets in."""
    found = find_apache()
    if isinstance(found, str):
        pytest.skip(found)
    origin = f"http://127.0.0.1:{provider.apache_port}"
    client = registered(
        provider,
        "--name=Apache",
        f"--redirect-uri={origin}/protected/redirect_uri",
        f"--post-logout-redirect-uri={origin}/bye.html",
        backchannel_logout_uri=f"{origin}/protected/redirect_uri?logout=backchannel",
    )
    with TemporaryDirectory() as public:
        command = found.configured(
            provider.folder,
            Path(public),
            port=provider.apache_port,
            issuer=provider.issuer,
            authority=provider.authority,
            **client,
        )
        log = provider.folder / "apache.log"
        with serving(command, os.environ, provider.apache_port, log):
            yield origin


@pytest.fixture(scope="session")
def told(provider: Provider) -> dict[str, Any]:
    """What the library is told of the provider and of the two clients it plays."""
    uris = (f"--redirect-uri={REDIRECT_URI}", f"--post-logout-redirect-uri={HOME}")
    web = registered(provider, "--name=Library", *uris)
    flows = ["authorization-code-pkce", "hybrid", "refresh-token"]
    hybrid = registered(provider, "--name=Old library", "--profile=legacy", *uris, flows=flows)
    return {
        "issuer": provider.issuer,
        "redirectUri": REDIRECT_URI,
        "home": HOME,
        "web": web,
        "hybrid": hybrid,
    }


@pytest.fixture
def start(
    provider: Provider, told: dict[str, Any], openid_client: Path
) -> Iterator[Callable[[], Program]]:
    """Start the library anew, knowing nothing."""
    folder = openid_client
    copy(PROGRAM, folder)
    started: list[Program] = []

    def program() -> Program:
        started.append(Program(folder, provider.authority, told))
        return started[-1]

    yield program
    for each in started:
        each.close()


@pytest.fixture
def person(provider: Provider) -> Person:
    """Somebody the example project was seeded with, in a new browser that trusts the front."""
    return ada(provider)


@pytest.fixture
def another_browser(provider: Provider) -> Person:
    """The same person in another browser."""
    return ada(provider)


def ada(provider: Provider) -> Person:
    browser = requests.Session()
    browser.verify = str(provider.authority)
    # Else an authority that the environment names would take its place.
    browser.trust_env = False
    return Person(username=PEOPLE[0].username, password=PEOPLE[0].password, browser=browser)
