"""Sell-offs after falls and after rises, week by week: the evidence of a year for panic selling.

Where the side of the move did not matter, the sell-offs of a week fell on falls with the share of
the hours after falls among those after falls and rises. A week holds few such hours, so the
share is that of the four weeks up to its end.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sales.sales_after_falls import all_sell_offs
from coach.engine.biases.measures.sales.sell_offs import orders_of, stress
from coach.engine.biases.measures.sizes.basket import Basket, baskets
from coach.engine.biases.measures.sizes.held import candles_by_order
from coach.engine.biases.year.e_values import binomial
from coach.engine.biases.year.span import TradingYear
from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Floats
from coach.model.times import HOUR_US

ODDS = (2.0, 4.0, 8.0)
WEEKS_OF_HOURS = 4


def evidence(context: Context, year: TradingYear) -> Floats:
    """Return the logarithm of the e-value of each ended week, (weeks, 3).

    A week before which moves went to one side alone compares nothing.
    """
    found = candles_by_order(context)
    window = Window(year.start_us, min(year.end_us, year.until_us))
    seen = baskets(context, window, found) if found.bars else []
    sales = [one for one in all_sell_offs(context, window, seen) if found.covered[one.order]]
    at_us = context.history.orders.at_us
    down, up = (at_us[orders_of(sales, down=falls)] for falls in (True, False))
    falling = np.bincount(year.week(down[year.counts(down)]), minlength=year.weeks)
    rising = np.bincount(year.week(up[year.counts(up)]), minlength=year.weeks)
    hours = sum((_hours(one, year) for one in seen), np.zeros((year.weeks, 2)))
    total = np.concatenate([np.zeros((WEEKS_OF_HOURS, 2)), np.cumsum(hours, axis=0)])
    recent = total[WEEKS_OF_HOURS:] - total[:-WEEKS_OF_HOURS]
    both = recent.sum(axis=1)
    share = np.divide(recent[:, 0], both, out=np.zeros(year.weeks), where=both > 0)
    logs = binomial(falling + rising, falling, share, ODDS)
    comparable = (share > 0) & (share < 1)
    weeks: Floats = np.where(comparable[:, None], logs, 0.0)
    return weeks


def _hours(seen: Basket, year: TradingYear) -> Floats:
    """Return the hours of each ended week after falls and after rises, (weeks, 2)."""
    moved = stress(seen)
    held = (seen.money > 0) & seen.own
    counted = year.counts(seen.ended_us - 1)
    columns = []
    for after in (moved.after_fall, moved.after_rise):
        bars = counted & (after & held).any(axis=1)
        columns.append(np.bincount(year.week(seen.ended_us[bars] - 1), minlength=year.weeks))
    hours: Floats = np.stack(columns, axis=1).astype(np.float64) * (seen.step_us / HOUR_US)
    return hours
