"""A month without rows is a gap where the trader's own rate says so, and a holiday is none."""

from collections.abc import Iterator
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.coverage import (
    FEWEST_EXPECTED,
    QuietTime,
    held_periods,
    holds_a_month,
    quiet_times,
)

YEAR = date(2025, 1, 1)


def weekdays(but: tuple[date, date] | None = None) -> Iterator[date]:
    """Yield the weekdays of 2025 but for those from one day to another, both included."""
    for n in range(365):
        day = YEAR + timedelta(days=n)
        if day.weekday() < 5 and not (but and but[0] <= day <= but[1]):
            yield day


def test_a_month_that_is_missing_between_busy_ones_is_a_gap() -> None:
    [quiet] = quiet_times(weekdays((date(2025, 7, 1), date(2025, 7, 31))))
    assert (quiet.since, quiet.until) == (date(2025, 7, 1), date(2025, 7, 31))
    assert quiet.expected == 64 * 31 // 90
    assert quiet.is_gap


def test_three_weeks_away_are_no_gap() -> None:
    assert quiet_times(weekdays((date(2025, 7, 7), date(2025, 7, 27)))) == []


def test_a_quiet_month_of_somebody_who_trades_once_a_week_is_no_gap() -> None:
    days = [day for day in weekdays() if day.weekday() == 0 and day.month != 7]
    [quiet] = quiet_times(days)
    assert quiet.expected < FEWEST_EXPECTED
    assert not quiet.is_gap


def test_the_lower_rate_of_both_sides_counts() -> None:
    busy = [day for day in weekdays() if day < date(2025, 7, 1)]
    assert not any(one.is_gap for one in quiet_times([*busy, date(2025, 9, 1)]))


def test_a_month_counts_only_as_a_whole() -> None:
    assert holds_a_month(date(2025, 2, 1), date(2025, 2, 28))
    assert not holds_a_month(date(2025, 2, 2), date(2025, 3, 30))
    assert holds_a_month(date(2025, 1, 31), date(2025, 2, 28))


def test_a_whole_empty_month_parts_two_periods() -> None:
    days = [date(2025, 1, 5), date(2025, 2, 20), date(2025, 4, 1), date(2025, 4, 2)]
    assert held_periods(days) == [
        (date(2025, 1, 5), date(2025, 2, 20)),
        (date(2025, 4, 1), date(2025, 4, 2)),
    ]
    assert held_periods([]) == []


@given(st.lists(st.dates(YEAR, date(2026, 12, 31)), max_size=30))
def test_periods_hold_every_day_and_quiet_times_none(days: list[date]) -> None:
    periods, quiet = held_periods(days), quiet_times(days)
    assert all(any(since <= day <= until for since, until in periods) for day in days)
    assert not any(one.since <= day <= one.until for one in quiet for day in days)
    assert len(quiet) == max(len(periods) - 1, 0)


def test_nothing_before_the_first_and_after_the_last_fill_is_quiet() -> None:
    assert quiet_times([date(2025, 1, 1)]) == []
    assert not QuietTime(YEAR, YEAR, FEWEST_EXPECTED - 1).is_gap
