"""The disposition effect as it grows, order by order.

DETs is the mean over assets of the effect in everything seen so far, DEts of what this order saw
alone; both NaN where there is nothing to speak of.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.portfolio.measures import Method, effect, totals, weight
from coach.engine.biases.portfolio.observations import KINDS, AssetObservations
from coach.engine.statistics.arrays import Floats, Integers


@dataclass(frozen=True, slots=True)
class OrderSeries:
    """A value per order."""

    so_far: Floats
    alone: Floats


def investor_series(looks: AssetObservations, method: Method) -> OrderSeries:
    """Return the means over all assets."""
    orders, assets = looks.orders.at.size, len(looks.orders.assets)
    total, known, alone = np.zeros(orders), np.zeros(orders), np.zeros(orders)
    seen = _places(looks.observations.asset, assets)
    looked = _places(looks.asset, assets)
    for own, at in zip(seen, looked, strict=True):
        found = _series(looks, method, own, at)
        there = ~np.isnan(found.so_far)
        total[there] += found.so_far[there]
        known += there
        alone += np.nan_to_num(found.alone)
    rows = np.bincount(looks.order, minlength=orders)
    return OrderSeries(_divided(total, known), _divided(alone, rows.astype(np.float64)))


def asset_series(looks: AssetObservations, method: Method, asset: int) -> OrderSeries:
    """Return the effect of one asset; `alone` only where an order looked at it."""
    own = np.flatnonzero(looks.observations.asset == asset)
    return _series(looks, method, own, np.flatnonzero(looks.asset == asset))


def _series(looks: AssetObservations, method: Method, own: Integers, at: Integers) -> OrderSeries:
    # `own` are the asset's observations, `at` the pairs in which an order looked at it.
    orders, seen = looks.orders.at.size, looks.observations
    cell = seen.order[own] * KINDS + seen.kind[own]
    table = totals(cell, weight(seen, method)[own], orders)
    looked = np.zeros(orders, dtype=np.bool_)
    looked[looks.order[at]] = True
    ever = np.logical_or.accumulate(looked)
    return OrderSeries(
        so_far=np.where(ever, effect(np.cumsum(table, axis=0), method), np.nan),
        alone=np.where(looked, effect(table, method), np.nan),
    )


def _places(asset: Integers, assets: int) -> list[Integers]:
    # Where each asset stands, found in one sort instead of a search per asset.
    arranged = np.argsort(asset, kind="stable")
    return np.split(arranged, np.searchsorted(asset[arranged], np.arange(1, assets)))


def _divided(total: Floats, count: Floats) -> Floats:
    mean: Floats = np.full(total.size, np.nan)
    mean[count > 0] = total[count > 0] / count[count > 0]
    return mean
