"""Where open positions stood at each candle and at each order."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.distinct_orders import distinct_orders
from coach.engine.biases.reasons.kinds_of_state import MEANS_H, SIDE_MEANS_H, STATES
from coach.engine.biases.reasons.paths import Paths, ended_by, paths
from coach.engine.biases.reasons.records import records
from coach.engine.biases.reasons.state_rows import AGES, BINS, SIGNS, LookCounts, OrderStates
from coach.engine.biases.reasons.volatility import daily_volatility
from coach.engine.features.context import Context
from coach.engine.features.orders import ADD
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import DAY_US, HOUR_US

TOLERANCE = 0.25
"""Sigmas by which a price may miss a record: spreads, and orders between two candles.

Chosen on two simulated sets, reported on others.
"""
ROUNDING = 1e-9
FEWEST_BARS = 2
"""A mean of fewer candles is the price itself."""
WARM_UP_US = 10 * DAY_US


class _At(NamedTuple):
    """Which candles and orders stand at a record."""

    beginning: Flags
    end: Flags
    orders: Flags


def states(context: Context, window: Window) -> tuple[OrderStates, LookCounts]:
    """Return where positions stood at the adds and sales of the window, and at all its candles."""
    wanted = np.zeros(len(context.history.orders), np.bool_)
    wanted[distinct_orders(context, window)] = True
    wanted &= context.history.orders.kind >= ADD
    looks, stood = np.zeros((2, SIGNS, BINS)), np.zeros((2, len(STATES), SIGNS, BINS))
    found = [_no_orders()]
    for path in paths(context, window):
        standing = _Standing(path, wanted)
        inside = path.bars.start_us[path.bar] >= window.start_us
        sign = (_signs(standing.since_paid) + 1) * BINS
        begins, ends = inside, inside & (path.age > 1)
        after, before = sign + _bins(path.age), sign + _bins(path.age - 1)
        looks += np.stack([_counted(after[begins]), _counted(before[ends])])
        columns = list[Flags]()
        for place, there in enumerate(standing.by_state()):
            stood[0, place] += _counted(after[begins & there.beginning])
            stood[1, place] += _counted(before[ends & there.end])
            columns.append(there.orders)
        found.append(standing.orders(np.stack(columns, axis=1)))
    return _joined(found), LookCounts(looks, stood)


def _counted(cell: Integers) -> Floats:
    return np.bincount(cell, minlength=SIGNS * BINS).reshape(SIGNS, BINS).astype(np.float64)


def _signs(since_paid: Floats) -> Integers:
    near = np.abs(since_paid) <= ROUNDING
    return np.where(near, 0, np.sign(since_paid)).astype(np.int64)


def _bins(age: Integers) -> Integers:
    return np.searchsorted(AGES, age, side="right")


class _Standing:
    """The records of one set of paths, at their candles and at the wanted orders."""

    def __init__(self, path: Paths, wanted: Flags) -> None:
        own = path.orders
        placed = np.flatnonzero(wanted[own.row])
        ended = ended_by(path, placed)
        self._path = path
        self._at = placed[ended > 0]
        self._ended = ended[ended > 0]
        self._last = path.first[own.place[self._at]] + self._ended - 1
        self._entry = own.price[np.searchsorted(own.place, np.arange(len(path.first)))]
        first_bar = int(path.bar.min())
        warm_us = path.bars.start_us[first_bar] - WARM_UP_US
        sigma = daily_volatility(path.bars, int(np.searchsorted(path.bars.start_us, warm_us)))
        self._tolerance = TOLERANCE * sigma[path.bar] + ROUNDING
        self._price = own.price[self._at]
        self.since_paid = path.close - own.paid_after[path.lot]
        best = records(path.close, path.place, self._entry)
        self._fall = best.highest - path.close
        self._fall_now = np.maximum(best.highest[self._last], self._price) - self._price

    def by_state(self) -> Iterator[_At]:
        """Yield for each of STATES which candles and which orders stand there."""
        path, own = self._path, self._path.orders
        close, price, entry = path.close, self._price, self._entry
        yield self._beyond((close, close, price), path.high, (path.place, entry))
        yield self._beyond((-close, -close, -price), -path.low, (path.place, -entry))
        high = np.where(path.whole, path.high, own.price[path.lot])
        low = np.where(path.whole, path.low, own.price[path.lot])
        yield self._beyond((close, close, price), high, (path.lot, own.price))
        yield self._beyond((-close, -close, -price), -low, (path.lot, -own.price))
        fall, fall_now = self._fall, self._fall_now
        deep = self._beyond((fall, fall, fall_now), fall, (path.place, np.zeros(len(entry))))
        yield _At(
            deep.beginning & (fall > ROUNDING),
            deep.end & (fall > ROUNDING),
            deep.orders & (fall_now > ROUNDING),
        )
        gaps = {hours: self._gaps(hours) for hours in MEANS_H}
        for sign in (1.0, -1.0):
            for values, at_entry in gaps.values():
                begun, ended, now = (sign * value for value in values)
                yield self._beyond((begun, ended, now), begun, (path.place, sign * at_entry))
        for sign in (1.0, -1.0):
            for hours in SIDE_MEANS_H:
                yield _At(*(sign * value > 0 for value in gaps[hours][0]))

    def _beyond(
        self, values: tuple[Floats, Floats, Floats], past: Floats, runs: tuple[Integers, Floats]
    ) -> _At:
        """Say which values, at the ends of candles and at orders, lie beyond all `past` ones.

        The first values are compared with all candles of their run up to their own, the second with
        those before it, those of orders with all that had ended. An order's run is its trip's, or
        the one that its trip's last own order began. An unknown value lies nowhere.
        """
        run, floor = runs
        begun, ended, now = values
        so_far = records(np.where(np.isfinite(past), past, floor[run]), run, floor)
        of_trip = run is self._path.place
        own_run = self._path.orders.place[self._at] if of_trip else self._at - 1
        known = so_far.after(self._last, own_run) - self._tolerance[self._last]
        with np.errstate(invalid="ignore"):
            return _At(
                begun >= so_far.highest - self._tolerance,
                ended >= so_far.before - self._tolerance,
                now >= known,
            )

    def _gaps(self, hours: int) -> tuple[tuple[Floats, Floats, Floats], Floats]:
        """Return the distances to the mean of so many hours, and that at each trip's entry.

        They are those of each close to the mean that ends with it, of each close to the mean that
        ends before it, and of the orders. nan where too few candles lie before. The distance at the
        entry is that of the last candle that had ended, or else the one of the first candle.
        """
        path, last = self._path, self._last
        length = round(hours * HOUR_US / path.bars.step_us)
        if length < FEWEST_BARS:
            unknown = np.full(len(path.close), np.nan)
            return (unknown, unknown, unknown[last]), np.zeros(len(path.first))
        closes = np.log(path.bars.close)
        mean = _moving_mean(closes, length)
        side = path.side[path.place]
        begun, ended = path.close - side * mean[path.bar], path.close - side * mean[path.bar - 1]
        ended[path.bar == 0] = np.nan
        now = self._price - (side * mean[path.bar])[last]
        own = path.orders
        opened_us = own.at_us[np.searchsorted(own.place, np.arange(len(path.first)))]
        bar = np.searchsorted(path.bars.start_us, opened_us - path.bars.step_us, side="right") - 1
        before = path.side * (closes - mean)[np.maximum(bar, 0)]
        unknown = (bar < 0) | ~np.isfinite(before)
        return (begun, ended, now), np.where(unknown, np.nan_to_num(begun[path.first]), before)

    def _through(self) -> Floats:
        """Return how much of a candle had passed since the last one that ended, 0 to 1."""
        path = self._path
        ended_us = path.bars.start_us[path.bar[self._last]] + path.bars.step_us
        passed = (path.orders.at_us[self._at] - ended_us) / path.bars.step_us
        through: Floats = np.clip(passed, 0.0, 1.0)
        return through

    def orders(self, stands: Flags) -> OrderStates:
        """Return the wanted orders with the records at which they came."""
        own, at = self._path.orders, self._at
        since_paid = self._price - own.paid_before[at]
        return OrderStates(
            order=own.row[at],
            side=self._path.side[own.place[at]],
            gain=_signs(since_paid),
            age=_bins(self._ended),
            through=self._through(),
            stands=stands,
            since_paid=since_paid,
            since_order=self._price - own.price[at - 1],
            fall=self._fall_now,
        )


def _moving_mean(values: Floats, length: int) -> Floats:
    """Return the mean of each value and those before it, nan where there are too few."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    mean = np.full(len(values), np.nan)
    mean[length - 1 :] = (total[length:] - total[:-length]) / length
    return mean


def _no_orders() -> OrderStates:
    rows, none = np.zeros(0, np.int64), np.zeros(0)
    return OrderStates(
        rows, none, rows, rows, none, np.zeros((0, len(STATES)), np.bool_), none, none, none
    )


def _joined(parts: list[OrderStates]) -> OrderStates:
    """Return the orders of all parts, by their row in the history."""
    columns = [
        np.concatenate([getattr(part, name) for part in parts]) for name in OrderStates.__slots__
    ]
    order = np.argsort(columns[0], kind="stable")
    return OrderStates(*(column[order] for column in columns))
