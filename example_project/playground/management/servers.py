"""The demo's servers: the provider, and the other sites as its clients.

Each is a process of its own, since settings are read from the environment, once.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from example_project.playground.management.together import Server
from example_project.playground.models import DemoClient
from example_project.relying_party.sites import SITES, Site

MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))

#: What listens on every address is reached on this one.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything listens, and where the provider is reached from outside; `sites` are ports by slug."""

    host: str
    port: int
    public_url: str
    sites: Mapping[str, int]

    @property
    def provider(self) -> str:
        return self.public_url or self.origin_at(self.port)

    def origin_at(self, port: int) -> str:
        return f"http://{in_url(LOOPBACK.get(self.host, self.host))}:{port}"


def servers(places: Places) -> list[Server]:
    """Return what is to be started, the other sites' databases made ready."""
    return [_provider(places), *(_site(site, places) for site in SITES.values())]


def _provider(places: Places) -> Server:
    return _server(
        "The provider",
        places,
        places.port,
        PUBLIC_URL=places.public_url,
        DEMO_INTERNAL_URL=places.origin_at(places.port),
        DEMO_SITES=" ".join(f"127.0.0.1:{port}" for port in places.sites.values()),
    )


def _site(site: Site, places: Places) -> Server:
    client = DemoClient.objects.get(preset=site.slug)
    server = _server(
        site.name,
        places,
        places.sites[site.slug],
        DJANGO_SETTINGS_MODULE="example_project.relying_party.settings",
        SITE=site.slug,
        SITE_DATABASE_URL=f"sqlite:///{_beside_the_provider() / site.slug}.sqlite3",
        PROVIDER_URL=f"{places.provider}/o",
        CLIENT_ID=client.client_id,
        CLIENT_SECRET=client.client_secret,
    )
    subprocess.run(  # noqa: S603 - nothing here comes from outside
        [*MANAGE, "migrate", "--verbosity=0"], env=server.environment, check=True
    )
    return server


def _server(name: str, places: Places, port: int, **environment: str) -> Server:
    return Server(
        name=name,
        command=[*MANAGE, "runserver", "--noreload", f"{in_url(places.host)}:{port}"],
        environment={**os.environ, "DJANGO_RUNSERVER_HIDE_WARNING": "true", **environment},
    )


def _beside_the_provider() -> Path:
    """Return the folder of the provider's database, where that is a file."""
    is_file = connection.vendor == "sqlite"
    return Path(connection.settings_dict["NAME"]).parent if is_file else settings.BASE_DIR


def in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
