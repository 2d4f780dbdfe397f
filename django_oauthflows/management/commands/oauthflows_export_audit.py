"""Write the audit log, or part of it, to standard output as JSON Lines."""

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.exporting import lines_of, record_export
from django_oauthflows.audit.models import AuditEvent


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
        conditions = {
            "created__gte": options["since"],
            "created__lt": options["until"],
            "event__in": options["event"],
            "client_id": options["client"],
            "actor": options["actor"],
        }
        asked = {name: value for name, value in conditions.items() if value}
        events = AuditEvent.objects.filter(**asked)
        for line in lines_of(events):
            self.stdout.write(line, ending="")
        # Afterwards, so that an export does not hold itself.
        record_export(events, asked, by=COMMAND)


def _moment(text: str) -> datetime:
    """A date, which is its beginning, or a time; of the site's time zone where it names none."""
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time.min) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"Not an ISO 8601 date or time: {text}")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
