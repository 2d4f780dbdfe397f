"""Issue an initial access token, with which clients register themselves, and print it, once."""

import json
import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.clients import profiles
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.core import clock
from django_oauthflows.core.text import for_terminal

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Command(BaseCommand):
    help = (
        "Issue an initial access token (RFC 7591). Whoever holds it registers clients, within its limits. "
        "It is shown once and never again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--label", required=True, help="Whom it is for.")
        parser.add_argument(
            "--max-uses",
            type=int,
            default=1,
            help="How many clients; 0 for any number (default: 1).",
        )
        parser.add_argument(
            "--expires-in",
            default="30d",
            metavar="AGE",
            help="30m, 12h, 30d (default: 30d), or never.",
        )
        parser.add_argument(
            "--profile", default="", choices=["", *sorted(profiles.BY_SLUG)], help="Of its clients."
        )
        parser.add_argument("--scope", default="", help='What its clients may ask for, as "a b".')
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        lifetime = _age(options["expires_in"])
        if options["max_uses"] < 0:
            raise CommandError("--max-uses is 0 or more.")
        try:
            row, token = initial_tokens.issue(
                label=options["label"],
                max_uses=options["max_uses"] or None,
                expires=None if lifetime is None else clock.now() + lifetime,
                profile=options["profile"],
                scopes=options["scope"].split(),
                by=COMMAND,
            )
        except ValidationError as error:
            raise CommandError(
                "No token was issued. " + for_terminal(" ".join(error.messages))
            ) from None
        if options["json"]:
            expires = row.expires.isoformat() if row.expires else None
            self.stdout.write(json.dumps({"initial_access_token": token, "expires": expires}))
            return
        self.stdout.write(f"initial_access_token: {token}")
        self.stdout.write(self.style.WARNING("Keep it now: it is not stored and not shown again."))


def _age(text: str) -> timedelta | None:
    if text == "never":
        return None
    found = re.fullmatch(r"(\d{1,4})([mhd])", text)
    if found is None:
        raise CommandError("--expires-in is a number with its unit: 30m, 12h, 30d; or never.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
