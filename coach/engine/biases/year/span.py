"""Trading years, which begin with the first trade and anew on each anniversary, and their weeks.

A block that is counted has ended. What is still open counts for nothing yet, so the evidence
changes only when a block ends, and how often it is looked at changes nothing.
"""

from datetime import datetime
from typing import NamedTuple

import numpy as np

from coach.engine.statistics.arrays import Flags, Integers
from coach.model.times import DAY_US, WEEK_US, instant, microseconds

WEEKS = 52
YEARS_COUNTED = 2
WARM_UP_US = 10 * DAY_US
"""What candles must reach back before a year begins, for what is usual."""
LOOKED_BACK_US = 90 * DAY_US
"""What the trades and orders before a week say about it: how long is held, at which time."""


class TradingYear(NamedTuple):
    """From `start_us` up to but not including `end_us`, of which `until_us` is known."""

    start_us: int
    end_us: int
    until_us: int

    @property
    def weeks(self) -> int:
        """How many of the 52 weeks have ended; the last one takes the odd days of the year."""
        if self.until_us >= self.end_us:
            return WEEKS
        return min((self.until_us - self.start_us) // WEEK_US, WEEKS - 1)

    def end_of(self, week: int) -> int:
        """Return when a week of the year ends; the start of the year for the one before it."""
        if week >= WEEKS - 1:
            return self.end_us
        return self.start_us + (week + 1) * WEEK_US

    def week(self, at_us: Integers) -> Integers:
        """Return the week of the year that each moment inside it lies in, (n,), from 0."""
        return np.minimum((at_us - self.start_us) // WEEK_US, WEEKS - 1)

    def counts(self, at_us: Integers) -> Flags:
        """Say which moments lie in a week of the year that has ended, (n,)."""
        inside = (at_us >= self.start_us) & (at_us < self.end_us)
        ended: Flags = inside & (self.week(at_us) < self.weeks)
        return ended


def years(first_us: int, end_us: int) -> tuple[TradingYear, ...]:
    """Return the year under way at `end_us` and the one before it, where there was one.

    `first_us` is the first trade; `end_us` the microsecond after the last thing that is known.
    """
    starts = [first_us]
    while (following := _anniversary(first_us, len(starts))) < end_us:
        starts.append(following)
    ends = [*starts[1:], _anniversary(first_us, len(starts))]
    known = [TradingYear(start, end, end_us) for start, end in zip(starts, ends, strict=True)]
    return tuple(reversed(known[-YEARS_COUNTED:]))


def counted_from(first_us: int, end_us: int) -> int:
    """Return the start of the oldest year that still counts."""
    return years(first_us, end_us)[-1].start_us


def _anniversary(first_us: int, number: int) -> int:
    """Return the same moment so many years later; of 29 February the day before."""
    first = instant(first_us)
    return microseconds(_in_year(first, first.year + number))


def _in_year(moment: datetime, year: int) -> datetime:
    try:
        return moment.replace(year=year)
    except ValueError:
        return moment.replace(year=year, day=28)
