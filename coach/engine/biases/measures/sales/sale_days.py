"""Odean's counts for one trader: gains and losses realised and on paper, on days with a sale.

Odean (1998), J. Finance 53(5), section II; see `portfolio.odean`. Days are UTC days on which two
or more positions were held. A position counts once a day.
"""

import math

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import directions, stretches
from coach.engine.biases.portfolio.odean import SMALLEST_PORTFOLIO, from_counts
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.orders import PARTIAL
from coach.engine.features.series import covering
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.words import significant
from coach.model.insights import Fact
from coach.model.times import DAY_US

FAR_DAY = 1_000_000  # beyond every day there is: a trade and a day make one number


def sale_days(context: Context, window: Window) -> dict[str, Fact]:
    """Return PGR, PLR and the four counts; nothing where no such day was."""
    trip, day, made = _sold(context, window)
    dawn_trip, dawn_day, average = _held_at_dawn(context, window, np.unique(day))
    kept = ~np.isin(dawn_trip * FAR_DAY + dawn_day, trip * FAR_DAY + day)
    dawn_trip, dawn_day, average = dawn_trip[kept], dawn_day[kept], average[kept]
    days, held = np.unique(np.concatenate([day, dawn_day]), return_counts=True)
    several = days[held >= SMALLEST_PORTFOLIO]
    made = made[np.isin(day, several)]
    on_paper = np.isin(dawn_day, several)
    low, high = _ranges(context, dawn_trip[on_paper], dawn_day[on_paper])
    long = directions(context.history)[dawn_trip[on_paper]] > 0
    above, below = low > average[on_paper], high < average[on_paper]
    gains, losses = np.where(long, above, below), np.where(long, below, above)
    counts = (int((made > 0).sum()), int(gains.sum()), int((made < 0).sum()), int(losses.sum()))
    pooled = from_counts(*counts)
    if math.isnan(pooled.effect):
        return {}
    return {
        "sale_days": len(several),
        "gains_realised": pooled.gains_realised,
        "gains_on_paper": pooled.gains_on_paper,
        "losses_realised": pooled.losses_realised,
        "losses_on_paper": pooled.losses_on_paper,
        "pgr": significant(pooled.share_of_gains),
        "plr": significant(pooled.share_of_losses),
        "pgr_less_plr": significant(pooled.effect),
    }


def _sold(context: Context, window: Window) -> tuple[Integers, Integers, Floats]:
    """Return trade, day and sign of the money made of every position sold on a day."""
    history, orders = context.history, context.history.orders
    rows = np.flatnonzero((orders.kind >= PARTIAL) & window.holds(orders.at_us))
    made = (orders.price[rows] - orders.average[rows]) * orders.quantity[rows]
    made *= directions(history)[orders.trip[rows]]
    key = orders.trip[rows] * FAR_DAY + orders.at_us[rows] // DAY_US
    keys, place = np.unique(key, return_inverse=True)
    trip, day = np.divmod(keys, FAR_DAY)
    total: Floats = np.bincount(place, weights=made, minlength=len(keys)).astype(np.float64)
    return trip, day, total


def _held_at_dawn(
    context: Context, window: Window, days: Integers
) -> tuple[Integers, Integers, Floats]:
    """Return trade, day and average of every position held as one of the days began."""
    held = stretches(context.history.orders)
    first = np.searchsorted(days, -(-held.from_us // DAY_US))
    last = np.searchsorted(days, -(-np.minimum(held.to_us, window.end_us) // DAY_US))
    count = np.maximum(last - first, 0)
    stretch = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(stretch)) - np.repeat(np.cumsum(count) - count, count)
    return held.trip[stretch], days[first[stretch] + within], held.average[stretch]


def _ranges(context: Context, trip: Integers, day: Integers) -> tuple[Floats, Floats]:
    """Return the low and the high of each trade's symbol on its day, nan where unknown.

    Each day is read from the series that covers it best.
    """
    history = context.history
    low, high = np.full(len(trip), np.nan), np.full(len(trip), np.nan)
    for code in np.unique(history.symbol[trip]).tolist():
        own = np.flatnonzero(history.symbol[trip] == code)
        series = history.market.series(history.symbols[code])
        by = covering(series, day[own] * DAY_US, (day[own] + 1) * DAY_US)
        for place, bars in enumerate(series):
            rows = own[by == place]
            if len(rows):
                low[rows], high[rows] = _of_days(bars, day[rows])
    return low, high


def _of_days(bars: Bars, day: Integers) -> tuple[Floats, Floats]:
    days, first = np.unique(bars.start_us // DAY_US, return_index=True)
    lows, highs = np.minimum.reduceat(bars.low, first), np.maximum.reduceat(bars.high, first)
    place = np.minimum(np.searchsorted(days, day), len(days) - 1)
    there = days[place] == day
    return np.where(there, lows[place], np.nan), np.where(there, highs[place], np.nan)
