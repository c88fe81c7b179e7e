"""Which stored bars to read a window from: of one length, by one source, always the same."""

from collections.abc import Sequence
from itertools import groupby

from coach.model.candles import (
    DAY,
    FIVE_MINUTES,
    FOUR_HOURS,
    HALF_HOUR,
    HOUR,
    MINUTE,
    QUARTER,
    SECOND_US,
    SIX_HOURS,
    TWO_HOURS,
    WEEK_US,
    CandleWeek,
    Granularity,
    Window,
    microseconds,
    week_start_us,
)

BEHAVIOUR = (
    *(QUARTER, FIVE_MINUTES, MINUTE),
    *(HALF_HOUR, HOUR, TWO_HOURS, FOUR_HOURS, SIX_HOURS, DAY),
)
"""What behaviour is read from, the best first: finer than a quarter costs, coarser hides."""

GOOD_ENOUGH = 0.95
"""Of the best cover: better bars are preferred over a little more of the window."""


def best(
    weeks: Sequence[CandleWeek], window: Window, order: Sequence[Granularity] = BEHAVIOUR
) -> list[CandleWeek]:
    """Return the weeks of the series to read, none where nothing covers any of the window.

    `weeks` are sorted by series. Of the series that cover nearly as much as the one that covers
    most, the first in `order` is taken, then the fuller, then the first by name.
    """
    series = [list(of) for _, of in groupby(weeks, lambda week: week.series)]
    fit = [of for of in series if of[0].series.granularity in order]
    covers = [(cover(of, window), of) for of in fit]
    most = max((share for share, _ in covers), default=0.0)
    if most == 0:
        return []
    near = [(share, of) for share, of in covers if share >= GOOD_ENOUGH * most]
    _, chosen = min(
        near, key=lambda one: (order.index(one[1][0].series.granularity), -one[0], one[1][0].series)
    )
    return chosen


def cover(weeks: Sequence[CandleWeek], window: Window) -> float:
    """Return the share of a window that these weeks of one series tell about, 0 to 1."""
    if window.end_us <= window.start_us:
        return 0.0
    told = (_overlap(known(week), window) for week in weeks)
    return sum(told) / (window.end_us - window.start_us)


def known(week: CandleWeek) -> Window:
    """Return the stretch that a stored week tells about: all of it when it is complete."""
    if week.complete:
        start = week_start_us(week.week)
        return Window(start, start + WEEK_US)
    step = week.series.granularity * SECOND_US
    return Window(microseconds(week.first_at), microseconds(week.last_at) + step)


def _overlap(one: Window, other: Window) -> int:
    return max(0, min(one.end_us, other.end_us) - max(one.start_us, other.start_us))
