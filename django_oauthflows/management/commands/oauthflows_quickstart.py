"""Show what a new project still lacks, then register a first client and print two lines that work with it."""

import shlex
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from django_oauthflows import dot
from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.clients.registration import RegisteredClient, register_client
from django_oauthflows.core.text import for_terminal
from django_oauthflows.quickstart.missing import FirstView, first_view, missing_lines
from django_oauthflows.quickstart.sources import Addition, NotUnderstood, add

NAME = "Quick start"
_TOKEN = """sed -E 's/.*"access_token": ?"([^"]+)".*/\\1/'"""


class Command(BaseCommand):
    help = (
        "Print the lines that settings.py and urls.py still lack, or write them; once all is there, register "
        "a first client and print a curl line that gets a token and one that calls a protected view."
    )
    #: It says itself what is missing, and how to go on.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="Write the lines at the end of the files."
        )
        parser.add_argument(
            "--new-client", action="store_true", help="Register another client than the first one."
        )
        parser.add_argument(
            "--address",
            default="http://127.0.0.1:8000",
            help="Where the site runs. Without it, where runserver puts it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if missing := missing_lines():
            self._complete(missing, is_writing=options["write"])
            return
        self._see_that_tables_are_there()
        view = first_view()
        if view is None:
            raise CommandError("There is no protected view that a service can call.")
        known = dot.applications().filter(name=NAME).order_by("pk").first()
        if known is not None and not options["new_client"]:
            self.stdout.write(
                f"The client is there already: {for_terminal(known.client_id)}. Its secret was shown once.\n"
                "For another one: python manage.py oauthflows_quickstart --new-client"
            )
            return
        registered = register_client(preset="service", name=NAME, scopes=view.scopes, by=COMMAND)
        self._print(registered, view, options["address"].rstrip("/"))

    def _complete(self, missing: list[Addition], *, is_writing: bool) -> None:
        """Print the missing lines, or write them; `migrate` comes next."""
        left = [one for one in missing if not (is_writing and self._is_written(one))]
        for one in left:
            place = one.path or one.title
            self.stdout.write(self.style.MIGRATE_HEADING(f"At the end of {place}:"))
            if one.obstacle:
                self.stdout.write(f"(--write leaves it to you: {for_terminal(one.obstacle)}.)")
            self.stdout.write(f"\n{one.lines}")
        if left and is_writing:
            raise CommandError("Not all was written: add the lines above, then run this again.")
        if left:
            self.stdout.write(
                "To have them written: python manage.py oauthflows_quickstart --write"
            )
        self.stdout.write(
            "Then: python manage.py migrate && python manage.py oauthflows_quickstart"
        )

    def _is_written(self, addition: Addition) -> bool:
        try:
            add(addition)
        except NotUnderstood as error:
            self.stderr.write(self.style.WARNING(f"Not written: {for_terminal(error)}"))
            return False
        self.stdout.write(f"Written: {addition.path}")
        return True

    def _see_that_tables_are_there(self) -> None:
        connection = connections[dot.token_database()]
        try:
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise CommandError(f"The database: {for_terminal(error)}") from None
        if plan:
            raise CommandError("Tables are missing. Run: python manage.py migrate")

    def _print(self, registered: RegisteredClient, view: FirstView, address: str) -> None:
        def at(path: str) -> str:
            return shlex.quote(for_terminal(address + path))

        credentials = shlex.quote(f"{registered.client_id}:{registered.client_secret}")
        form = urlencode({"grant_type": "client_credentials", "scope": " ".join(view.scopes)})
        asks = f"curl -s -u {credentials} -d '{form}' {at(reverse('oauthflows:token'))}"
        calls = f'curl -s -H "Authorization: Bearer $({asks} | {_TOKEN})" {at(view.path)}'
        self.stdout.write(
            f"client id:     {registered.client_id}\n"
            f"client secret: {registered.client_secret}\n"
            "The secret is shown this once and never again.\n"
        )
        self.stdout.write(self.style.MIGRATE_HEADING("Start the site, in another terminal:"))
        self.stdout.write("python manage.py runserver\n")
        self.stdout.write(self.style.MIGRATE_HEADING("Get a token:"))
        self.stdout.write(f"{asks}\n")
        self.stdout.write(self.style.MIGRATE_HEADING("Call the protected view with a token:"))
        self.stdout.write(calls)
