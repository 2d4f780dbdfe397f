"""Numbers become bars whose heights can be compared, and no request is left out of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from django_oauthflows.traffic.charts import HEIGHT, STEP, Chart, Window, chart_of, window_of
from django_oauthflows.traffic.reading import Counted

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 10, 15, 20, 30, tzinfo=UTC)
WINDOW = window_of(1, NOW)


def chart(*counted: tuple[str, int, int]) -> Chart:
    """Of a name, how many steps from the first, and how many requests."""
    rows = [
        Counted(start=WINDOW.starts[place], name=name, count=count)
        for name, place, count in counted
    ]
    drawn = chart_of(rows, WINDOW)
    assert drawn is not None
    return drawn


def test_a_day_is_drawn_by_the_hour_until_the_one_that_is_running() -> None:
    assert len(WINDOW.starts) == 24
    assert WINDOW.starts[0] == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert WINDOW.starts[-1] == datetime(2026, 3, 10, 15, tzinfo=UTC)
    assert not WINDOW.is_by_day


@pytest.mark.parametrize("days", [7, 30])
def test_more_days_are_drawn_by_the_day_until_the_one_that_is_running(days: int) -> None:
    window = window_of(days, NOW)
    assert window.until == datetime(2026, 3, 11, tzinfo=UTC)
    assert len(window.starts) == days
    assert window.is_by_day


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "America/St_Johns", "Europe/Berlin", "Asia/Tokyo"]
)
@pytest.mark.parametrize(
    "moment",
    [NOW, datetime(2026, 10, 25, 22, 59, tzinfo=UTC), datetime(2026, 3, 29, 21, tzinfo=UTC)],
)
@pytest.mark.parametrize("days", [1, 7])
def test_what_happens_now_is_in_the_last_step_wherever_one_lives(
    zone: str, moment: datetime, days: int
) -> None:
    window = window_of(days, moment.astimezone(ZoneInfo(zone)))
    hour = moment.replace(minute=0)
    assert window.starts[-1] <= hour < window.until
    assert all(start.minute == 0 for start in window.starts)


def test_the_highest_bar_is_as_high_as_the_drawing_and_the_others_in_proportion() -> None:
    row = chart(("password", 0, 40), ("password", 23, 10)).rows[0]
    assert [(bar.x, bar.y, bar.height) for bar in row.bars] == [
        (1, 0, HEIGHT),
        (23 * STEP + 1, HEIGHT * 3 // 4, HEIGHT // 4),
    ]
    assert (row.total, row.highest) == (50, 40)


def test_one_among_thousands_is_seen_and_nothing_is_not() -> None:
    row = chart(("password", 0, 9000), ("password", 1, 1)).rows[0]
    assert len(row.bars) == 2
    assert row.bars[1].height > 0


def test_rows_share_a_measure_and_come_by_their_number() -> None:
    rows = chart(("few", 0, 10), ("many", 0, 20), ("many", 1, 20)).rows
    assert [row.name for row in rows] == ["many", "few"]
    assert rows[1].bars[0].height == HEIGHT // 2


def test_all_together_are_the_sum_of_each_step() -> None:
    together = chart(("few", 0, 10), ("many", 0, 20), ("many", 1, 5)).together
    assert together.counts[:3] == (30, 5, 0)
    assert together.bars[0].height == HEIGHT


def test_what_has_no_room_is_counted_among_the_others() -> None:
    numbers = [(f"rule_{number}", number, 100 - number) for number in range(12)]
    drawn = chart(*numbers)
    assert [row.name for row in drawn.rows] == [*(f"rule_{number}" for number in range(6)), ""]
    assert drawn.rows[-1].total == sum(100 - number for number in range(6, 12))
    assert drawn.together.total == sum(count for _, _, count in numbers)


def test_one_other_keeps_its_name() -> None:
    drawn = chart(*((f"rule_{number}", 0, 1) for number in range(7)))
    assert "" not in [row.name for row in drawn.rows]


def test_nothing_is_no_chart() -> None:
    assert chart_of((), Window(since=WINDOW.since, step=HOUR, steps=24)) is None
