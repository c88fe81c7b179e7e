"""An account that leaves the market: nine tenths of its risk gone within a month, mostly sold.

Elkind, Kaminski, Lo, Siah & Wong (2022), J. Financial Data Science 4(1):11. Their households held
for years; here an account counts only while it was invested throughout the month before (half of
its median value or more on 27 of 30 days), so that a day trader who is flat at night never does.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import Candles, last_closes, quantities
from coach.engine.features.context import Context
from coach.engine.features.orders import PARTIAL
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.words import significant
from coach.model.insights import Fact
from coach.model.times import DAY_US

MONTH = 30
INVESTED, INVESTED_DAYS = 0.5, 27
LEFT, BY_SALES = 0.1, 0.5


def account_exits(context: Context, window: Window, found: Candles) -> dict[str, Fact]:
    """Count such exits inside the window, and say what the last one left of the value."""
    if not found.bars:
        return {}
    days = np.arange(window.start_us // DAY_US - 2 * MONTH, window.end_us // DAY_US + 1)
    value, sold = _value(context, found, days), _sold(context, days)
    invested = _invested(value)
    exits, last, day = 0, 0.0, 2 * MONTH
    while day < len(days):
        earlier = np.arange(day - MONTH, day)
        fell = earlier[
            invested[earlier] & (value[earlier] > 0) & (value[day] <= LEFT * value[earlier])
        ]
        if len(fell) and _by_sales(value, sold, int(fell[-1]), day):
            exits, last = exits + 1, float(value[day] / value[fell[-1]])
            day += MONTH
        day += 1
    return {"account_exits": exits, "left_after_exit": significant(last) if exits else None}


def _by_sales(value: Floats, sold: Floats, start: int, end: int) -> bool:
    """Say whether sales made half of the fall between two days."""
    return float(sold[start:end].sum()) >= BY_SALES * float(value[start] - value[end])


def _invested(value: Floats) -> Flags:
    """Say for each day whether the account was invested throughout the month up to it."""
    months = np.lib.stride_tricks.sliding_window_view(value, MONTH)
    usual = np.median(months, axis=1)
    steady = (months >= INVESTED * usual[:, None]).sum(axis=1) >= INVESTED_DAYS
    return np.concatenate([np.zeros(MONTH - 1, np.bool_), steady & (usual > 0)])


def _value(context: Context, found: Candles, days: Integers) -> Floats:
    """Return the money in all positions as each day begins, (d,); unknown prices count nothing."""
    grid = days * DAY_US
    held = quantities(context, list(found.bars), grid)
    price = np.stack([last_closes(series, grid) for series in found.series.values()], axis=1)
    money: Floats = np.abs(np.nan_to_num(held * price)).sum(axis=1)
    return money


def _sold(context: Context, days: Integers) -> Floats:
    """Return the money of the sales on each day, (d,)."""
    orders = context.history.orders
    rows = np.flatnonzero((orders.kind >= PARTIAL) & (orders.at_us >= days[0] * DAY_US))
    day = orders.at_us[rows] // DAY_US - days[0]
    inside = day < len(days)
    money = (orders.quantity[rows] * orders.price[rows])[inside]
    total: Floats = np.bincount(day[inside], weights=money, minlength=len(days)).astype(np.float64)
    return total
