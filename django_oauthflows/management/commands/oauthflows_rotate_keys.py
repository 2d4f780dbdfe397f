"""Rotate the signing keys: whatever step is due, and nothing else. Run it every day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.clients.secrets import seal_anew
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.keys.rotation import rotate
from django_oauthflows.tokens.lifetimes import longest_access_token_lifetime


class Command(BaseCommand):
    help = (
        "Announce, use, retire and delete signing keys by their age. Meant to be run every day; what is not "
        "due is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--algorithm",
            choices=sorted(ALGORITHMS),
            default="",
            help="Only the keys of this algorithm; its first key is made and published.",
        )
        parser.add_argument(
            "--now",
            action="store_true",
            help=(
                "Let the next key sign at once, whatever the ages, as when a private key may have been "
                "read by others. Verifiers that keep a copy of the key set may need to fetch it again."
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate(
            options["algorithm"],
            at_once=options["now"],
            keep=longest_access_token_lifetime(),
            by=COMMAND,
        )
        if sealed := seal_anew():
            done.append(
                f"{sealed} readable client secrets were encrypted under the present secret."
            )
        for sentence in done or ["Nothing is due."]:
            self.stdout.write(sentence)
