"""Delete what has ended: tokens, grants, consents, sign-ins, requests, unused clients, old audit events.

And review the clients again: a day that passes changes what is found.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows import batches
from django_oauthflows.audit import cleanup as audit
from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.batches import Ended
from django_oauthflows.clients import cleanup as clients
from django_oauthflows.clients import deletion
from django_oauthflows.clients.dynamic import cleanup as registrations
from django_oauthflows.clients.review import keeping
from django_oauthflows.conf import conf
from django_oauthflows.consent import cleanup as consents
from django_oauthflows.core import clock
from django_oauthflows.identity import cleanup as logouts
from django_oauthflows.protocol import cleanup as requests
from django_oauthflows.sessions import cleanup as sessions
from django_oauthflows.tokens import cleanup as tokens
from django_oauthflows.traffic import cleanup as traffic

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Command(BaseCommand):
    help = (
        "Delete what has ended, in small batches that no request waits for. Run it daily; it may run beside "
        "live traffic, be stopped at any time, and be run again. It reviews every client as well, for the "
        "admin's list by risk."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than",
            default="1d",
            metavar="AGE",
            help="what ended at least so long ago: 30m, 12h, 7d (default: 1d)",
        )
        parser.add_argument(
            "--batch", type=int, default=1000, help="rows per transaction (default: 1000)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="count what would go, delete nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["batch"] <= 10_000:
            raise CommandError("--batch has to be between 1 and 10000.")
        if not options["dry_run"]:
            # Before their tokens go: whoever had one is no unused client for ever after.
            registrations.note_used()
        with deletion.done_by(COMMAND):
            counts = self._delete_all(_everything(_age(options["older_than"])), options)
        if not options["dry_run"]:
            audit.record_deletion(counts.get(audit.NAME, 0), by=COMMAND)
            keeping.review_again()
        self._report(counts, dry_run=options["dry_run"], as_json=options["json"])

    def _delete_all(self, everything: Iterator[Ended], options: dict[str, Any]) -> dict[str, int]:
        counts = {}
        for ended in everything:
            gone = 0
            for deleted in batches.delete(
                ended, batch=options["batch"], dry_run=options["dry_run"]
            ):
                gone += deleted
                self._show_progress(ended.name, gone, quiet=options["json"])
            counts[ended.name] = gone
        return counts

    def _show_progress(self, name: str, gone: int, *, quiet: bool) -> None:
        if not quiet and self.stderr.isatty():
            self.stderr.write(f"\r{name}: {gone}", ending="")

    def _report(self, counts: dict[str, int], *, dry_run: bool, as_json: bool) -> None:
        if as_json:
            named = {name.lower().replace(" ", "_"): count for name, count in counts.items()}
            self.stdout.write(json.dumps({"dry_run": dry_run, **named}))
            return
        if self.stderr.isatty():
            self.stderr.write("\r", ending="")
        word = "to delete" if dry_run else "deleted"
        for name, count in counts.items():
            self.stdout.write(f"{name:<16}{count:>10} {word}")


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if found is None:
        raise CommandError("--older-than is a number with its unit: 30m, 12h, 7d.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _everything(age: timedelta) -> Iterator[Ended]:
    now = clock.now()
    yield from tokens.ended_before(now - age)
    yield from consents.ended_before(now - age)
    yield from sessions.ended_before(now - age)
    yield from logouts.ended_before(now - age)
    yield from requests.ended_before(now - age)
    yield from clients.not_shown_before(now)
    yield from clients.used_ids_ended_before(now - age)
    if conf.REGISTRATION_UNUSED_LIFETIME is not None:
        lifetime = timedelta(seconds=conf.REGISTRATION_UNUSED_LIFETIME)
        yield from registrations.unused_since(now - lifetime)
    yield from traffic.counted_before(now - timedelta(days=conf.RECORDED_REQUESTS_KEPT))
    if conf.AUDIT_RETENTION is not None:
        kept_since = now - timedelta(seconds=conf.AUDIT_RETENTION)
        yield from clients.ended_before(kept_since)
        yield from audit.ended_before(kept_since)
