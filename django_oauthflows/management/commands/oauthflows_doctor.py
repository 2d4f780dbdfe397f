"""The security review for CI: every client's findings, and what the deployment checks say.

With `--profile` what a stricter profile would have refused of what clients did, instead.
"""

from collections.abc import Iterator
from json import dumps
from typing import Any

from django.core import checks
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from django_oauthflows.clients import profiles
from django_oauthflows.clients.dry_run.report import lines_of, members_of
from django_oauthflows.clients.dry_run.running import DryRun, dry_run
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.review.base import Severity
from django_oauthflows.clients.review.catalogue import Review
from django_oauthflows.clients.review.gathering import all_applications, reviews_of
from django_oauthflows.conf import conf
from django_oauthflows.core.text import for_terminal

_LEVELS = {severity.word: severity for severity in Severity if severity is not Severity.NOTE}


class Command(BaseCommand):
    help = (
        "Review the settings of every client, and of the site. Exits with 1 where something is at least as "
        "bad as --fail-on, with 2 where it could not look, and with 0 otherwise."
    )
    # It reports the checks itself, those of a deployment too.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--client", metavar="ID", help="this client alone, without the site")
        parser.add_argument(
            "--fail-on",
            choices=list(reversed(_LEVELS)),
            default="high",
            help="the least severity to fail on (default: high)",
        )
        parser.add_argument(
            "--profile",
            choices=list(profiles.BY_SLUG),
            help="instead of the review, try a security profile against what clients did; fails where "
            "it would have refused anything",
        )
        parser.add_argument(
            "--days", type=int, help="on how many days to try it (default: all that are kept)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["profile"]:
                self._try_profile(**options)
                return
            reviews = list(_reviews(options["client"]))
        except DatabaseError as error:
            raise CommandError(f"The clients cannot be read: {error}", returncode=2) from error
        messages = [] if options["client"] else list(_messages())
        found = [review.worst for review in reviews] + [_severity(one) for one in messages]
        is_well = all(severity < _LEVELS[options["fail_on"]] for severity in found)
        if options["json"]:
            self.stdout.write(dumps(_as_members(reviews, messages, is_well), indent=2))
        else:
            self._report(reviews, messages)
        if not is_well:
            raise SystemExit(1)

    def _try_profile(
        self, *, profile: str, client: str | None, days: int | None, json: bool, **_: Any
    ) -> None:
        kept = conf.RECORDED_REQUESTS_KEPT
        if not 0 < (days or kept) <= kept:
            said = (
                f"--days is at most {kept}: so long RECORDED_REQUESTS_KEPT keeps what clients did."
            )
            raise CommandError(said, returncode=2)
        ran = [
            (application, _tried(application, profile, days or kept))
            for application in _applications(client)
        ]
        is_well = all(not one.refused for _, one in ran)
        if json:
            clients = [members_of(*_names(application), one) for application, one in ran]
            members = {"ok": is_well, "profile": profile, "clients": clients}
            self.stdout.write(dumps(members, indent=2))
        else:
            for application, one in ran:
                self._say(*lines_of(*_names(application), one))
        if not is_well:
            raise SystemExit(1)

    def _report(self, reviews: list[Review], messages: list[checks.CheckMessage]) -> None:
        for message in messages:
            self._say(f"{_severity(message).word:<7}{message.id}: {message.msg}")
            self._say(f"       {message.hint or ''}".rstrip())
        for review in reviews:
            self._say(f"{review.name} ({review.client_id}): {review.score}/100")
            for finding in review.findings:
                about = f"{finding.name} ({finding.spec}): {finding.sentence}"
                self._say(f"  {finding.severity.word:<7}{about}", f"         {finding.fix}")
        if not reviews and not messages:
            self._say("There is no client yet, and nothing to say about the site.")

    def _say(self, *lines: str) -> None:
        """Print lines whose names and addresses strangers may have chosen."""
        for line in lines:
            self.stdout.write(for_terminal(line))


def _reviews(client_id: str | None) -> Iterator[Review]:
    """The riskiest first."""
    applications = _applications(client_id)
    if client_id is None:
        found = reviews_of(applications, with_use=True)
        yield from sorted(found, key=lambda review: review.score)
        return
    one = next(applications)
    yield from reviews_of([one], keys=[one.pk], with_use=True)


def _applications(client_id: str | None) -> Iterator[Any]:
    """All of them, or the one of this id."""
    applications = all_applications()
    if client_id is None:
        yield from applications.iterator(chunk_size=500)
        return
    one = applications.filter(client_id=client_id).first()
    if one is None:
        raise CommandError(f"There is no client {for_terminal(client_id)}.", returncode=2)
    yield one


def _tried(application: Any, profile: str, days: int) -> DryRun:
    flows = profiles.flows_under(profile, facts_of(application).flows)
    return dry_run(application, {"profile": profile, "flows": flows}, days=days)


def _names(application: Any) -> tuple[str, str]:
    return (application.name or application.client_id, application.client_id)


def _messages() -> Iterator[checks.CheckMessage]:
    """What this app's own checks say of a deployment, unless the project silenced it."""
    for message in checks.run_checks(include_deployment_checks=True):
        if str(message.id).startswith("oauthflows.") and not message.is_silenced():
            yield message


def _severity(message: checks.CheckMessage) -> Severity:
    if message.level >= checks.ERROR:
        return Severity.HIGH
    return Severity.MEDIUM if message.level >= checks.WARNING else Severity.LOW


def _as_members(
    reviews: list[Review], messages: list[checks.CheckMessage], is_well: bool
) -> dict[str, Any]:
    return {
        "ok": is_well,
        "site": [
            {
                "id": message.id,
                "severity": _severity(message).word,
                "sentence": str(message.msg),
                "fix": message.hint or "",
            }
            for message in messages
        ],
        "clients": [
            {
                "client_id": review.client_id,
                "name": review.name,
                "score": review.score,
                "findings": [
                    {
                        "name": finding.name,
                        "severity": finding.severity.word,
                        "spec": finding.spec,
                        "sentence": finding.sentence,
                        "why": finding.why,
                        "fix": finding.fix,
                    }
                    for finding in review.findings
                ],
            }
            for review in reviews
        ],
    }
