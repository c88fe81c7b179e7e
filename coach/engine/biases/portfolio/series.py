"""The disposition effect as it grows, order by order.

DETs is the mean over assets of the effect in everything seen so far, DEts of what this order saw
alone; both NaN where there is nothing to speak of. The first order has neither: the package begins
with the second.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.portfolio.measures import Method, effect, weight
from coach.engine.biases.portfolio.observations import KINDS, Looks
from coach.engine.statistics.arrays import Floats


@dataclass(frozen=True, slots=True)
class Series:
    """A value per order."""

    so_far: Floats
    alone: Floats


def investor_series(looks: Looks, method: Method) -> Series:
    """Return the means over all assets."""
    orders = looks.orders.at.size
    total, assets = np.zeros(orders), np.zeros(orders)
    alone = np.zeros(orders)
    for asset in range(len(looks.orders.assets)):
        found = asset_series(looks, method, asset)
        known = ~np.isnan(found.so_far)
        total[known] += found.so_far[known]
        assets += known
        alone += np.nan_to_num(found.alone)
    rows = np.bincount(looks.order, minlength=orders)
    return Series(_divided(total, assets), _divided(alone, rows.astype(np.float64)))


def asset_series(looks: Looks, method: Method, asset: int) -> Series:
    """Return the effect of one asset; `alone` only where an order looked at it."""
    orders, seen = looks.orders.at.size, looks.observations
    own = seen.asset == asset
    cell = (seen.order * KINDS + seen.kind)[own]
    each = np.bincount(cell, weight(seen, method)[own], minlength=orders * KINDS)
    table: Floats = each.reshape(orders, KINDS)
    looked = np.zeros(orders, dtype=np.bool_)
    looked[looks.order[looks.asset == asset]] = True
    so_far = effect(np.cumsum(table, axis=0), method)
    ever = np.logical_or.accumulate(looked)
    alone = effect(table, method)
    return Series(np.where(ever, so_far, np.nan), np.where(looked, alone, np.nan))


def _divided(total: Floats, count: Floats) -> Floats:
    return np.divide(total, count, out=np.full(total.size, np.nan), where=count > 0)
