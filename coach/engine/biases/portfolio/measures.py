"""Gains and losses per asset by count, total, value and duration, and the effect in them.

Formulas of dispositionEffect 1.0.1: DE = RG/(RG+PG) - |RL/(RL+PL)| with 0 for 0/0, and for
durations the difference DD = RG - |RL|. An asset that no order ever looked at has none.
"""

from typing import Final, Literal

import numpy as np

from coach.engine.biases.portfolio.observations import KINDS, AssetObservations, Observations
from coach.engine.statistics.arrays import Flags, Floats, Integers

Method = Literal["count", "total", "value", "duration"]
METHODS: Final[tuple[Method, ...]] = ("count", "total", "value", "duration")
STATISTICS: Final = ("Min", "Q1", "Median", "Q3", "Mean", "Max", "StDev")


def sums(looks: AssetObservations, method: Method, chosen: Flags | None = None) -> Floats:
    """Return realised gains, realised losses, paper gains, paper losses, a row per asset.

    Counts are numbers of observations, totals units of the asset, values returns on the average
    price, summed and divided by the asset's number of orders, durations hours of open time.
    `chosen` says which orders to use. NaN for an asset that none of them looked at.
    """
    if chosen is None:
        chosen = np.full(looks.orders.at.size, fill_value=True)
    seen, assets = looks.observations, len(looks.orders.assets)
    used = chosen[seen.order]
    cell = (seen.asset * KINDS + seen.kind)[used]
    table = totals(cell, weight(seen, method)[used], assets)
    table[np.bincount(looks.asset[chosen[looks.order]], minlength=assets) == 0] = np.nan
    return table / looks.orders.per_asset[:, None] if method == "value" else table


def totals(cell: Integers, weights: Floats, rows: int) -> Floats:
    """Return the sum of the weights in each cell, KINDS cells to a row."""
    summed: Floats = np.bincount(cell, weights, minlength=rows * KINDS).astype(np.float64)
    return summed.reshape(rows, KINDS)


def weight(seen: Observations, method: Method) -> Floats:
    """Return what each observation adds."""
    if method == "count":
        return np.ones(seen.kind.size)
    return {"total": seen.quantity, "value": seen.move, "duration": seen.hours}[method]


def effect(table: Floats, method: Method) -> Floats:
    """Return DE, or DD for durations, of each row of `sums`, in the columns' own unit."""
    gains, losses, gains_on_paper, losses_on_paper = table.T
    if method == "duration":
        difference: Floats = gains - np.abs(losses)
        return difference
    return np.subtract(_share(gains, gains_on_paper), np.abs(_share(losses, losses_on_paper)))


def _share(realised: Floats, on_paper: Floats) -> Floats:
    # What was never looked at stays NaN; 0/0 and the like are 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        share = realised / (realised + on_paper)
    return np.where(np.isnan(share) & ~np.isnan(realised), 0.0, share)


def summary(values: Floats) -> dict[str, float]:
    """Return the STATISTICS of the values that are numbers; NaN where there are too few.

    Quartiles are R's type 7, the deviation divides by n - 1.
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return dict.fromkeys(STATISTICS, np.nan)
    low, first, median, third, high = np.quantile(known, (0, 0.25, 0.5, 0.75, 1))
    deviation = known.std(ddof=1) if known.size > 1 else np.nan
    found = (low, first, median, third, known.mean(), high, deviation)
    return dict(zip(STATISTICS, map(float, found), strict=True))
