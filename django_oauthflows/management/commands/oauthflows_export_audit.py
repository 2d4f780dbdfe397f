"""Write the audit log, or part of it, to standard output as JSON Lines."""

import os
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from django_oauthflows.audit.actors import COMMAND, is_actor
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.exporting import lines_of, record_export
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.core.text import for_terminal


class Command(BaseCommand):
    help = "Write audit events to standard output as JSON Lines, oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_moment, help="From this ISO 8601 date or time on.")
        parser.add_argument("--until", type=_moment, help="Before this date or time.")
        parser.add_argument(
            "--actor",
            default="",
            help="Only what this actor did: person:17, client:ID, command, server.",
        )
        parser.add_argument(
            "--event", action="append", choices=sorted(Event), help="Only these; may be repeated."
        )
        parser.add_argument("--client", default="", help="Only those of this client ID.")

    def handle(self, *args: Any, **options: Any) -> None:
        _must_be_known(options["actor"], options["event"] or ())
        conditions = {
            "created__gte": options["since"],
            "created__lt": options["until"],
            "event__in": options["event"],
            "client_id": options["client"],
            "actor": options["actor"],
        }
        asked = {name: value for name, value in conditions.items() if value}
        events = AuditEvent.objects.filter(**asked)
        try:
            for line in lines_of(events):
                self.stdout.write(line, ending="")
            self.stdout.flush()
        except BrokenPipeError:
            _discard_the_rest(self.stdout)
        # Afterwards, so that an export does not hold itself. Also where only its beginning was read.
        record_export(events, asked, by=COMMAND)


def _discard_the_rest(out: Any) -> None:
    """Lead the output to nowhere, since its reader has left (`| head`).

    Python writes what it still holds when it ends, and would fail again there.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, out.fileno())
    os.close(nowhere)


def _must_be_known(actor: str, events: Sequence[str]) -> None:
    """Raise `CommandError` for a filter that fits no event there can be."""
    if actor and not is_actor(actor):
        raise CommandError(
            f"No actor is called so: {actor!r}. Write person:17, client:ID, command or server."
        )
    if unknown := sorted(set(events) - set(Event)):
        raise CommandError(f"No such event: {', '.join(unknown)}")


def _moment(text: str) -> datetime:
    """A date, which is its beginning, or a time; of the site's time zone where it names none."""
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time.min) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"Not an ISO 8601 date or time: {for_terminal(text)}")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
