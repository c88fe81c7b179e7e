"""The machine: positions opened round the clock, or at one size. A bot, or a copy of one.

Only orders that open or enlarge a position are looked at: a resting order closes one while its
owner sleeps, and has the size of what was bought.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.distinct_orders import distinct_orders
from coach.engine.features.context import Context
from coach.engine.features.orders import ADD
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.words import significant
from coach.model.reasons import Reason
from coach.model.times import DAY_US, HOUR_US

FEWEST_ORDERS, FEWEST_DAYS = 100, 14
"""Fewer orders, or fewer days, may miss the hours of sleep by chance.

Chosen on two simulated sets, reported on others.
"""
HOURS_OF_THE_DAY, QUIET_HOURS = 24, 6
"""A person sleeps for about six hours that are the same ones on most days."""
QUIET_SHARE = 0.08
"""The share of them in the quietest six hours from which on nobody seems to sleep.

Chosen on two simulated sets, where traders with planted habits had .08 at most and bots .11 at
least, and reported on others.
"""
EVEN_SHARE = QUIET_HOURS / HOURS_OF_THE_DAY
"""The same share where orders fall evenly round the clock."""
SIZE_SHARE = 0.9
"""The share of one size in their symbol from which on a program seems to choose the size.

Chosen on two simulated sets, where traders with planted habits had .44 at most and grids .98, and
reported on others.
"""
FEWEST_SIZES = 50
"""Fewer sizes beside the first of each symbol show no common size: half of the fewest orders."""
SAME_SIZE = 0.02
"""Quantities are of one size when they differ by this at most; it covers fees taken in the coin."""


def machine(context: Context, window: Window) -> Reason | None:
    """Return the signs that a program places the orders of the window, None without any.

    Its share is 1 where orders fall evenly round the clock, or are all of one size.
    """
    orders, rows = context.history.orders, distinct_orders(context, window)
    days = np.unique(orders.at_us[rows] // DAY_US)
    if len(rows) < FEWEST_ORDERS or len(days) < FEWEST_DAYS:
        return None
    rows = rows[orders.kind[rows] <= ADD]
    if len(rows) < FEWEST_ORDERS / 2:
        return None
    at_us = orders.at_us[rows]
    quiet, same = share_in_quietest_hours(at_us), share_of_one_size(context, rows)
    if quiet < QUIET_SHARE and same < SIZE_SHARE:
        return None
    return Reason(
        kind="machine",
        n=len(rows),
        share=significant(max(min(quiet / EVEN_SHARE, 1.0), same)),
        facts={
            "quiet_share": significant(quiet),
            "size_share": significant(same),
            "round_the_clock": quiet >= QUIET_SHARE,
            "one_size": same >= SIZE_SHARE,
        },
    )


def share_in_quietest_hours(at_us: Integers) -> float:
    """Return the share of moments in the six hours in a row of the UTC day that have the fewest."""
    per_hour = np.bincount(at_us % DAY_US // HOUR_US, minlength=HOURS_OF_THE_DAY)
    total = np.cumsum(np.concatenate([[0], per_hour, per_hour]))
    starts = np.arange(HOURS_OF_THE_DAY)
    fewest = int((total[starts + QUIET_HOURS] - total[starts]).min())
    return fewest / max(len(at_us), 1)


def share_of_one_size(context: Context, rows: Integers) -> float:
    """Return the share of orders that repeat the size of their symbol.

    In each symbol one order sets the size and does not repeat it. 0 with fewer than 50 others.
    """
    orders = context.history.orders
    symbol = context.history.symbol[orders.trip[rows]]
    alike = others = 0
    for code in np.unique(symbol).tolist():
        size = np.sort(np.log(orders.quantity[rows[symbol == code]]))
        last = np.searchsorted(size, size + np.log1p(SAME_SIZE), side="right")
        alike += int((last - np.arange(len(size))).max()) - 1
        others += len(size) - 1
    return alike / others if others >= FEWEST_SIZES else 0.0
