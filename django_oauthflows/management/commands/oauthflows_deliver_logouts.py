"""Tell the clients that are still to be told of a sign-out."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from django_oauthflows.identity import deliveries

#: Seconds between two looks at the table.
_PAUSE = 5


class Command(BaseCommand):
    help = (
        "Tell clients of the sign-outs they were not told of yet (OpenID Connect Back-Channel Logout 1.0). "
        "Run it every minute, or keep it running with --loop; any number may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until it is stopped")
        parser.add_argument(
            "--batch", type=int, default=100, help="attempts before the table is looked at again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            while True:
                done = deliveries.deliver_due(at_most=max(1, options["batch"]))
                if done.made:
                    self.stdout.write(f"{done.heard} of {done.made} clients heard of a sign-out.")
                elif options["loop"]:
                    close_old_connections()  # the database may have gone away in the meantime
                    time.sleep(_PAUSE)
                else:
                    return
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
