"""Which periods of a record are held, and in which months rows seem to be missing.

A whole calendar month without a fill is a gap where the trader's own rate makes it one: at the
lower rate of the 90 days before and after, at least `FEWEST_EXPECTED` days with trades would have
come in the quiet time. So a quiet holiday is none, and neither is a quiet year of somebody who
trades little.

The constant was chosen on the ten investors of the public data set of the R package
dispositionEffect (2010-2018). With 20 two of their own pauses are named, with 10 fourteen. Nobody
knows whether rows are missing there, so a gap is only said to be possible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

AROUND_DAYS: Final = 90
"""How far before and after a quiet time the trader's rate is counted."""
FEWEST_EXPECTED: Final = 20
"""Days with trades that would have come at that rate, for a quiet time to be a gap."""
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietTime:
    """Days without a fill, both included; at the trader's rate `expected` of them had some."""

    since: date
    until: date
    expected: int

    @property
    def is_gap(self) -> bool:
        """Say whether so many days with trades would have come that rows may be missing."""
        return self.expected >= FEWEST_EXPECTED


def quiet_times(days: Iterable[date]) -> list[QuietTime]:
    """Return every time without a fill that holds a whole calendar month, oldest first.

    `days` are those with a fill.
    """
    active = sorted(set(days))
    found = []
    for before, after in pairwise(active):
        since, until = before + A_DAY, after - A_DAY
        if holds_a_month(since, until):
            expected = _expected(active, since, until)
            found.append(QuietTime(since, until, expected))
    return found


def held_periods(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the days with fills as periods, first and last day; a whole empty month parts two."""
    active = sorted(set(days))
    periods: list[tuple[date, date]] = []
    for day in active:
        if periods and not holds_a_month(periods[-1][1] + A_DAY, day - A_DAY):
            periods[-1] = (periods[-1][0], day)
        else:
            periods.append((day, day))
    return periods


def holds_a_month(since: date, until: date) -> bool:
    """Say whether a whole calendar month lies between two days, both included."""
    first = since if since.day == 1 else _next_month(since)
    return _next_month(first) - A_DAY <= until


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _expected(active: Sequence[date], since: date, until: date) -> int:
    """Return how many days with trades would have come at the lower rate of both sides."""
    around = timedelta(days=AROUND_DAYS)
    before = sum(since - around <= day < since for day in active)
    after = sum(until < day <= until + around for day in active)
    return min(before, after) * ((until - since).days + 1) // AROUND_DAYS
