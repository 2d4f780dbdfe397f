"""Start the demo on a machine that has never seen it."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.urls import reverse

from example_project.accounts.people import seeded_people
from example_project.playground.management.arguments import origin
from example_project.playground.models import DemoClient

#: What listens on every address is reached on this one.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


class Command(BaseCommand):
    help = "Migrate, seed and serve the demo, and print what to open. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on")
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
        self, *, host: str, port: int, public_url: str, interactive: bool, **options: Any
    ) -> None:
        self.refuse_a_taken_port(host, port)
        if interactive:
            self.ask_before_filling_a_strange_database()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("seed", port=port, public_url=public_url, verbosity=0)
        self.say_what_to_open(public_url or f"http://{in_url(LOOPBACK.get(host, host))}:{port}")
        serve(host, port, public_url)

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

    def say_what_to_open(self, origin: str) -> None:
        pages = {
            "Start here": reverse("playground:overview"),
            "The demo client": reverse("playground:client"),
            "Connected apps": reverse("oauthflows:connected-apps"),
            "The admin": reverse("admin:index"),
        }
        self.stdout.write(self.style.SUCCESS("\nThe demo is ready.") + "\n\n")
        for label, path in pages.items():
            self.stdout.write(f"  {label:<16} {origin}{path}")
        self.stdout.write("\nSign in with\n\n")
        for person in seeded_people():
            note = "  (may open the admin)" if person.is_administrator else ""
            self.stdout.write(f"  {person.username:<16} {person.password}{note}")
        self.stdout.write("\nStop it with Ctrl+C.\n\n")


def serve(host: str, port: int, public_url: str) -> None:
    """Become the server.

    Settings are read from the environment, and this process has read them already: it is replaced
    by one that reads the public URL too, under the same process id, so that whoever started this
    one can stop it.
    """
    sys.stdout.flush()
    os.execve(  # noqa: S606 - nothing here comes from outside
        sys.executable,
        [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "runserver",
            "--noreload",
            f"{in_url(host)}:{port}",
        ],
        {
            **os.environ,
            "PUBLIC_URL": public_url,
            "DEMO_INTERNAL_URL": f"http://{in_url(LOOPBACK.get(host, host))}:{port}",
            "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        },
    )


def in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
