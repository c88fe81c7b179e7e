"""The orders of a window as decisions: a burst within a minute is one order."""

from datetime import timedelta

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.context import Context
from coach.engine.features.orders import ADD
from coach.engine.ledger.orders import LONGEST_GAP
from coach.engine.statistics.arrays import Integers

SAME_ORDER_US = LONGEST_GAP // timedelta(microseconds=1)
"""Orders of a trip less than this after another one in the same direction repeat it.

As the ledger joins fills without an order id.
"""


def distinct_orders(context: Context, window: Window) -> Integers:
    """Return the rows of the orders inside the window, oldest first, the first of each burst.

    A burst is a run of orders that enlarge the same trip, or reduce it, each within a minute of the
    one before.
    """
    orders = context.history.orders
    reduces = orders.kind > ADD
    by_trip = np.lexsort((orders.at_us, reduces, orders.trip))
    trip, side, at_us = orders.trip[by_trip], reduces[by_trip], orders.at_us[by_trip]
    repeats = np.zeros(len(by_trip), np.bool_)
    repeats[1:] = (
        (trip[1:] == trip[:-1]) & (side[1:] == side[:-1]) & (at_us[1:] - at_us[:-1] < SAME_ORDER_US)
    )
    rows = np.sort(by_trip[~repeats])
    return rows[window.holds(orders.at_us[rows])]
