"""From numbers to bars: what the charts of requests are drawn of. Knows neither a request nor a database.

A chart is a row of bars for each name, one beneath the other, and one for all of them together: a row is
told from the next by the name it bears, so nobody has to tell colours apart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django_oauthflows.traffic.reading import Counted

#: The units of a drawing: the height of the highest bar, and the room for each with the gap beside it.
HEIGHT = 100
STEP = 10
_WIDTH = 8
#: A bar that stands for one request among thousands is seen.
_LOWEST = 3
#: How many names have a row of their own; the rest share one.
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time a chart is about: so many steps from `since` on, which is a full hour of UTC."""

    since: datetime
    step: timedelta
    steps: int

    @property
    def until(self) -> datetime:
        return self.since + self.steps * self.step

    @property
    def starts(self) -> tuple[datetime, ...]:
        return tuple(self.since + number * self.step for number in range(self.steps))

    @property
    def is_by_day(self) -> bool:
        return self.step >= timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step of one row, in the units of a drawing; `y` is counted from the top."""

    place: int
    count: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One name over time. An empty name is all the names there was no room for."""

    name: str
    counts: tuple[int, ...]
    bars: tuple[Bar, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def highest(self) -> int:
        return max(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`together` is drawn by a measure of its own; the `rows` share one, the name with most of all first."""

    window: Window
    together: Row
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        return self.window.steps * STEP


def window_of(days: int, now: datetime) -> Window:
    """The last 24 hours by the hour for one day, else so many days until the end of `now`'s, in its zone.

    Counts are kept by the hours of UTC: where midnight is none of them, a day ends with the hour it is in. A
    day is 24 hours, counted back from the end, in the week when the clock is set too.
    """
    if days == 1:
        hour = timedelta(hours=1)
        return Window(since=_hour_of(now) - 23 * hour, step=hour, steps=24)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    until = _hour_of(midnight + timedelta(minutes=59))
    return Window(since=until - timedelta(days=days), step=timedelta(days=1), steps=days)


def chart_of(counted: Iterable[Counted], window: Window) -> Chart | None:
    """The chart of what was counted within the window; `None` where that is nothing."""
    places = {start: place for place, start in enumerate(window.starts)}
    counts: dict[str, list[int]] = {}
    for one in counted:
        counts.setdefault(one.name, [0] * window.steps)[places[one.start]] += one.count
    if not counts:
        return None
    named = dict(_with_room(counts, window.steps))
    together = _summed(named.values())
    measure = max(map(max, named.values()))
    return Chart(
        window=window,
        together=_row("", together, measure=max(together)),
        rows=tuple(_row(name, of, measure=measure) for name, of in named.items()),
    )


def _hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _with_room(counts: dict[str, list[int]], steps: int) -> Iterator[tuple[str, Sequence[int]]]:
    """The names with most requests in order, then the others as one, unless that one is a name itself."""
    totals = Counter({name: sum(of) for name, of in counts.items()})
    names = [name for name, _ in totals.most_common()]
    shown = names if len(names) <= _MOST_NAMES + 1 else names[:_MOST_NAMES]
    yield from ((name, counts[name]) for name in shown)
    if others := names[len(shown) :]:
        yield "", _summed(counts[name] for name in others)


def _summed(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*rows, strict=True)))


def _row(name: str, counts: Sequence[int], *, measure: int) -> Row:
    heights = (max(_LOWEST, count * HEIGHT // measure) if count else 0 for count in counts)
    bars = (
        Bar(
            place=place, count=count, x=place * STEP + 1, y=HEIGHT - high, width=_WIDTH, height=high
        )
        for place, (count, high) in enumerate(zip(counts, heights, strict=True))
    )
    return Row(name=name, counts=tuple(counts), bars=tuple(bar for bar in bars if bar.count))
