"""Fill a migrated database with what the demo needs, for servers that are started in another
way."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from example_project.playground.management.arguments import origin
from example_project.playground.seeding import origins_of, seed
from example_project.relying_party.sites import SITES


class Command(BaseCommand):
    help = (
        "Seed people, notes, one client per preset and per flow, and two sites. "
        "Nothing that exists is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port of the server")
        parser.add_argument(
            "--public-url",
            type=origin,
            default=settings.PUBLIC_URL,
            help="the address of the TLS front, if there is one (default: PUBLIC_URL)",
        )

        parser.add_argument(
            "--site-ports",
            type=int,
            nargs=len(SITES),
            default=[site.port for site in SITES.values()],
            help=f"the ports of {' and '.join(site.name for site in SITES.values())}",
        )

    def handle(self, *, port: int, public_url: str, site_ports: list[int], **options: Any) -> None:
        seed(
            origins_of(port=port, public_url=public_url),
            dict(zip(SITES, site_ports, strict=True)),
        )
        if options["verbosity"]:
            self.stdout.write(
                "Seeded: ada, grace, their notes, one client per preset and per flow, and two sites."
            )
