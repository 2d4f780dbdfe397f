"""What the admin's start page of this app shows: charts in words and bars, the same as tables, some figures.

Of all clients together, so only for whoever may read the whole audit log. Two statements for the charts,
and one for each figure that is not in them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_permission_codename
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_oauthflows import dot
from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue
from django_oauthflows.traffic import reading
from django_oauthflows.traffic.charts import Bar, Chart, Row, Window, chart_of, window_of

PERMISSION = "oauthflows.view_auditevent"

#: What may be asked for, in days.
SPANS = {1: gettext_lazy("24 hours"), 7: gettext_lazy("7 days"), 30: gettext_lazy("30 days")}
_USUALLY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A row of bars with its name: `url` leads to the refusals of a rule. `bars` come with what they say."""

    title: str
    url: str
    said: str
    total: int
    counts: tuple[int, ...]
    bars: tuple[tuple[Bar, str], ...]

    @property
    def words(self) -> list[str]:
        """Where a long name may break over lines."""
        return re.findall(r"[^_]+_?", self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart to be shown: all together first, then each of them; `lines` are the same as a table."""

    series: tuple[Series, ...]
    measures: str
    width: int
    ticks: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number worth a look; `url` leads to what it counts."""

    title: str
    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """All of it; a chart of nothing is `None`. Numbers are kept for so many days; 0: there are none."""

    days: int
    flows: Drawing | None
    refusals: Drawing | None
    figures: tuple[Figure, ...]
    kept: int


def may_see(person: Any) -> bool:
    """The numbers are everybody's: whoever looks after their own clients alone sees none of them."""
    return bool(person.has_perm(PERMISSION))


def days_of(said: str | None) -> int:
    """How many days a link asks for; the usual where it asks for anything else."""
    return next((days for days in SPANS if str(days) == said), _USUALLY)


def start_page(person: Any, *, days: int) -> StartPage:
    """The page as this person sees it now, in the time zone that is current."""
    window = window_of(days, timezone.localtime())
    span = (window.since, window.until, window.step)
    flows = chart_of(reading.by_flow(*span), window)
    refusals = chart_of(reading.refusals_by_rule(*span), window)
    return StartPage(
        days=days,
        flows=_drawing(flows, _flow_title, lambda flow: "") if flows else None,
        refusals=_drawing(refusals, _rule_title, url_of_rule) if refusals else None,
        figures=(*_figure_of_clients(person), *_figures_of_today(flows, refusals)),
        kept=conf.RECORDED_REQUESTS_KEPT,
    )


def url_of_rule(rule: str) -> str:
    """The audit log, searched for what a rule refused: the search is seen there, and can be undone."""
    return _audit_url(q=rule) if rule else ""


def _audit_url(**query: str) -> str:
    query = {"event__exact": Event.REQUEST_REFUSED, **query}
    return f"{reverse('admin:oauthflows_auditevent_changelist')}?{urlencode(query)}"


def _figure_of_clients(person: Any) -> Iterator[Figure]:
    model = dot.application_model()
    meta = model._meta
    if person.has_perm(f"{meta.app_label}.{get_permission_codename('view', meta)}"):
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        yield Figure(title=_("Clients"), number=model._default_manager.count(), url=url)


def _figures_of_today(flows: Chart | None, refusals: Chart | None) -> Iterator[Figure]:
    if conf.RECORDED_REQUESTS_KEPT:
        yield Figure(title=_("Answered today"), number=_today(flows), url="")
        yield Figure(title=_("Refused today"), number=_today(refusals), url=_audit_url())


def _today(chart: Chart | None) -> int:
    if chart is None:
        return 0
    today = timezone.localdate()
    starts = zip(chart.window.starts, chart.together.counts, strict=True)
    return sum(count for start, count in starts if _middle(start, chart.window).date() == today)


def _flow_title(slug: str) -> str:
    flow = catalogue.BY_SLUG.get(slug)
    return flow.name if flow else _rule_title(slug)


def _rule_title(rule: str) -> str:
    return rule or _("All others")


def _drawing(chart: Chart, title_of: Callable[[str], str], url_of: Callable[[str], str]) -> Drawing:
    labels = [_label(start, chart.window) for start in chart.window.starts]
    series = (
        _series(chart.together, _("All together"), "", labels),
        *(_series(row, title_of(row.name), url_of(row.name), labels) for row in chart.rows),
    )
    columns = zip(*(one.counts for one in series), strict=True)
    return Drawing(
        series=series,
        measures=_measures(chart),
        width=chart.width,
        ticks=(labels[0], labels[len(labels) // 2], labels[-1]),
        lines=tuple(zip(labels, columns, strict=True)),
    )


def _measures(chart: Chart) -> str:
    return _("The highest bar of all together is %(all)d, that of the rows below it %(each)d.") % {
        "all": chart.together.highest,
        "each": max(row.highest for row in chart.rows),
    }


def _series(row: Row, title: str, url: str, labels: list[str]) -> Series:
    most = labels[row.counts.index(row.highest)]
    said = ngettext(
        "%(total)d request. The highest bar is %(highest)d, at: %(most)s",
        "%(total)d requests. The highest bar is %(highest)d, at: %(most)s",
        row.total,
    )
    return Series(
        title=title,
        url=url,
        said=said % {"total": row.total, "highest": row.highest, "most": most},
        total=row.total,
        counts=row.counts,
        bars=tuple((bar, f"{labels[bar.place]}: {bar.count}") for bar in row.bars),
    )


def _label(start: datetime, window: Window) -> str:
    moment = _middle(start, window) if window.is_by_day else timezone.localtime(start)
    return date_format(moment, "MONTH_DAY_FORMAT" if window.is_by_day else "TIME_FORMAT")


def _middle(start: datetime, window: Window) -> datetime:
    """A step of a day may begin an hour from midnight; its middle is in no doubt."""
    return timezone.localtime(start + window.step / 2)
