"""Trading years, their anniversaries and their weeks."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from coach.engine.biases.measures.occasions import opens_an_occasion
from coach.engine.biases.year.span import TradingYear, counted_from, years
from coach.model.times import DAY_US, WEEK_US, instant, microseconds

FIRST = datetime(2024, 2, 29, 9, 30, tzinfo=UTC)


def at(moment: datetime) -> int:
    return microseconds(moment)


def test_a_year_begins_with_the_first_trade_and_anew_on_its_anniversaries() -> None:
    now, before = years(at(FIRST), at(datetime(2026, 6, 1, tzinfo=UTC)))
    assert instant(now.start_us) == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
    assert instant(before.start_us) == datetime(2025, 2, 28, 9, 30, tzinfo=UTC)
    assert now.start_us == before.end_us
    assert counted_from(at(FIRST), at(datetime(2026, 6, 1, tzinfo=UTC))) == before.start_us


def test_a_leap_day_comes_back_with_the_next_leap_year() -> None:
    [now, _] = years(at(FIRST), at(datetime(2028, 3, 1, tzinfo=UTC)))
    assert instant(now.start_us) == datetime(2028, 2, 29, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("later_us", "known"), [(0, 1), (1, 2)])
def test_the_new_year_begins_with_the_anniversary(later_us: int, known: int) -> None:
    anniversary = at(datetime(2025, 2, 28, 9, 30, tzinfo=UTC))
    assert len(years(at(FIRST), anniversary + later_us)) == known


@pytest.mark.parametrize(
    ("days", "weeks"), [(0, 0), (6.9, 0), (7, 1), (356.9, 50), (357, 51), (364.9, 51), (366, 52)]
)
def test_a_week_counts_once_it_has_ended_and_the_last_takes_the_odd_days(
    days: float, weeks: int
) -> None:
    year = TradingYear(0, 366 * DAY_US, round(days * DAY_US))
    assert year.weeks == weeks


def test_moments_of_an_open_week_or_another_year_do_not_count() -> None:
    year = TradingYear(0, 366 * DAY_US, 10 * DAY_US)
    moments = np.array([-1, 0, WEEK_US - 1, WEEK_US, 400 * DAY_US])
    assert year.counts(moments).tolist() == [False, True, True, False, False]
    assert year.week(np.array([0, WEEK_US, 365 * DAY_US])).tolist() == [0, 1, 51]


def test_the_first_of_a_cluster_stands_for_it() -> None:
    """Forty minutes after the first belongs to it, fifty after the first begins another."""
    minutes = timedelta(minutes=1) // timedelta(microseconds=1)
    moments = np.array([0, 40, 50, 90, 95]) * minutes
    assert opens_an_occasion(moments, 45 * minutes).tolist() == [True, False, True, False, True]


def test_the_last_week_ends_with_the_year() -> None:
    year = TradingYear(0, 366 * DAY_US, 10 * DAY_US)
    assert [year.end_of(week) // DAY_US for week in (-1, 0, 50, 51)] == [0, 7, 357, 366]
