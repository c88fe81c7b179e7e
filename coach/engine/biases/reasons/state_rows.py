"""The states of a window as rows: those of each order, and the counts of those of all candles."""

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.values import dataclass

AGES = np.array([2, 3, 5, 9, 17, 33, 65])
"""Ages, in candles that ended since the entry, with which a bin begins: 1, 2, 3-4, 5-8 ... 65."""
BINS = len(AGES) + 1
SIGNS = 3
"""Loss, neither, gain."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderStates:
    """Adds and sales of the window that came after a candle of their trip had ended, (m,).

    `order` are rows of the history's orders, `side` +1 for long trips and -1 for short ones,
    `gain` is +1, 0 or -1 by the order's own price against the average paid, `age` the number of the
    bin, `through` how far the candle under way had come, 0 to 1, and `stands` (m, states) at which
    records the order came. The rest are changes of the logarithm of the price, gains above zero:
    `since_paid`, `since_order` (the last one) and `fall` from the best.
    """

    order: Integers
    side: Floats
    gain: Integers
    age: Integers
    through: Floats
    stands: Flags
    since_paid: Floats
    since_order: Floats
    fall: Floats

    def only(self, rows: Flags) -> "OrderStates":
        """Return some of the orders."""
        return OrderStates(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class LookCounts:
    """How many candles of open positions began in the window, and how many stood at each record.

    A candle is looked at twice, as it begins and as it ends, each time against the candles that had
    ended when it began; so that an order in the middle can be compared with both. `looks` is
    (2, signs, bins), `stood` (2, states, signs, bins).
    """

    looks: Floats
    stood: Floats
