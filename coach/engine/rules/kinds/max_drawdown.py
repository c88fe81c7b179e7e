"""No new trade while so much is lost since the best of the last days.

The curve is the running sum of net results as closing fills realised them. Its best is looked for
from `days` before the entry on, so that the rule lets go by itself. In percent it is of the
declared equity plus that sum, at its best.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, count
from coach.engine.rules.money_limits import Stretch, currencies, reached
from coach.engine.rules.realised_sums import RealisedSums
from coach.engine.statistics.arrays import Integers

DAY_US = 86_400_000_000


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry made in too deep a drawdown, with its depth."""
    history = ground.history
    for quote, rows in currencies(params, ground):
        sums = ground.nets(quote)
        horizon = history.opened_us[rows] - count(params, "days") * DAY_US
        end = sums.known(history.opened_us[rows])
        since = np.minimum(np.searchsorted(sums.at_us, horizon, side="right"), end)
        best = highest(sums, since, end)
        money = ground.start_equity
        equity = None if money is None else money + sums.floats[best]
        stretch = Stretch(history.quotes[quote], rows, sums, best, end)
        yield from reached(params, ground, stretch, equity)


def highest(sums: RealisedSums, first: Integers, last: Integers) -> Integers:
    """Return where in [first, last] the running sum is highest, (n,); a sparse table."""
    values = sums.floats
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
