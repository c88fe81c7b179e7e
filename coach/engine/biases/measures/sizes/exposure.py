"""What was held when, at cost: the money in each symbol from each order to the next.

What left by a convert, a send or a sale under another quote is held no longer than its coins were.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.history import OPEN, History
from coach.engine.features.orders import ADD, CLOSE, ENTRY
from coach.engine.statistics.arrays import Floats, Integers
from coach.values import dataclass

WEIGHTLESS = 1e-9


class _Changes:
    """Changes of the money in a symbol, in order of time; shorts count like longs."""

    def __init__(self, history: History, quote: int) -> None:
        trip, self.at_us, self.by = _moves(history)
        kept = history.quote[trip] == quote
        trip, self.at_us, self.by = trip[kept], self.at_us[kept], self.by[kept]
        order = np.argsort(self.at_us, kind="stable")
        self.trip, self.at_us, self.by = trip[order], self.at_us[order], self.by[order]
        self.symbol = history.symbol[self.trip]


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """Money at cost over time. Stretches lie between two orders while something was held.

    `weights` (s,) is each symbol's mean share of the money, `hhi` and `days` the time-weighted
    sum of squared shares and how long anything was held; `symbols` (s,) are codes.
    """

    symbols: Integers
    weights: Floats
    hhi: float
    days: float


def exposure(history: History, window: Window, quote: int) -> Exposure:
    """Follow the money of one quote currency through the window."""
    changes = _Changes(history, quote)
    after = _per_symbol(changes)
    total = np.cumsum(changes.by)
    squares = np.cumsum(after**2 - (after - changes.by) ** 2)
    begin = np.clip(changes.at_us, window.start_us, window.end_us)
    lasted = np.diff(begin, append=window.end_us).astype(np.float64)
    largest = float(total.max(initial=0.0))
    held = total > WEIGHTLESS * largest
    lasted = np.where(held, lasted, 0.0)
    whole = float(lasted.sum())
    if whole <= 0:
        return Exposure(np.zeros(0, np.int64), np.zeros(0), 0.0, 0.0)
    safe = np.where(held, total, 1.0)
    hhi = float((np.clip(squares / safe**2, 0.0, 1.0) * lasted).sum()) / whole
    symbols, weights = _mean_weights(changes, after, lasted / safe)
    return Exposure(symbols, weights / whole, hhi, whole / 86_400_000_000)


def _moves(history: History) -> tuple[Integers, Integers, Floats]:
    """Return trip, time and change of money of every order, or of opening and closing alone.

    A trade that left by its coins alone takes all its money with it.
    """
    orders = history.orders
    if len(orders) == 0:
        ended = np.flatnonzero(history.ended_us != OPEN)
        trip = np.concatenate([np.arange(len(history)), ended])
        at_us = np.concatenate([history.opened_us, history.ended_us[ended]])
        return trip, at_us, np.concatenate([history.notional, -history.notional[ended]])
    put_in = (orders.kind == ENTRY) | (orders.kind == ADD)
    taken = np.where(orders.kind == CLOSE, orders.before, orders.quantity) * orders.average
    by = np.where(put_in, orders.quantity * orders.price, -taken)
    left = np.flatnonzero((history.closed_us == OPEN) & (history.ended_us != OPEN))
    if len(left) == 0:
        return orders.trip, orders.at_us, by
    money = np.bincount(orders.trip, weights=by, minlength=len(history))[left]
    return (
        np.concatenate([orders.trip, left]),
        np.concatenate([orders.at_us, history.ended_us[left]]),
        np.concatenate([by, -money]),
    )


def _per_symbol(changes: _Changes) -> Floats:
    """Return the money in the order's own symbol after each order."""
    after = np.zeros(len(changes.by))
    order = np.argsort(changes.symbol, kind="stable")
    running = np.cumsum(changes.by[order])
    first = np.flatnonzero(np.diff(changes.symbol[order], prepend=-1))
    length = np.diff(first, append=len(order))
    before = np.concatenate([[0.0], running])[first]
    after[order] = np.maximum(running - np.repeat(before, length), 0.0)
    return after


def _mean_weights(changes: _Changes, after: Floats, per_money: Floats) -> tuple[Integers, Floats]:
    """Return each symbol and its money times the time it was held, each stretch by the whole."""
    so_far = np.concatenate([[0.0], np.cumsum(per_money)])
    order = np.argsort(changes.symbol, kind="stable")
    symbol = changes.symbol[order]
    until = np.append(so_far[order][1:], so_far[-1])
    last = np.diff(symbol, append=-1) != 0
    until[last] = so_far[-1]
    symbols, code = np.unique(symbol, return_inverse=True)
    area = after[order] * (until - so_far[order])
    return symbols, np.asarray(np.bincount(code, weights=area), np.float64)
