"""Half of what fell, sold within the hour; and half of what rose, for comparison.

A position has fallen when it, or the basket it is in, has moved by more than 2.5 sigma of
two hours against the trader. The hour after begins with each bar that ends so. Sales inside it are
added up over all that had fallen by the first such bar; when they reach half of the money in
those, that is a sell-off. The same for rises. Where a position did both within the hour, its
sales count for neither.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.basket import TWO_HOURS_US, Basket
from coach.engine.features.context import Context
from coach.engine.features.orders import PARTIAL, Orders
from coach.engine.statistics.arrays import Flags, Integers
from coach.model.times import HOUR_US
from coach.values import dataclass

LARGE = 2.5
HALF = 0.5
FEWEST_MONEY = 1e-300


@dataclass(frozen=True, slots=True)
class SellOff:
    """The order row that reached half, `z` of its position at the start, and how long ago it was.

    `first` is False for further sales within the same hour.
    """

    order: int
    down: bool
    z: float
    since_us: int
    share: float
    first: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stress:
    """Bars and symbols, (t, s): what has fallen or risen, and the hours after that."""

    fell: Flags
    rose: Flags
    after_fall: Flags
    after_rise: Flags

    def hours(self, seen: Basket) -> tuple[float, float]:
        """Return the hours after falls and after rises in which what moved was still held.

        Of the positions that this basket is the judge of.
        """
        held = (seen.money > 0) & seen.own
        per_bar = seen.step_us / HOUR_US
        falls, rises = self.after_fall & held, self.after_rise & held
        return float(falls.any(axis=1).sum()) * per_bar, float(rises.any(axis=1).sum()) * per_bar


def stress(seen: Basket) -> Stress:
    """Mark what has fallen and risen, and the sixty minutes after."""
    held = seen.money > 0
    with np.errstate(invalid="ignore"):
        fell = held & ((seen.z < -LARGE) | (seen.whole < -LARGE)[:, None])
        rose = held & ((seen.z > LARGE) | (seen.whole > LARGE)[:, None])
    after_fall, after_rise = _after(fell, seen.step_us), _after(rose, seen.step_us)
    return Stress(fell, rose, after_fall & ~after_rise, after_rise & ~after_fall)


def _after(large: Flags, step_us: int) -> Flags:
    bars = max(1, HOUR_US // step_us)
    total = np.concatenate([np.zeros((1, large.shape[1]), np.int64), np.cumsum(large, axis=0)])
    last = np.arange(1, len(large) + 1)
    marked: Flags = total[last] - total[np.maximum(last - bars, 0)] > 0
    return marked


class _SoldSums:
    """Money of the sales so far, by the symbol's column."""

    def __init__(self) -> None:
        self._sales = list[tuple[int, int, float]]()

    def add(self, at_us: int, column: int, money: float) -> None:
        self._sales = [one for one in self._sales if one[0] > at_us - 2 * HOUR_US]
        self._sales.append((at_us, column, money))

    def since(self, start_us: int, columns: Flags) -> float:
        return sum(
            money for at_us, column, money in self._sales if at_us > start_us and columns[column]
        )


def sell_offs(context: Context, window: Window, seen: Basket) -> Iterator[SellOff]:
    """Yield every sale by which half was sold, oldest first; each knows the past alone."""
    orders, marked, sold = context.history.orders, stress(seen), _SoldSums()
    columns = {code: column for column, code in enumerate(seen.codes)}
    symbols = context.history.symbol[orders.trip]
    counted = {True: -1, False: -1}
    for order, bar in _sales(context, window, seen):
        column = columns[int(symbols[order])]
        at_us = int(orders.at_us[order])
        sold.add(at_us, column, float(orders.quantity[order] * orders.price[order]))
        if not seen.own[bar, column]:
            continue
        down = bool(marked.after_fall[bar, column])
        if not down and not marked.after_rise[bar, column]:
            continue
        moved = marked.fell if down else marked.rose
        start = _start(moved[:, column], bar, seen.step_us)
        start_us = int(seen.ended_us[start])
        money = float(seen.money[start][moved[start]].sum())
        share = sold.since(start_us, moved[start]) / max(money, FEWEST_MONEY)
        if share >= HALF:
            first = counted[down] <= start_us
            counted[down] = at_us if first else counted[down]
            z = float(seen.z[start, column])
            yield SellOff(order, down, z, at_us - start_us, min(share, 1.0), first)


def _sales(context: Context, window: Window, seen: Basket) -> Iterator[tuple[int, int]]:
    """Yield the sales of what was two hours old, with the bar that had ended before each."""
    history, orders = context.history, context.history.orders
    inside = (orders.kind >= PARTIAL) & window.holds(orders.at_us)
    known = np.isin(history.symbol[orders.trip], seen.codes)
    rows = np.flatnonzero(inside & known & _lived(orders, history.opened_us))
    bars = np.searchsorted(seen.ended_us, orders.at_us[rows]) - 1
    yield from zip(rows[bars >= 0].tolist(), bars[bars >= 0].tolist(), strict=True)


def _lived(orders: Orders, opened_us: Integers) -> Flags:
    lived: Flags = orders.at_us - opened_us[orders.trip] > TWO_HOURS_US
    return lived


def _start(moved: Flags, bar: int, step_us: int) -> int:
    """Return the first bar of the sixty minutes up to this one by which it had moved."""
    begin = max(0, bar + 1 - max(1, HOUR_US // step_us))
    return begin + int(np.argmax(moved[begin : bar + 1]))


def orders_of(found: list[SellOff], *, down: bool) -> Integers:
    """Return the order rows of the sell-offs after falls, or after rises."""
    return np.array([one.order for one in found if one.first and one.down == down], np.int64)
