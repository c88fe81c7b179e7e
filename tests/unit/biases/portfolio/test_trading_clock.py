from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.biases.portfolio.trading_clock import open_hours

WEEK = timedelta(weeks=1)
MOMENTS = st.datetimes(datetime(1970, 1, 5), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)


def hours(begin: datetime, end: datetime) -> float:
    us = np.array([[round(at.timestamp() * 1e6)] for at in (begin, end)], dtype=np.int64)
    return float(open_hours(us[0], us[1])[0])


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-03-02 10:00", "2026-03-02 12:30", 2.5),  # within a Monday
        ("2026-03-02 21:00", "2026-03-03 09:00", 2),  # over a night
        ("2026-03-02 10:00", "2026-03-04 10:00", 12 + 14 + 2),  # a whole Tuesday between
        ("2026-03-06 20:00", "2026-03-09 10:00", 2 + 2),  # Friday to Monday
        ("2026-03-06 20:00", "2026-03-16 10:00", 2 + 5 * 14 + 2),  # over two weekends
        ("2026-03-07 10:00", "2026-03-08 10:00", 0),  # within a weekend
        ("2026-03-07 10:00", "2026-03-09 10:00", 0),  # Saturday to Monday
        ("2026-03-07 10:00", "2026-03-10 10:00", 12 + 2),  # Saturday to Tuesday
        ("2026-03-02 23:00", "2026-03-03 07:00", 0),  # a night alone
        ("2026-03-02 06:00", "2026-03-03 23:00", 16 + 15),  # only the inner ends are minded
        ("2026-03-02 06:00", "2026-03-02 07:00", 2),  # not even on one day
    ],
)
def test_time_passes_on_weekdays_from_eight_to_ten(begin: str, end: str, expected: float) -> None:
    first, last = (datetime.fromisoformat(f"{text}+00:00") for text in (begin, end))
    assert hours(first, last) == expected


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_week_later_as_much_time_passes(begin: datetime, span: timedelta) -> None:
    assert hours(begin, begin + span) == hours(begin + WEEK, begin + span + WEEK)


@given(MOMENTS, st.timedeltas(timedelta(days=7), timedelta(days=40)))
def test_a_week_more_is_seventy_hours_more(begin: datetime, span: timedelta) -> None:
    more = hours(begin, begin + span + WEEK) - hours(begin, begin + span)
    assert more == pytest.approx(70)
