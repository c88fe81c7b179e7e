"""What was held from one order to the next, and which candles may be believed about it.

A stretch begins with an order and ends with the next of the same trade: in between the open
quantity and its average price do not change. All that is known of a stretch is known when it
begins, so a moment inside looks back only.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import History
from coach.engine.features.moves import prices_at
from coach.engine.features.orders import ADD, CLOSE, ENTRY, Orders
from coach.engine.features.series import first_known
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.insights import Fact
from coach.values import dataclass

FOREVER = 2**62
FARTHEST = 0.05  # the trader's own prices are this near to the closes, or the candles lie
HALF = 0.5
NOTHING = 1e-9  # of the most that was held: what rounding leaves


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """One row per order that left something open, by trade and then by time, every column (k,).

    `order` and `trip` are rows, `from_us` to `to_us` (FOREVER while it lasts) microseconds,
    `quantity` > 0 and `average` what is open and its average entry price without fees,
    `sold_us` the last sale of the trade by then (-1: none).
    """

    order: Integers
    trip: Integers
    from_us: Integers
    to_us: Integers
    quantity: Floats
    average: Floats
    sold_us: Integers


def stretches(orders: Orders) -> Stretches:
    """Lay out what each order left open until the next."""
    rows = np.argsort(orders.trip, kind="stable")
    trip, at_us, kind = orders.trip[rows], orders.at_us[rows], orders.kind[rows]
    before, average = orders.before[rows], orders.average[rows]
    quantity, price = orders.quantity[rows], orders.price[rows]
    buys = (kind == ENTRY) | (kind == ADD)
    after = np.where(buys, before + quantity, np.maximum(before - quantity, 0.0))
    paid = before * average + quantity * price
    mean = np.where(buys, paid / np.where(buys, after, 1.0), average)
    last = np.append(trip[1:] != trip[:-1], True) if len(rows) else np.zeros(0, np.bool_)
    until = np.where(last, FOREVER, np.append(at_us[1:], 0)[: len(rows)])
    open_ = (kind != CLOSE) & (after > 0)
    return Stretches(
        order=rows[open_],
        trip=trip[open_],
        from_us=at_us[open_],
        to_us=until[open_],
        quantity=after[open_],
        average=mean[open_],
        sold_us=_last_sale(trip, at_us, buys)[open_],
    )


def _last_sale(trip: Integers, at_us: Integers, buys: Flags) -> Integers:
    """Return when the trade of each order last sold, that order included; -1 before any."""
    place = np.maximum.accumulate(np.where(buys, -1, np.arange(len(trip))))
    own = (place >= 0) & (trip[place] == trip)
    return np.where(own, at_us[place], -1).astype(np.int64)


def directions(history: History) -> Floats:
    """Return +1 for a long and -1 for a short trade, shape (n,)."""
    return np.array([1.0 if one.side == "long" else -1.0 for one in history.trips], np.float64)


def quantities(context: Context, codes: Sequence[int], grid: Integers, lived_us: int = 0) -> Floats:
    """Return the signed quantity of each symbol just before each moment, (t, symbols).

    `grid` (t,) rises, in microseconds UTC; a short is negative. Trades count from `lived_us`
    after their opening on.
    """
    history = context.history
    held = stretches(history.orders)
    signed = held.quantity * directions(history)[held.trip]
    column = {code: place for place, code in enumerate(codes)}
    places = np.array([column.get(code, -1) for code in range(len(history.symbols))], np.int64)
    place = places[history.symbol[held.trip]]
    known = place >= 0
    changes = np.zeros((len(grid) + 1, len(column)))
    from_us = np.maximum(held.from_us, history.opened_us[held.trip] + lived_us)
    first = np.searchsorted(grid, np.minimum(from_us, held.to_us)[known], "right")
    last = np.searchsorted(grid, held.to_us[known], "right")
    np.add.at(changes, (first, place[known]), signed[known])
    np.add.at(changes, (last, place[known]), -signed[known])
    quantity = np.cumsum(changes, axis=0)[:-1]
    most = np.abs(quantity).max(axis=0, initial=0.0)
    return np.where(np.abs(quantity) > NOTHING * most, quantity, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """The candles that may be believed, by the code of the symbol.

    `bars` is the series for what is asked of the whole window, `series` are all of them, the best
    first, for what is asked of one order or trade. `missing` names the symbols with orders in the
    window and no such candles; `covered` says of each order of the history whether they reach to
    it.
    """

    bars: dict[int, Bars]
    series: dict[int, tuple[Bars, ...]]
    missing: tuple[str, ...]
    covered: Flags

    @property
    def lacks(self) -> tuple[str, ...]:
        """Name what is missing: all candles that were wanted, or those of some symbols."""
        if not self.bars and self.missing:
            return ("candles",)
        return tuple(f"candles of {symbol}" for symbol in self.missing)

    def described(self, wanted: Flags) -> dict[str, Fact]:
        """Return the share of the wanted orders that candles cover, for the evidence."""
        share = float(self.covered[wanted].mean()) if wanted.any() else 0.0
        return {"covered": round(share, 3)}

    def of_orders(
        self, history: History, chosen: Integers
    ) -> Iterator[tuple[tuple[Bars, ...], Integers]]:
        """Yield the series of each symbol with the chosen order rows in it."""
        symbols = history.symbol[history.orders.trip[chosen]]
        for code, every in self.series.items():
            rows = chosen[symbols == code]
            if len(rows):
                yield every, rows


def candles(context: Context, inside: Flags) -> Candles:
    """Find the candles of the symbols with orders `inside` (m,); those that lie are left out.

    A series lies when the trader's own prices are farther than 5 % from its last close, in the
    median, or when none of the orders falls on a bar.
    """
    history, orders = context.history, context.history.orders
    symbol = history.symbol[orders.trip]
    believed: dict[int, tuple[Bars, ...]] = {}
    missing: list[str] = []
    covered = np.zeros(len(orders), np.bool_)
    for code in np.unique(symbol[inside]).tolist():
        name, rows = history.symbols[code], np.flatnonzero(inside & (symbol == code))
        read = [(one, prices_at(one, orders.at_us[rows])) for one in history.market.series(name)]
        agreeing = [(one, closes) for one, closes in read if _agree(closes, orders.price[rows])]
        if agreeing:
            believed[code] = tuple(one for one, _ in agreeing)
            covered[rows] = np.any([~np.isnan(closes) for _, closes in agreeing], axis=0)
        else:
            missing.append(name)
    return Candles(_for_the_window(history, believed), believed, tuple(missing), covered)


def candles_by_order(context: Context) -> Candles:
    """Find all candles; `covered` are the orders whose own price is near the last close.

    For tags: what is believed of one order never depends on a later one.
    """
    history, orders = context.history, context.history.orders
    symbol = history.symbol[orders.trip]
    found: dict[int, tuple[Bars, ...]] = {}
    covered = np.zeros(len(orders), np.bool_)
    for code in np.unique(symbol).tolist():
        series = history.market.series(history.symbols[code])
        if series:
            found[code] = series
            rows = np.flatnonzero(symbol == code)
            closes = last_closes(series, orders.at_us[rows])
            with np.errstate(invalid="ignore", divide="ignore"):
                covered[rows] = np.abs(np.log(orders.price[rows] / closes)) <= FARTHEST
    return Candles(_for_the_window(history, found), found, (), covered)


def _for_the_window(history: History, found: dict[int, tuple[Bars, ...]]) -> dict[int, Bars]:
    """Return of each symbol the market's own choice, or the first series where that lies."""
    chosen = {code: history.market.of(history.symbols[code]) for code in found}
    return {
        code: next((one for one in series if one is chosen[code]), series[0])
        for code, series in found.items()
    }


def last_closes(series: Sequence[Bars], at_us: Integers) -> Floats:
    """Return the last close by each moment (n,), of the first series that covers it."""
    return first_known(series, len(at_us), lambda bars, rows: prices_at(bars, at_us[rows]))


def _agree(closes: Floats, prices: Floats) -> bool:
    known = ~np.isnan(closes) & (prices > 0)
    if not known.any():
        return False
    apart = np.abs(np.log(prices[known] / closes[known]))
    return float(np.quantile(apart, HALF)) <= FARTHEST
