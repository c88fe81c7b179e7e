"""Time as dispositionEffect counts it: weekdays, 08:00 to 22:00.

The open hours of the first and of the last day, and fourteen hours for each weekday between. Only
the closing of the first day and the opening of the last are minded: a time before the opening of
the first day counts as it stands. Between two moments of one weekend no time passes.
"""

from typing import Final

import numpy as np

from coach.engine.statistics.arrays import Floats, Integers

HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR
OPENS: Final = 8 * HOUR
CLOSES: Final = 22 * HOUR
WEEKDAYS: Final = 5
THURSDAY: Final = 3
"""1970-01-01 was one; Monday is 0."""


def open_time(start: Integers, end: Integers) -> Integers:
    """Return the microseconds of open time from each `start` to its `end`, both µs since 1970."""
    first, last = start // DAY, end // DAY
    begin = np.minimum(start, first * DAY + CLOSES)
    finish = np.maximum(end, last * DAY + OPENS)
    between = _weekdays_before(last + 1) - _weekdays_before(first) - 2
    across = (
        between * (CLOSES - OPENS)
        + (first * DAY + CLOSES - begin)
        + (finish - (last * DAY + OPENS))
    )
    return np.where(first == last, finish - begin, np.where(between < 0, 0, across))


def open_hours(start: Integers, end: Integers) -> Floats:
    """Return the same in hours."""
    hours: Floats = open_time(start, end) / HOUR
    return hours


def _weekdays_before(day: Integers) -> Integers:
    weeks, weekday = np.divmod(day + THURSDAY, 7)
    return weeks * WEEKDAYS + np.minimum(weekday, WEEKDAYS)
