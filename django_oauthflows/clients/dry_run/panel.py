"""A dry run in sentences, for the pages that show one and the form that asks for a second look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_oauthflows.clients.dry_run.running import DryRun, NotKnown, Stopped, decides, dry_run
from django_oauthflows.clients.dry_run.telling import described
from django_oauthflows.conf import conf

#: How many different requests are described of those that one rule refuses.
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedLine:
    """What one rule would have refused."""

    count_text: str
    sentence: str
    rule: str
    spec: str
    why: str
    requests: tuple[str, ...]
    more: int

    @property
    def text(self) -> str:
        return f"{self.count_text} {self.sentence} ({self.rule}, {self.spec})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What a page shows of a dry run."""

    ran: DryRun
    stopped: tuple[StoppedLine, ...]
    not_known: tuple[str, ...]

    @property
    def is_recorded(self) -> bool:
        return bool(conf.RECORDED_REQUESTS_KEPT)

    @property
    def since_text(self) -> str:
        if self.ran.since is None:
            return _("No request of any client has been recorded yet.")
        if not self.ran.began_later:
            return ""
        return _("Requests are recorded since %s only.") % _moment(self.ran.since)

    @property
    def refused_text(self) -> str:
        said = {"refused": self.ran.refused, "all": self.ran.requests, "days": self.ran.days}
        return (
            ngettext(
                "%(refused)d of %(all)d request of the last %(days)d days would have been refused.",
                "%(refused)d of %(all)d requests of the last %(days)d days would have been refused.",
                self.ran.requests,
            )
            % said
        )

    @property
    def fine_text(self) -> str:
        said = {"all": self.ran.requests, "days": self.ran.days}
        return (
            ngettext(
                "Its %(all)d request of the last %(days)d days would have been answered all the same.",
                "All of its %(all)d requests of the last %(days)d days would have been answered.",
                self.ran.requests,
            )
            % said
        )


def panel_of(application: Any, changes: Mapping[str, Any], *, days: int = 0) -> Panel | None:
    """What would have been refused of the last `days`, of all that are kept by default.

    `None` where the changes decide about no request.
    """
    if not decides(changes):
        return None
    return shown(dry_run(application, changes, days=days or conf.RECORDED_REQUESTS_KEPT))


def shown(ran: DryRun) -> Panel:
    return Panel(
        ran=ran,
        stopped=tuple(map(_line, ran.stopped)),
        not_known=tuple(map(_unknown, ran.not_known)),
    )


def _line(stopped: Stopped) -> StoppedLine:
    refusal = stopped.refusal
    said = {"count": stopped.count, "last": _moment(stopped.last)}
    return StoppedLine(
        count_text=ngettext(
            "%(count)d request, on %(last)s:",
            "%(count)d requests, the last on %(last)s:",
            stopped.count,
        )
        % said,
        sentence=refusal.sentence,
        rule=refusal.rule,
        spec=refusal.spec,
        why=refusal.fix,
        requests=tuple(f"{one.count} × {described(one)}" for one in stopped.requests[:_MOST]),
        more=max(0, len(stopped.requests) - _MOST),
    )


def _unknown(unknown: NotKnown) -> str:
    said = {"count": unknown.count, "rule": unknown.rule}
    if not unknown.rule:
        return (
            ngettext(
                "Of %(count)d request only the number was kept, so no rule could be asked.",
                "Of %(count)d requests only the number was kept, so no rule could be asked.",
                unknown.count,
            )
            % said
        )
    return (
        ngettext(
            "The rule %(rule)s could not be asked about %(count)d request.",
            "The rule %(rule)s could not be asked about %(count)d requests.",
            unknown.count,
        )
        % said
    )


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
