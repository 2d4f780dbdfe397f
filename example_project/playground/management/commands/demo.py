"""Start the demo on a machine that has never seen it."""

import os
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.urls import reverse

from example_project.accounts.people import seeded_people
from example_project.playground.management.arguments import origin
from example_project.playground.management.servers import Places, servers
from example_project.playground.management.together import Ended, serve_together
from example_project.playground.models import DemoClient
from example_project.playground.seeding import origins_of, seed
from example_project.relying_party.sites import SITES


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
            help="the address of the TLS front that passes requests on to this server, as browsers and "
            "the other sites reach it",
        )
        parser.add_argument(
            "--no-input",
            action="store_false",
            dest="interactive",
            help="ask nothing",
        )

    def handle(self, *, interactive: bool, **options: Any) -> None:
        places = Places(
            host=options["host"],
            port=options["port"],
            public_url=options["public_url"],
            sites=dict(zip(SITES, options["site_ports"], strict=True)),
        )
        self.refuse_taken_ports(places)
        if interactive:
            self.ask_before_filling_a_strange_database()
        call_command("migrate", interactive=False, verbosity=0)
        seed(origins_of(port=places.port, public_url=places.public_url), places.sites)
        prepared = servers(places)
        connection.close()
        self.say_what_to_open(places)
        try:
            serve_together(prepared)
        except Ended as ended:
            raise CommandError(f"{ended} stopped, so the demo did too.") from ended

    def refuse_taken_ports(self, places: Places) -> None:
        family = socket.AF_INET6 if ":" in places.host else socket.AF_INET
        for port in (places.port, *places.sites.values()):
            try:
                socket.create_server((places.host, port), family=family).close()
            except OSError as error:
                reason = os.strerror(error.errno) if error.errno else str(error)
                raise CommandError(
                    f"Cannot listen on {places.host} port {port}: {reason}. "
                    "Try others with --port and --site-ports."
                ) from error

    def ask_before_filling_a_strange_database(self) -> None:
        tables = connection.introspection.table_names()
        if not tables or DemoClient._meta.db_table in tables:
            return
        self.stdout.write(
            f"The database {connection.settings_dict['NAME']} is in use by something else. The demo "
            "would add its own tables, two people with public passwords, one of them an "
            "administrator, and a client for each preset and each flow."
        )
        try:
            answer = input("Go on? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was changed. With --no-input, the demo goes on unasked.")

    def say_what_to_open(self, places: Places) -> None:
        pages = {
            "Start here": reverse("playground:overview"),
            "Every flow": reverse("playground:flows"),
            "The demo client": reverse("playground:client"),
            "Connected apps": reverse("oauthflows:connected-apps"),
            "The admin": reverse("admin:index"),
        }
        self.stdout.write(self.style.SUCCESS("\nThe demo is ready.") + "\n\n")
        for label, path in pages.items():
            self.stdout.write(f"  {label:<16} {places.provider}{path}")
        self.stdout.write("\nSign in to one of these sites, and the other knows you too:\n\n")
        for slug, port in places.sites.items():
            self.stdout.write(f"  {SITES[slug].name:<16} {places.origin_at(port)}/")
        self.stdout.write("\nSign in with\n\n")
        for person in seeded_people():
            note = "  (may open the admin)" if person.is_administrator else ""
            self.stdout.write(f"  {person.username:<16} {person.password}{note}")
        self.stdout.write("\nStop it with Ctrl+C.\n\n")
        # Into a file or a pipe it would come when the demo is over.
        self.stdout.flush()
