"""Give a shell the credentials of one of the demo's clients."""

import shlex
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from example_project.playground.models import DemoClient


class Command(BaseCommand):
    help = 'Print a client\'s credentials for a shell: eval "$(manage.py credentials service)"'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "preset", help="web-app, single-page-app, native-app, service, device or operations"
        )

    def handle(self, *, preset: str, **options: Any) -> None:
        try:
            client = DemoClient.objects.get(preset=preset)
        except DemoClient.DoesNotExist:
            raise CommandError(f"The demo has no client for {preset}. Run `seed` first.") from None
        self.stdout.write(f"export CLIENT_ID={shlex.quote(client.client_id)}")
        if client.client_secret:
            self.stdout.write(f"export CLIENT_SECRET={shlex.quote(client.client_secret)}")
