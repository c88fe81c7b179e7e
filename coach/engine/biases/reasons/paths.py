"""Trips laid out candle by candle: where the price stood, since the entry and since each order."""

from collections.abc import Iterator

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import candles, directions
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.features.orders import ADD, ENTRY
from coach.engine.features.series import covering
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.values import dataclass

MOST_ROWS = 200_000
"""Rows of candles that are laid out at once; about 40 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnOrders:
    """All orders of some trips, by trip and time; every column is (o,).

    `row` are rows of the history's orders and `place` says which of the trips each belongs to.
    `price` is the logarithm, mirrored for shorts; `paid_before` and `paid_after` are the average
    price paid before and after it, likewise.
    """

    row: Integers
    place: Integers
    at_us: Integers
    price: Floats
    paid_before: Floats
    paid_after: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """One row per candle wholly inside a trip, by trip and time; every column is (k,).

    `place` says which of the trips, `bar` is the row in `bars`, `age` counts a trip's candles from
    1. Prices are logarithms, mirrored for shorts, so that up is a gain: `close`, `high`, `low`.
    `lot` is the trip's last own order before the candle ended, a row of `orders`, and `whole`
    whether the candle began after it. `first` and `count` (trips,) are a trip's first row, and its
    number of rows, `side` +1 for a long and -1 for a short one.
    """

    bars: Bars
    side: Floats
    first: Integers
    count: Integers
    place: Integers
    bar: Integers
    age: Integers
    close: Floats
    high: Floats
    low: Floats
    lot: Integers
    whole: Flags
    orders: OwnOrders


def paths(context: Context, window: Window) -> Iterator[Paths]:
    """Yield the trips that were open inside the window, from their entry on, series by series.

    Each trip is read from the series that covers it best; trips without candles, and symbols
    whose candles do not agree with the trader's own prices, are left out.
    """
    history = context.history
    found = candles(context, window.holds(history.orders.at_us))
    entered = np.zeros(len(history), np.bool_)
    entered[history.orders.trip[history.orders.kind == ENTRY]] = True
    end_us = np.where(history.closed_us == OPEN, window.end_us, history.closed_us)
    end_us = np.minimum(end_us, window.end_us)
    inside = entered & (history.opened_us < window.end_us) & (end_us >= window.start_us)
    own = _OrdersByTrip(context)
    for code, series in found.series.items():
        trips = np.flatnonzero(inside & (history.symbol == code))
        chosen = covering(series, history.opened_us[trips], end_us[trips])
        for number, bars in enumerate(series):
            yield from _of_series(bars, own, trips[chosen == number], end_us)


def _of_series(
    bars: Bars, own: "_OrdersByTrip", trips: Integers, end_us: Integers
) -> Iterator[Paths]:
    """Yield the paths of trips in one series, some trips at a time."""
    opened_us = own.opened_us[trips]
    first = np.searchsorted(bars.start_us, opened_us, side="left")
    last = np.searchsorted(bars.start_us, end_us[trips] - bars.step_us, side="right")
    kept = last > first
    trips, first, count = trips[kept], first[kept], (last - first)[kept]
    if not len(trips):
        return
    group = np.cumsum(count) // MOST_ROWS
    for number in np.unique(group).tolist():
        some = group == number
        rows = trips[some]
        yield _laid_out(bars, own.side[rows], own.of(rows), first[some], count[some])


def _laid_out(
    bars: Bars, side: Floats, orders: OwnOrders, bar_first: Integers, count: Integers
) -> Paths:
    first = np.cumsum(count) - count
    place = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(place)) - first[place]
    bar = bar_first[place] + within
    up = side[place] > 0
    close, high, low = np.log(bars.close), np.log(bars.high), np.log(bars.low)
    lot = _lots(bars, orders, bar_first, count)
    return Paths(
        bars=bars,
        side=side,
        first=first,
        count=count,
        place=place,
        bar=bar,
        age=within + 1,
        close=np.where(up, close[bar], -close[bar]),
        high=np.where(up, high[bar], -low[bar]),
        low=np.where(up, low[bar], -high[bar]),
        lot=lot,
        whole=bars.start_us[bar] >= orders.at_us[lot],
        orders=orders,
    )


def ended_by(paths: Paths, orders: Integers) -> Integers:
    """Return how many candles of its trip had ended by each of the own orders, (e,)."""
    place = paths.orders.place[orders]
    bar_first = paths.bar[paths.first[place]]
    at_us = paths.orders.at_us[orders]
    ended = np.searchsorted(paths.bars.start_us, at_us - paths.bars.step_us, side="right")
    within: Integers = np.clip(ended - bar_first, 0, paths.count[place])
    return within


def _lots(bars: Bars, orders: OwnOrders, bar_first: Integers, count: Integers) -> Integers:
    """Return for each candle the last order of its trip before the candle ended, (k,)."""
    ended = np.searchsorted(bars.start_us, orders.at_us - bars.step_us, side="right")
    within = np.maximum(ended - bar_first[orders.place], 0)
    begins = np.flatnonzero(within < count[orders.place])
    first = np.cumsum(count) - count
    row = first[orders.place[begins]] + within[begins]
    begun = np.bincount(row, minlength=int(count.sum()))
    return begins[np.cumsum(begun) - 1]


class _OrdersByTrip:
    """The history's orders, sorted by trip once."""

    def __init__(self, context: Context) -> None:
        self._orders = context.history.orders
        self._rows = np.lexsort((self._orders.at_us, self._orders.trip))
        self._trips = self._orders.trip[self._rows]
        self.side = directions(context.history)
        self.opened_us = context.history.opened_us

    def of(self, trips: Integers) -> OwnOrders:
        """Return all orders of the trips."""
        first = np.searchsorted(self._trips, trips, side="left")
        count = np.searchsorted(self._trips, trips, side="right") - first
        place = np.repeat(np.arange(len(trips)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        row = self._rows[first[place] + within]
        orders, side = self._orders, self.side[trips][place]
        before, average = orders.before[row], orders.average[row]
        quantity, price = orders.quantity[row], orders.price[row]
        enlarges = orders.kind[row] <= ADD
        mean = (before * average + quantity * price) / (before + quantity)
        paid = np.where(average > 0, average, price)
        return OwnOrders(
            row=row,
            place=place,
            at_us=orders.at_us[row],
            price=side * np.log(price),
            paid_before=side * np.log(paid),
            paid_after=side * np.log(np.where(enlarges, mean, paid)),
        )
