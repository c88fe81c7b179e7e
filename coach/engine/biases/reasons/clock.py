"""The clock: orders that come at one time of the day, whatever the price does."""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.distinct_orders import distinct_orders
from coach.engine.features.context import Context
from coach.engine.features.local_time import trader_seconds
from coach.engine.features.orders import ADD, PARTIAL
from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.words import significant
from coach.model.reasons import Reason, ReasonFact
from coach.model.times import DAY_S, DAY_US, HOUR_S, MINUTE_S, MINUTE_US

FEWEST_SALES, FEWEST_ADDS, FEWEST_DAYS = 15, 8, 6
"""Fewer orders, or fewer days, show no time of day. Chosen on two simulated sets."""
AROUND_US = 20 * MINUTE_US
"""An order counts within this of the time of day: enough for a queue of eight orders by hand.

Chosen on two simulated sets, reported on others.
"""
SHARE = 0.8
"""The share of orders near one time of day that makes a clock.

Chosen on two simulated sets, where traders with planted habits had .71 at most and clocks 1.0, and
reported on others.
"""


def clock_of_sales(context: Context, window: Window) -> Reason | None:
    """Return the time of day at which positions are closed, None where there is none.

    It is decided on UTC, so that a change of the trader's zone changes nothing; only the `facts`
    that are shown tell the time in the zone.
    """
    orders = context.history.orders
    rows = distinct_orders(context, window)
    rows = rows[orders.kind[rows] >= PARTIAL]
    near = _near_one_time(orders.at_us[rows], FEWEST_SALES)
    if near is None:
        return None
    return Reason(
        kind="clock",
        n=len(rows),
        share=significant(float(near.mean())),
        facts=_times(context, orders.at_us[rows[near]]),
    )


def clock_adds(context: Context, window: Window) -> Flags:
    """Say which orders of the history are adds of the window that come by a clock, (m,).

    Whether the price rose or fell, such an add would have come.
    """
    orders = context.history.orders
    by_clock = np.zeros(len(orders), np.bool_)
    rows = distinct_orders(context, window)
    rows = rows[orders.kind[rows] == ADD]
    near = _near_one_time(orders.at_us[rows], FEWEST_ADDS)
    if near is not None:
        by_clock[rows[near]] = True
    return by_clock


def _near_one_time(at_us: Integers, fewest: int) -> Flags | None:
    """Say which moments are near the commonest time of day, None where too few are."""
    if len(at_us) < fewest or len(np.unique(at_us // DAY_US)) < FEWEST_DAYS:
        return None
    time = np.sort(at_us % DAY_US)
    twice = np.concatenate([time, time + DAY_US])
    last = np.searchsorted(twice, time + 2 * AROUND_US, side="right")
    start = int(time[np.argmax(last - np.arange(len(time)))])
    near: Flags = (at_us - start) % DAY_US <= 2 * AROUND_US
    return near if near.mean() >= SHARE else None


def _times(context: Context, at_us: Integers) -> dict[str, ReasonFact]:
    """Return the typical time of day in UTC and in the trader's zone, as `HH:MM`."""
    seconds = at_us // 1_000_000
    trader = context.history.trader
    local = trader_seconds(trader, at_us)
    shown = seconds if local is None else local
    zone = "UTC" if local is None or trader.offset_minutes is not None else trader.zone
    if trader.offset_minutes is not None:
        zone = f"UTC{trader.offset_minutes / 60:+g} h"
    return {"time_utc": _typical_time(seconds), "time": _typical_time(shown), "zone": zone}


def _typical_time(seconds: Integers) -> str:
    """Return the median time of day of moments that lie close to each other on most days."""
    turned = (seconds - seconds[0] + DAY_S // 2) % DAY_S
    time = int(np.median(turned) + seconds[0] - DAY_S // 2) % DAY_S
    return f"{time // HOUR_S:02d}:{time % HOUR_S // MINUTE_S:02d}"
