"""Whether p-values are what they should be where nothing is there: uniform in [0, 1].

Sources: Kolmogorov (1933); Smirnov (1944) for the one-sided form; the correction for small
samples is Stephens (1970), J. R. Stat. Soc. B 32:115.
"""

import math

import numpy as np

from coach.engine.statistics.arrays import Floats

TERMS = 100
ALMOST_NOTHING = 0.2  # below it the series does not converge and the p-value is 1


def two_sided(values: Floats) -> tuple[float, float]:
    """Return the largest distance from uniform and its p-value; (nan, 1) without values."""
    if len(values) == 0:
        return math.nan, 1.0
    over, under = _distances(values)
    distance = max(over, under)
    root = math.sqrt(len(values))
    reach = (root + 0.12 + 0.11 / root) * distance
    if reach < ALMOST_NOTHING:
        return distance, 1.0
    series = ((-1) ** (k - 1) * math.exp(-2 * (k * reach) ** 2) for k in range(1, TERMS))
    return distance, min(1.0, max(0.0, 2.0 * math.fsum(series)))


def too_small(values: Floats) -> tuple[float, float]:
    """Return how far the values lie below uniform, and the p-value of that alone.

    A test that errs on the safe side, as exact tests of small counts do, passes.
    """
    if len(values) == 0:
        return math.nan, 1.0
    distance = _distances(values)[0]
    root = math.sqrt(len(values))
    return distance, math.exp(-2 * ((root + 0.12 + 0.11 / root) * distance) ** 2)


def _distances(values: Floats) -> tuple[float, float]:
    """Return how far the empirical distribution rises above and falls below the diagonal."""
    ordered = np.sort(values)
    count = len(ordered)
    steps = np.arange(1, count + 1) / count
    over = float(np.max(steps - ordered))
    under = float(np.max(ordered - (steps - 1.0 / count)))
    return max(0.0, over), max(0.0, under)
