"""Start the demo on a machine that has never seen it."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.urls import reverse

from example_project.accounts.people import seeded_people
from example_project.playground.management.arguments import origin
from example_project.playground.management.together import Ended, Server, serve_together
from example_project.playground.models import DemoClient
from example_project.playground.seeding import origins_of, seed
from example_project.relying_party.sites import SITES, Site

MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))

#: What listens on every address is reached on this one.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


class Command(BaseCommand):
    help = "Migrate, seed and serve the demo, and print what to open. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on")
        parser.add_argument(
            "--site-ports",
            type=int,
            nargs=len(SITES),
            default=[site.port for site in SITES.values()],
            help=f"the ports of {' and '.join(site.name for site in SITES.values())}",
        )
        parser.add_argument(
            "--public-url",
            type=origin,
            default=settings.PUBLIC_URL,
            help="the address of the TLS front that passes requests on to this server",
        )
        parser.add_argument(
            "--no-input",
            action="store_false",
            dest="interactive",
            help="ask nothing",
        )

    def handle(
        self,
        *,
        host: str,
        port: int,
        site_ports: list[int],
        public_url: str,
        interactive: bool,
        **options: Any,
    ) -> None:
        ports = dict(zip(SITES, site_ports, strict=True))
        for wanted in (port, *site_ports):
            self.refuse_a_taken_port(host, wanted)
        if interactive:
            self.ask_before_filling_a_strange_database()
        call_command("migrate", interactive=False, verbosity=0)
        seed(origins_of(port=port, public_url=public_url), ports)
        provider = public_url or origin_at(host, port)
        servers = [
            server(
                "the provider",
                host,
                port,
                {
                    "PUBLIC_URL": public_url,
                    "DEMO_INTERNAL_URL": origin_at(host, port),
                    "DEMO_SITES": " ".join(f"127.0.0.1:{port}" for port in ports.values()),
                },
            ),
            *(
                site_server(site, host, ports[site.slug], f"{provider}/o")
                for site in SITES.values()
            ),
        ]
        self.say_what_to_open(
            provider, {s.name: origin_at(host, ports[s.slug]) for s in SITES.values()}
        )
        connection.close()
        try:
            serve_together(servers)
        except Ended as stopped:
            raise CommandError(f"{stopped} stopped, and so did the demo.") from stopped

    def refuse_a_taken_port(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise CommandError(
                f"Cannot listen on {host} port {port}: {reason}. Try --port {port + 1}."
            ) from error

    def ask_before_filling_a_strange_database(self) -> None:
        tables = connection.introspection.table_names()
        if not tables or DemoClient._meta.db_table in tables:
            return
        self.stdout.write(
            f"The database {connection.settings_dict['NAME']} is in use by something else. The demo "
            "would add its own tables, two people with public passwords, one of them an "
            "administrator, and a client for each preset."
        )
        try:
            answer = input("Go on? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was changed. With --no-input, the demo goes on unasked.")

    def say_what_to_open(self, origin: str, sites: Mapping[str, str]) -> None:
        pages = {
            "Start here": reverse("playground:overview"),
            "The demo client": reverse("playground:client"),
            "Connected apps": reverse("oauthflows:connected-apps"),
            "The admin": reverse("admin:index"),
        }
        self.stdout.write(self.style.SUCCESS("\nThe demo is ready.") + "\n\n")
        for label, path in pages.items():
            self.stdout.write(f"  {label:<16} {origin}{path}")
        self.stdout.write("\nTwo other sites: sign in to one and you are known to the other.\n\n")
        for label, url in sites.items():
            self.stdout.write(f"  {label:<16} {url}/")
        self.stdout.write("\nSign in with\n\n")
        for person in seeded_people():
            note = "  (may open the admin)" if person.is_administrator else ""
            self.stdout.write(f"  {person.username:<16} {person.password}{note}")
        self.stdout.write("\nStop it with Ctrl+C.\n\n")


def server(name: str, host: str, port: int, environment: Mapping[str, str]) -> Server:
    """A server in a process of its own, for settings are read from the environment, once."""
    return Server(
        name=name,
        command=[*MANAGE, "runserver", "--noreload", f"{in_url(host)}:{port}"],
        environment={**os.environ, "DJANGO_RUNSERVER_HIDE_WARNING": "true", **environment},
    )


def site_server(site: Site, host: str, port: int, issuer: str) -> Server:
    """Another site, as a client of the provider; its database is made ready first."""
    client = DemoClient.objects.get(preset=site.slug)
    environment = {
        "DJANGO_SETTINGS_MODULE": "example_project.relying_party.settings",
        "SITE": site.slug,
        "SITE_DATABASE_URL": f"sqlite:///{kept_beside_the_provider() / site.slug}.sqlite3",
        "PROVIDER_URL": issuer,
        "CLIENT_ID": client.client_id,
        "CLIENT_SECRET": client.client_secret,
    }
    subprocess.run(  # noqa: S603 - nothing here comes from outside
        [*MANAGE, "migrate", "--verbosity=0"], env={**os.environ, **environment}, check=True
    )
    return server(site.name, host, port, environment)


def kept_beside_the_provider() -> Path:
    """The folder of the provider's database, where that is a file."""
    is_file = connection.vendor == "sqlite"
    return Path(connection.settings_dict["NAME"]).parent if is_file else settings.BASE_DIR


def origin_at(host: str, port: int) -> str:
    return f"http://{in_url(LOOPBACK.get(host, host))}:{port}"


def in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
