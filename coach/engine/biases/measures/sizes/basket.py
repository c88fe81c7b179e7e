"""What is held and lived through a move: each position, and all of them as one basket.

z_2h of a position is its move of two hours in units of what is usual, mirrored for shorts. That of
the basket is sum of w_s ln(P_s / P_s two hours before) / sqrt(w' C w x bars in two hours), w the
signed shares of what is held and C the mean products of the changes of a bar over the seven days
that ended two hours before the day began: a basket of coins that fall together is as wild as one
of them, one of a long and a short is calmer. Only trades that are two hours old are in it: who
bought into the fall did not live through it.

Bars of several lengths make several baskets, each with what has bars of its length or finer ones. A
position is judged by the basket whose length is that of its own bars at that time: what else has
candles, and how fine they are, does not change the length it is judged by.
"""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import Candles, quantities
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.moves import FEWEST_CHANGES, SIGMA_US, prices_at
from coach.engine.features.series import covering
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import DAY_US, HOUR_US
from coach.values import dataclass

TWO_HOURS_US = 2 * HOUR_US


@dataclass(frozen=True, slots=True, eq=False)
class Basket:
    """One row per bar that ended inside the window, (t,), times in microseconds UTC.

    `codes` (s,) are the symbols. `money` (t, s) is what is held, whichever its side, `z` (t, s)
    the mirrored move of each position and `whole` (t,) that of all; nan: not held, or not known.
    `own` (t, s) are the positions that this basket is the judge of.
    """

    ended_us: Integers
    step_us: int
    codes: tuple[int, ...]
    money: Floats
    z: Floats
    whole: Floats
    own: Flags


def baskets(context: Context, window: Window, found: Candles) -> list[Basket]:
    """Lay out what was held at the end of every bar, a basket for each length of bar.

    Bars longer than two hours say nothing.
    """
    series = {code: _short_bars(every) for code, every in found.series.items()}
    lengths = sorted({bars.step_us for every in series.values() for bars in every})
    laid_out = (_basket(context, window, series, step_us) for step_us in lengths)
    return [one for one in laid_out if one.own.any()]


def _short_bars(every: Sequence[Bars]) -> tuple[Bars, ...]:
    return tuple(bars for bars in every if bars.step_us <= TWO_HOURS_US)


def _basket(
    context: Context, window: Window, series: dict[int, tuple[Bars, ...]], step_us: int
) -> Basket:
    codes = tuple(
        code for code, every in series.items() if any(one.step_us <= step_us for one in every)
    )
    first_us = -(-(window.start_us - SIGMA_US - DAY_US) // step_us) * step_us
    grid = np.arange(first_us, window.end_us + 1, step_us)
    back = TWO_HOURS_US // step_us
    columns = [_columns(series[code], grid, step_us) for code in codes]
    price, change, moved = (np.stack(one, axis=1) for one in zip(*columns, strict=True))
    money = np.nan_to_num(quantities(context, codes, grid, TWO_HOURS_US) * price)
    known = np.where(np.isnan(moved), 0.0, money)
    weight = np.abs(known).sum(axis=1, keepdims=True)
    share = np.divide(known, weight, out=np.zeros(known.shape), where=weight > 0)
    usual, usual_whole = _usual(change, share, grid, step_us)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.sign(money) * moved / (usual * np.sqrt(back))
        whole = (share * np.nan_to_num(moved)).sum(axis=1) / (usual_whole * np.sqrt(back))
    inside = (grid >= window.start_us) & (grid <= window.end_us)
    z[(money == 0) | (usual == 0)] = np.nan
    whole[(weight[:, 0] == 0) | (usual_whole == 0)] = np.nan
    ended_us = grid[inside]
    own = np.stack([_own(series[code], ended_us, step_us) for code in codes], axis=1)
    return Basket(ended_us, step_us, codes, np.abs(money)[inside], z[inside], whole[inside], own)


def _own(series: Sequence[Bars], at_us: Integers, step_us: int) -> Flags:
    """Say at which moments bars of this length are those of the symbol, (t,).

    They are where they cover best what is looked back on.
    """
    by = np.maximum(covering(series, at_us - SIGMA_US - DAY_US, at_us), 0)
    lengths = np.array([one.step_us for one in series])
    own: Flags = lengths[by] == step_us
    return own


def _columns(series: Sequence[Bars], grid: Integers, step_us: int) -> tuple[Floats, Floats, Floats]:
    """Return price, change in a step and move of two hours at each moment, (t,); nan: not known.

    A change and a move are told by one series from end to end.
    """
    back = TWO_HOURS_US // step_us
    price, change, moved = (np.full(len(grid), np.nan) for _ in range(3))
    for bars in series:
        if bars.step_us > step_us:
            continue
        closes = prices_at(bars, grid)
        logs = np.log(closes)
        moves = np.full(len(grid), np.nan)
        moves[back:] = logs[back:] - logs[:-back]
        price = np.where(np.isnan(price), closes, price)
        change = np.where(np.isnan(change), np.diff(logs, prepend=np.nan), change)
        moved = np.where(np.isnan(moved), moves, moved)
    return price, change, moved


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
