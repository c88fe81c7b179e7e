"""Where a column is highest within many of its stretches."""

import numpy as np

from coach.engine.statistics.arrays import Floats, Integers


def highest(values: Floats, first: Integers, last: Integers) -> Integers:
    """Return where in [first, last] the values are highest, (n,); a sparse table."""
    level = np.arange(len(values))
    levels = [level]
    width = 1
    while 2 * width <= len(values):
        left, right = level[:-width], level[width:]
        level = np.where(values[right] > values[left], right, left)
        levels.append(level)
        width *= 2
    spans = last - first + 1
    powers = np.frexp(spans)[1] - 1
    best = np.empty(len(first), np.int64)
    for power, table in enumerate(levels):
        rows = np.flatnonzero(powers == power)
        left, right = table[first[rows]], table[last[rows] - (1 << power) + 1]
        best[rows] = np.where(values[right] > values[left], right, left)
    return best
