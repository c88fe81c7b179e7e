"""Several series of one symbol: which of them a trade or a moment is read from.

A value belongs to its trade or moment, so the series it comes from is chosen for that trade or
moment alone: never for all that is asked at once, whose window moves with every import and filter.
Series come in order of preference: by length of bar (model/candles.py), then by name of source.
"""

from collections.abc import Callable, Sequence

import numpy as np

from coach.engine.features.bars import Bars, Columns
from coach.engine.features.bars import bars as laid_out
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.candles import CandleWindow, preference, week_start_us, weeks_in
from coach.model.times import SECOND_US, WEEK_US

GOOD_ENOUGH = 0.95
"""Of the best cover: better bars are preferred over a little more of the window."""

NONE = -1


def in_order(series: Sequence[Bars]) -> tuple[Bars, ...]:
    """Return series by preference: the best length of bar first, then by name of source."""
    return tuple(sorted(series, key=lambda one: (rank(one), one.source)))


def rank(bars: Bars) -> int:
    """Return the place of the length of these bars, 0 the best."""
    return preference(bars.step_us // SECOND_US)


def first_known(
    series: Sequence[Bars], count: int, read: Callable[[Bars, Integers], Floats]
) -> Floats:
    """Return `count` values, each from the first series that knows it; nan where none does.

    `read` gets a series and the rows (k,) that are still unknown, and returns their values (k,),
    nan where that series does not know them.
    """
    return first_known_with_place(series, count, read)[0]


def first_known_with_place(
    series: Sequence[Bars], count: int, read: Callable[[Bars, Integers], Floats]
) -> tuple[Floats, Integers]:
    """Return the values as `first_known` does, and the place of the series of each, -1 for none."""
    values, places = np.full(count, np.nan), np.full(count, NONE, np.int64)
    for place, bars in enumerate(series):
        rows = np.flatnonzero(np.isnan(values))
        if not len(rows):
            break
        values[rows] = read(bars, rows)
        places[rows[~np.isnan(values[rows])]] = place
    return values, places


def covering(series: Sequence[Bars], start_us: Integers, end_us: Integers) -> Integers:
    """Return the place of the series to read each window [start, end) from, -1 where none has bars.

    Of the series that cover nearly as much of a window as the one that covers most, those with the
    best length of bar are compared: the fuller is taken, then the first in order. `series` are in
    order; windows are (n,), in microseconds UTC.
    """
    chosen = np.full(len(start_us), NONE, np.int64)
    if not series:
        return chosen
    shares = np.stack([covered(one, start_us, end_us) for one in series])
    most = shares.max(axis=0)
    near = (shares >= GOOD_ENOUGH * most) & (shares > 0)
    ranks = np.array([rank(one) for one in series])
    for level in np.unique(ranks).tolist():
        places = np.flatnonzero(ranks == level)
        fullest = np.where(near[places], shares[places], 0.0)
        found = (chosen == NONE) & near[places].any(axis=0)
        chosen[found] = places[np.argmax(fullest, axis=0)][found]
    return chosen


def covered(bars: Bars, start_us: Integers, end_us: Integers) -> Floats:
    """Return the share of each window [start, end) that lies in a bar, (n,).

    The bar that contains an end of the window counts with what of it lies inside. A window of no
    length is covered when a bar contains it.
    """
    if not len(bars):
        return np.zeros(len(start_us))
    end_us = np.maximum(end_us, start_us + 1)
    first = np.searchsorted(bars.start_us, start_us - bars.step_us, side="right")
    last = np.searchsorted(bars.start_us, end_us, side="left")
    before = np.maximum(start_us - bars.start_us[np.minimum(first, len(bars) - 1)], 0)
    after = np.maximum(bars.start_us[last - 1] + bars.step_us - end_us, 0)
    inside = (last - first) * bars.step_us - before - after
    shares: Floats = np.where(last > first, inside / (end_us - start_us), 0.0)
    return shares


def joined_by_week(series: Sequence[Bars], window: CandleWindow) -> Bars:
    """Return one series of several with bars of one length: each week from its fullest source.

    A fetch brings whole weeks, each from one source, so a trade may lie in candles all the time
    while no single source covers it. `source` names all that were taken.
    """
    parts = []
    for monday in weeks_in(window):
        start = max(week_start_us(monday), window.start_us)
        end = min(week_start_us(monday) + WEEK_US, window.end_us)
        place = int(covering(series, np.array([start]), np.array([end]))[0])
        if place != NONE:
            parts.append(series[place].touching(start, end))
    if not parts:
        return series[0]
    names = ("start_us", "open", "high", "low", "close", "volume")
    raw = Columns(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))
    sources = ", ".join(sorted({one.source for one in parts}))
    return laid_out(raw, sources, series[0].step_us)
