"""Report of what changes for a site that runs django-oauth-toolkit, before its URLs are swapped."""

from json import dumps
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from django_oauthflows.adoption import defaults, report
from django_oauthflows.adoption.findings import Finding, Level
from django_oauthflows.adoption.report import Section
from django_oauthflows.adoption.rows import NAMED
from django_oauthflows.core.text import for_terminal

_GUIDE = "docs/how-to/migrate-from-dot.md"
_FAIL_ON = {level.word: level for level in sorted(Level, reverse=True)}


class Command(BaseCommand):
    help = (
        "Say what changes for this site when it takes the URLs of django_oauthflows instead of those of "
        "django-oauth-toolkit: for its settings, URLs, code, templates, clients and tokens. Nothing is "
        "changed. Add django_oauthflows to INSTALLED_APPS first; no migration is needed. Exits with 1 where "
        "something is at least as bad as --fail-on, and with 0 otherwise."
    )
    # It runs while the URLs are those of django-oauth-toolkit, and says what the checks will say.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fail-on",
            choices=list(_FAIL_ON),
            default="error",
            help="the least level to fail on (default: error)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        read: list[Section] = []
        for section in report.sections():
            read.append(section)
            if not options["json"]:
                self._say_section(section)
        if options["json"]:
            self.stdout.write(dumps(_as_members(read), indent=2))
        else:
            self._say_end(read)
        could_not_read = any(section.error for section in read)
        if could_not_read or max(one.worst for one in read) >= _FAIL_ON[options["fail_on"]]:
            raise SystemExit(1)

    def _say_section(self, section: Section) -> None:
        self._say("", section.title, "-" * len(section.title))
        if section.error:
            self._say(f"This could not be read: {section.error}")
        elif not section.findings:
            self._say("Nothing changes.")
        for finding in section.findings:
            self._say_finding(finding)

    def _say_finding(self, finding: Finding) -> None:
        self._say(f"{finding.level.word:<8}{finding.where}", f"        {finding.sentence}")
        if finding.remedy:
            self._say(f"        {finding.remedy}")
        for client in finding.clients[:NAMED]:
            self._say(f"          - {client}")
        if len(finding.clients) > NAMED:
            self._say(f"          and {len(finding.clients) - NAMED} more (all with --json)")

    def _say_end(self, read: list[Section]) -> None:
        self._say("", "Look yourself", "-------------")
        self._say(*(f"- {sentence}" for sentence in report.LOOK_YOURSELF))
        found = ", ".join(
            f"{count} of level {level.word}" for level, count in report.counts(read).items()
        )
        self._say("", f"Found: {found}. {_GUIDE} says what each means.")
        if lines := defaults.written_back():
            self._say(
                "",
                "To swap first and tighten later, write these lines into OAUTH2_PROVIDER, and take them out "
                "one by one:",
                *(f'    "{name}": {value},' for name, value in lines.items()),
            )

    def _say(self, *lines: str) -> None:
        """Print lines whose names and addresses strangers may have chosen."""
        for line in lines:
            self.stdout.write(for_terminal(line))


def _as_members(read: list[Section]) -> dict[str, Any]:
    return {
        "ok": not any(section.error or section.worst >= Level.ERROR for section in read),
        "sections": [
            {
                "title": section.title,
                "error": section.error,
                "findings": [
                    {
                        "level": finding.level.word,
                        "where": finding.where,
                        "sentence": finding.sentence,
                        "remedy": finding.remedy,
                        "clients": list(finding.clients),
                    }
                    for finding in section.findings
                ],
            }
            for section in read
        ],
        "look_yourself": list(report.LOOK_YOURSELF),
    }
