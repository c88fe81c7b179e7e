"""What is held and lived through a move: each position, and all of them as one basket.

z_2h of a position is its move of two hours in units of what is usual, mirrored for shorts. That of
the basket is sum of w_s ln(P_s / P_s two hours before) / sqrt(w' C w x bars in two hours), w the
signed shares of what is held and C the mean products of the changes of a bar over the seven days
that ended two hours before the day began: a basket of coins that fall together is as wild as one
of them, one of a long and a short is calmer. Only trades that are two hours old are in it: who
bought into the fall did not live through it.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.held import Candles, quantities
from coach.engine.features.context import Context
from coach.engine.features.moves import FEWEST_CHANGES, SIGMA_US, prices_at
from coach.engine.statistics.arrays import Floats, Integers

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
TWO_HOURS_US = 2 * HOUR_US


@dataclass(frozen=True, slots=True, eq=False)
class Basket:
    """One row per bar that ended inside the window, (t,), times in microseconds UTC.

    `codes` (s,) are the symbols. `money` (t, s) is what is held, whichever its side, `z` (t, s)
    the mirrored move of each position and `whole` (t,) that of all; nan: not held, or not known.
    """

    ended_us: Integers
    step_us: int
    codes: tuple[int, ...]
    money: Floats
    z: Floats
    whole: Floats


def basket(context: Context, window: Window, found: Candles) -> Basket:
    """Lay out what was held at the end of every bar; a step is the longest bar of the symbols."""
    step_us = max((one.step_us for one in found.bars.values()), default=HOUR_US)
    codes = tuple(found.bars)
    if not codes or step_us > TWO_HOURS_US:
        none = np.zeros((0, len(codes)))
        return Basket(np.zeros(0, np.int64), HOUR_US, codes, none, none, np.zeros(0))
    first_us = -(-(window.start_us - SIGMA_US - DAY_US) // step_us) * step_us
    grid = np.arange(first_us, window.end_us + 1, step_us)
    price = np.stack([prices_at(bars, grid) for bars in found.bars.values()], axis=1)
    money = np.nan_to_num(quantities(context, codes, grid, TWO_HOURS_US) * price)
    back = TWO_HOURS_US // step_us
    log_price = np.log(price)
    moved = np.full(price.shape, np.nan)
    moved[back:] = log_price[back:] - log_price[:-back]
    known = np.where(np.isnan(moved), 0.0, money)
    weight = np.abs(known).sum(axis=1, keepdims=True)
    share = np.divide(known, weight, out=np.zeros(known.shape), where=weight > 0)
    change = np.diff(log_price, axis=0, prepend=np.nan)
    usual, usual_whole = _usual(change, share, grid, step_us)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.sign(money) * moved / (usual * np.sqrt(back))
        whole = (share * np.nan_to_num(moved)).sum(axis=1) / (usual_whole * np.sqrt(back))
    inside = (grid >= window.start_us) & (grid <= window.end_us)
    z[(money == 0) | (usual == 0)] = np.nan
    whole[(weight[:, 0] == 0) | (usual_whole == 0)] = np.nan
    return Basket(grid[inside], step_us, codes, np.abs(money)[inside], z[inside], whole[inside])


def _usual(change: Floats, share: Floats, grid: Integers, step_us: int) -> tuple[Floats, Floats]:
    """Return the usual change in one bar of each symbol, (t, s), and of the basket, (t,).

    Zero where fewer than 24 changes are known.
    """
    known, change = ~np.isnan(change), np.nan_to_num(change)
    week, late = SIGMA_US // step_us, TWO_HOURS_US // step_us
    single, whole = np.zeros(change.shape), np.zeros(len(grid))
    begins = np.flatnonzero(np.diff(grid // DAY_US, prepend=-1))
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(grid)], strict=True):
        held = share[begin:end]
        rows = slice(max(0, begin - late - week), max(0, begin - late))
        count = known[rows].sum(axis=0)
        enough = count >= FEWEST_CHANGES
        if not held.any():
            continue
        scale = np.sqrt(np.maximum(count, 1))
        products = change[rows].T @ change[rows] / np.outer(scale, scale)
        single[begin:end] = np.where(enough, np.sqrt(np.diag(products)), 0.0)
        if enough[held.any(axis=0)].all():
            whole[begin:end] = np.einsum("ti,ij,tj->t", held, products, held)
    return single, np.sqrt(np.maximum(whole, 0.0))
