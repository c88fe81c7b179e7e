"""What the price had done by a moment, in units of what it usually does. No look-ahead.

z_h(t) = ln(P_t / P_{t-h}) / (sigma * sqrt(h / bar)), sigma the root mean square change of a bar
over the seven days that end before t - h. P_t is the price that was traded, P_{t-h} the close
of the last bar that had ended by then.
"""

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.times import DAY_US

SIGMA_US = 7 * DAY_US
FEWEST_CHANGES = 24
OLDEST_BARS = 4  # a close older than so many bars says nothing about now


def rows_at(bars: Bars, at_us: Integers) -> Integers:
    """Return the row of the last bar that had ended by each moment (n,), -1 where none is near."""
    rows = np.searchsorted(bars.start_us, at_us - bars.step_us, side="right") - 1
    if len(bars) == 0:
        return np.full(len(at_us), -1, np.int64)
    ended = bars.start_us[rows] + bars.step_us
    fresh = (rows >= 0) & (at_us - ended <= OLDEST_BARS * bars.step_us)
    return np.where(fresh, rows, -1).astype(np.int64)


def prices_at(bars: Bars, at_us: Integers) -> Floats:
    """Return the last close by each moment (n,), nan where the bars do not cover it."""
    rows = rows_at(bars, at_us)
    return (
        np.where(rows >= 0, bars.close[rows], np.nan) if len(bars) else np.full(len(rows), np.nan)
    )


def sigma_before(bars: Bars, at_us: Integers, days_us: int = SIGMA_US) -> Floats:
    """Return the usual change of one bar over the days that end at each moment (n,).

    Root mean square of the changes; nan with fewer than 24 of them.
    """
    last = np.searchsorted(bars.start_us, at_us - bars.step_us, side="right")
    first = np.searchsorted(bars.start_us, at_us - days_us - bars.step_us, side="right")
    known = bars.counts[last] - bars.counts[first]
    squares = bars.squares[last] - bars.squares[first]
    usable = (known >= FEWEST_CHANGES) & (squares > 0)
    return np.where(usable, np.sqrt(squares / np.maximum(known, 1)), np.nan)


def z_moves(bars: Bars, at_us: Integers, prices: Floats, horizon_us: int) -> Floats:
    """Return z over the horizon at each moment (n,) for the `prices` (n,) traded then.

    nan where the bars do not cover the horizon, or a bar is longer than it.
    """
    if len(bars) == 0 or bars.step_us > horizon_us:
        return np.full(len(at_us), np.nan)
    before = prices_at(bars, at_us - horizon_us)
    scale = sigma_before(bars, at_us - horizon_us) * np.sqrt(horizon_us / bars.step_us)
    with np.errstate(invalid="ignore", divide="ignore"):
        moves: Floats = np.log(prices / before) / scale
    return moves
