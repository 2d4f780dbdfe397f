"""Revoke tokens after an incident: of a person, a client, a scope or a time, or of one leaked token."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.core.text import for_terminal
from django_oauthflows.tokens import blast
from django_oauthflows.tokens.forms import RadiusForm
from django_oauthflows.tokens.leaks import LONGEST
from django_oauthflows.tokens.radius import Counts, Radius

_MOST_AT_ONCE = 10_000


class Command(BaseCommand):
    help = (
        "Revoke every grant, token and code that fits all that is given, with whatever was exchanged from "
        "them, in short transactions. It may run beside live traffic, be stopped, and be run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--person", default="", help="of this user name")
        parser.add_argument("--client", default="", metavar="ID", help="of this client ID")
        parser.add_argument("--scope", default="", help="of grants with this scope")
        parser.add_argument("--since", default="", metavar="TIME", help="issued since, ISO 8601")
        parser.add_argument("--until", default="", metavar="TIME", help="issued before, ISO 8601")
        parser.add_argument(
            "--token-file",
            default="",
            metavar="FILE",
            help="of the leaked token in this file; - reads it from standard input. It is never an "
            "argument, for others on the machine see those.",
        )
        parser.add_argument("--batch", type=int, default=blast.BATCH, help="grants per transaction")
        parser.add_argument("--dry-run", action="store_true", help="count, and revoke nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["batch"] <= _MOST_AT_ONCE:
            raise CommandError(f"--batch has to be between 1 and {_MOST_AT_ONCE}.")
        radius = _radius(options)
        seen = blast.preview(radius)
        as_json, done = options["json"], Counts()
        if not as_json:
            self._show(seen)
        if not options["dry_run"]:
            self._must_be_meant(options)
            for done in blast.revoke(radius, by=COMMAND, batch=options["batch"]):
                self._show_progress(done, seen, quiet=as_json)
            if not blast.nothing_is_left(radius):
                self.stderr.write("More was issued meanwhile. Run it again, or disable the client.")
        self._report(seen, done, options)

    def _show(self, seen: blast.Preview) -> None:
        for name, count in asdict(seen.counts).items():
            self.stdout.write(f"{name.replace('_', ' '):<16}{count:>10}")
        self.stdout.write(f"of {seen.people} people, at {seen.clients} clients")

    def _must_be_meant(self, options: dict[str, Any]) -> None:
        if options["yes"]:
            return
        if options["json"] or options["token_file"] == "-" or not sys.stdin.isatty():
            raise CommandError("Nothing was revoked. Nobody can be asked here: say --yes.")
        if input("Revoke all of this? [y/N] ").strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was revoked.")

    def _show_progress(self, done: Counts, seen: blast.Preview, *, quiet: bool) -> None:
        if not quiet:
            grants = seen.counts.grants + seen.counts.exchanged
            self.stderr.write(f"{done.grants + done.exchanged} of {grants} grants ended")

    def _report(self, seen: blast.Preview, done: Counts, options: dict[str, Any]) -> None:
        if options["json"]:
            found = {**asdict(seen.counts), "people": seen.people, "clients": seen.clients}
            report = {"dry_run": options["dry_run"], "found": found, "ended": asdict(done)}
            self.stdout.write(json.dumps(report))
        elif options["dry_run"]:
            self.stdout.write("Nothing was revoked: a dry run.")
        else:
            ended = ", ".join(
                f"{count} {name.replace('_', ' ')}" for name, count in asdict(done).items() if count
            )
            self.stdout.write(self.style.SUCCESS(f"Ended: {ended or 'nothing'}."))


def _radius(options: dict[str, Any]) -> Radius:
    """Raises `CommandError`, one sentence for each option that is wrong."""
    names = ("person", "client", "scope", "since", "until")
    said = {name: options[name] for name in names}
    form = RadiusForm({**said, "leaked_token": _leaked_token(options["token_file"])})
    if form.is_valid():
        return form.radius()
    wrong = []
    for name, messages in form.errors.items():
        option = {"__all__": "", "leaked_token": "--token-file: "}.get(name, f"--{name}: ")
        wrong += [f"{option}{message}" for message in messages]
    raise CommandError("\n".join(map(for_terminal, wrong)))


def _leaked_token(source: str) -> str:
    if not source:
        return ""
    try:
        value = _read(source)
    except (OSError, UnicodeDecodeError):
        raise CommandError("--token-file: it cannot be read.") from None
    if not value.strip():
        raise CommandError("--token-file: there is nothing in it.")
    return value.strip()


def _read(source: str) -> str:
    if source == "-":
        return sys.stdin.read(LONGEST + 1)
    with Path(source).open(encoding="utf-8") as file:
        return file.read(LONGEST + 1)
