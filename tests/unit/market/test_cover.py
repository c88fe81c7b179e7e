"""Which series a window is read from."""

from datetime import UTC, date, datetime, timedelta

from coach.engine.market.cover import best, cover, known
from coach.model.candles import (
    DAY,
    FIVE_MINUTES,
    HOUR,
    QUARTER,
    CandleWeek,
    Granularity,
    Series,
    Window,
    week_start_us,
)
from coach.model.fills import Symbol

MONDAY = date(2026, 3, 30)
NOW = datetime(2026, 5, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def week(
    granularity: Granularity = QUARTER,
    source: str = "coinbase",
    *,
    monday: date = MONDAY,
    days: float = 7,
) -> CandleWeek:
    """A week whose bars end after so many days."""
    first = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    last = first + timedelta(days=days) - timedelta(seconds=granularity)
    series = Series(Symbol("BTC-USD"), granularity, source)
    return CandleWeek(series, monday, "", 1, first, last, NOW, complete=days == 7)


START = week_start_us(MONDAY)
WHOLE = Window(START, START + 7 * DAY_US)


def chosen(*weeks: CandleWeek, window: Window = WHOLE) -> list[Series]:
    ordered = sorted(weeks, key=lambda one: (one.series, one.week))
    return [one.series for one in best(ordered, window)]


def test_nothing_covers_a_window_of_which_nothing_is_known() -> None:
    assert chosen() == []
    assert chosen(week(monday=date(2026, 3, 23))) == []


def test_a_quarter_is_taken_before_finer_and_before_coarser_bars() -> None:
    found = chosen(week(DAY), week(HOUR), week(FIVE_MINUTES), week(QUARTER))
    assert found == [week(QUARTER).series]


def test_finer_bars_are_taken_before_coarser_ones() -> None:
    assert chosen(week(DAY), week(FIVE_MINUTES), week(HOUR)) == [week(FIVE_MINUTES).series]


def test_better_bars_that_leave_half_of_it_open_are_not_taken() -> None:
    assert chosen(week(QUARTER, days=3.5), week(HOUR)) == [week(HOUR).series]


def test_better_bars_that_lack_an_hour_are_taken() -> None:
    assert chosen(week(QUARTER, days=6.9), week(HOUR)) == [week(QUARTER).series]


def test_of_two_sources_the_fuller_is_taken_and_then_the_first_by_name() -> None:
    binance, coinbase = week(source="binance"), week(source="coinbase")
    assert chosen(coinbase, binance) == [binance.series]
    assert chosen(coinbase, week(source="binance", days=6.9)) == [coinbase.series]


def test_all_weeks_of_the_chosen_series_are_returned_oldest_first() -> None:
    later = week(monday=date(2026, 4, 6))
    window = Window(START, START + 14 * DAY_US)
    ordered = sorted([later, week(), week(HOUR)], key=lambda one: (one.series, one.week))
    assert best(ordered, window) == [week(), later]


def test_a_granularity_nobody_asked_for_is_not_chosen() -> None:
    assert best([week(DAY)], WHOLE, [QUARTER]) == []


def test_a_complete_week_tells_about_all_of_it_and_another_to_its_last_bar() -> None:
    assert known(week()) == WHOLE
    assert known(week(days=2)) == Window(START, START + 2 * DAY_US)


def test_cover_is_the_share_of_the_window() -> None:
    assert cover([week(days=3.5)], WHOLE) == 0.5
    assert cover([week(days=3.5)], Window(START + 3 * DAY_US, START + 4 * DAY_US)) == 0.5
    assert cover([week()], Window(START, START)) == 0
