"""Volatility that follows the mood of the market: an average of squares that forgets in a day."""

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.statistics.arrays import Floats
from coach.model.times import HOUR_US

HALF_LIFE_US = 24 * HOUR_US
"""Traders judge a move by the last day. Chosen on two simulated sets, reported on others."""
LARGEST_SQUARE = 36.0
"""A change counts with six sigmas at most, so that one jump does not hide the next hours."""
CAPS = 2
"""How often squares are capped by the variance that the caps before left; more change nothing."""
HALF_LIVES_AT_ONCE = 500
"""Weights that double with each half-life stay within what a float can hold."""


def daily_volatility(bars: Bars, first: int) -> Floats:
    """Return the volatility of one bar's change as of the end of each bar, (m,).

    Bars before row `first` are left out and have 0; so have those before any change is known.
    """
    half_life = HALF_LIFE_US / bars.step_us
    squares = np.square(bars.change[first:])
    variance = _averages(squares, half_life)
    for _ in range(CAPS):
        before = np.concatenate([variance[:1], variance[:-1]])
        largest = np.where(before > 0, LARGEST_SQUARE * before, np.inf)
        variance = _averages(np.minimum(squares, largest), half_life)
    sigma = np.zeros(len(bars))
    sigma[first:] = np.sqrt(variance)
    return sigma


def _averages(values: Floats, half_life: float) -> Floats:
    """Return the average of the values up to each, half as heavy one half-life before; nan: none.

    Before the first known value it is 0.
    """
    known = np.isfinite(values)
    sums = np.stack([np.where(known, values, 0.0), known.astype(np.float64)])
    averages = np.zeros(len(values))
    length = max(1, int(HALF_LIVES_AT_ONCE * half_life))
    carried = np.zeros((2, 1))
    for start in range(0, len(values), length):
        part = sums[:, start : start + length]
        age = np.arange(part.shape[1])
        grown = np.exp2(age / half_life)
        total = (carried + np.cumsum(part * grown, axis=1)) / grown
        averages[start : start + length] = total[0] / np.where(total[1] > 0, total[1], 1.0)
        carried = total[:, -1:] * 0.5 ** (1.0 / half_life)
    return averages
