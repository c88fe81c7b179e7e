"""The disposition effect as Odean (1998) counts it: all positions pooled, on days with a sale.

Journal of Finance 53(5), section II: on each (UTC) day with a sale out of two or more positions, a
position sold is a realised gain or loss by its price against the average cost; every other position
held since before that day is a paper gain if the day's low is above its cost, a paper loss if the
day's high is below it, else neither. PGR = RG/(RG+PG), PLR = RL/(RL+PL); the effect is PGR - PLR.
Shorts are mirrored: covering is selling.
"""

from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.biases.portfolio.trading_clock import DAY
from coach.engine.biases.portfolio.walk import PositionWalk, walk
from coach.engine.statistics.arrays import Flags, Floats, Integers

SMALLEST_PORTFOLIO = 2


@dataclass(frozen=True, slots=True)
class PooledCounts:
    """Counts, the two proportions, their difference and ratio; NaN where nothing was counted.

    `standard_error` takes observations as independent, as the paper does; `t` is the effect in
    those.
    """

    gains_realised: int
    gains_on_paper: int
    losses_realised: int
    losses_on_paper: int
    share_of_gains: float
    share_of_losses: float
    effect: float
    ratio: float
    standard_error: float
    t: float


@dataclass(frozen=True, slots=True)
class SaleDays:
    """What was counted on days with a sale; `unpriced` positions had no price on theirs."""

    pooled: PooledCounts
    days: int
    unpriced: int


def from_counts(rg: int, pg: int, rl: int, pl: int) -> PooledCounts:
    """Return the statistics of realised gains, paper gains, realised losses, paper losses.

    se = sqrt(PGR(1-PGR)/(RG+PG) + PLR(1-PLR)/(RL+PL)), Odean (1998), table I.
    """
    gains, losses = rg + pg, rl + pl
    pgr = rg / gains if gains else nan
    plr = rl / losses if losses else nan
    error = nan
    if gains and losses:
        error = sqrt(pgr * (1 - pgr) / gains + plr * (1 - plr) / losses)
    return PooledCounts(
        rg,
        pg,
        rl,
        pl,
        pgr,
        plr,
        effect=pgr - plr,
        ratio=_divided(pgr, plr),
        standard_error=error,
        t=_divided(pgr - plr, error),
    )


def sale_days(orders: PortfolioOrders, market: PriceTable, *, shorts: bool = True) -> SaleDays:
    """Return what Odean would count; without `shorts` only long positions exist."""
    walked = walk(orders)
    sold, gain = _sales(orders, walked, shorts=shorts)
    day, cell = np.unique((orders.at // DAY)[sold], return_inverse=True)
    assets = len(orders.assets)
    shape = (day.size, assets)
    where = cell * assets + orders.asset[sold]
    realised = np.bincount(where, gain, minlength=day.size * assets).reshape(shape)
    is_sold = np.bincount(where, minlength=day.size * assets).reshape(shape) > 0
    quantity, cost = _at_dawn(orders, walked, day)
    held = quantity > 0 if not shorts else quantity != 0
    several = (held | is_sold).sum(axis=1) >= SMALLEST_PORTFOLIO
    on_paper = held & ~is_sold & several[:, None]
    code = np.broadcast_to(market.codes(orders.assets), shape)
    low, high = market.days().ranges(code[on_paper], np.broadcast_to(day[:, None], shape)[on_paper])
    long, average = quantity[on_paper] > 0, cost[on_paper]
    above, below = low > average, high < average
    counts = (
        np.sum(realised[several] > 0),
        np.sum(np.where(long, above, below)),
        np.sum(realised[several] < 0),
        np.sum(np.where(long, below, above)),
    )
    return SaleDays(from_counts(*map(int, counts)), int(several.sum()), int(np.isnan(low).sum()))


def _sales(orders: PortfolioOrders, walked: PositionWalk, *, shorts: bool) -> tuple[Flags, Floats]:
    # Which orders close something, and the money each of those makes.
    side = np.sign(walked.quantity)
    closes: Flags = (walked.quantity != 0) & (orders.sells == (walked.quantity > 0))
    closes &= orders.quantity > 0
    if not shorts:
        closes &= walked.quantity > 0
    closed = np.minimum(orders.quantity, np.abs(walked.quantity))
    gain = side * (orders.price - walked.price) * closed
    return closes, gain[closes]


def _at_dawn(orders: PortfolioOrders, walked: PositionWalk, day: Integers) -> tuple[Floats, Floats]:
    # Quantity and average cost of each asset as each day begins, a row per day.
    quantity = np.zeros((day.size, len(orders.assets)))
    cost = np.zeros_like(quantity)
    for asset in range(len(orders.assets)):
        own = np.flatnonzero(orders.asset == asset)
        last = np.searchsorted(orders.at[own], day * DAY) - 1
        known = last >= 0
        quantity[known, asset] = walked.quantity_after[own[last[known]]]
        cost[known, asset] = walked.price_after[own[last[known]]]
    return quantity, cost


def _divided(over: float, under: float) -> float:
    return over / under if under else inf * over
