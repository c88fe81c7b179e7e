"""The equity of an account with its open profit, as far as fills and candles tell it.

Each fill and each candle that ends while a trade is open says what the trade is worth. Where it is
the only one open, the high of a candle (the low for a short) is a best too; of several nobody
knows whether their highs came together, so they count as they closed. Between two of these moments
a trade is worth what it was last known to be worth.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.history import OPEN, History
from coach.engine.features.orders import ADD, ENTRY
from coach.engine.ledger.exact import subtract
from coach.engine.rules.exactly import NEAR, units
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.loss_facts import LossFacts, ShareFacts, loss_facts, share_facts
from coach.engine.rules.money_limits import WHOLE, Stretch
from coach.engine.rules.params import Params, number
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import microseconds

DECIMALS = 8
"""Of an amount: what candles say is no more exact."""
FOREVER = 1 << 62


class EquityPath(NamedTuple):
    """Equity less the starting balance at each moment something was known, in order of time.

    Every column is (k,). `best` is what it may have touched in the candle that ended then.
    """

    moments: Integers
    equity: Floats
    best: Floats

    def known(self, entries_us: Integers) -> Integers:
        """Return how many moments came before each entry, (n,); see RealisedSums."""
        return np.searchsorted(self.moments, 2 * entries_us, side="right")


class TradeWorth(NamedTuple):
    """What one trade was worth at these moments: realised and open, less the fees paid so far."""

    moments: Integers
    worth: Floats
    above: Floats


def below_highest_equity(
    params: Params, ground: Ground, stretch: Stretch, since_us: int, money: float | None
) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield each entry made so far below the highest equity that the limit is reached."""
    if "percent" in params and money is None:
        return
    history = ground.history
    path = ground.once(("equity path", stretch.quote), lambda: equity_path(history, stretch.quote))
    limit = _limit(params, money)
    for place, lost in _lost(path, history.opened_us[stretch.rows], since_us, limit, stretch):
        if lost < limit * (1 - NEAR):
            continue
        facts: LossFacts | ShareFacts
        if "percent" in params:
            facts = share_facts(params, lost / (money or 1.0) * WHOLE, stretch.quote)
        else:
            near = units(max(limit, round(lost, DECIMALS)))
            facts = loss_facts(params, near, units(limit), stretch.quote)
        yield ground.entry(int(stretch.rows[place]), facts, stretch.fills_before(place))


def _limit(params: Params, money: float | None) -> float:
    if "percent" in params:
        return number(params, "percent") / WHOLE * (money or 0.0)
    return number(params, "amount")


def _lost(
    path: EquityPath, entries_us: Integers, since_us: int, limit: float, stretch: Stretch
) -> Iterator[tuple[int, float]]:
    """Yield (place of an entry, how far equity lay below its best since the first day)."""
    first = int(np.searchsorted(path.moments, 2 * since_us, side="left"))
    base = float(path.equity[first - 1]) if first else 0.0
    best = np.maximum.accumulate(np.concatenate([[base], path.best[first:]]))
    equity = np.concatenate([[base], path.equity[first:]])
    if stretch.lock is not None:
        best = np.minimum(best, base + stretch.lock.above + limit)
    known = np.maximum(path.known(entries_us) - first, 0)
    yield from enumerate((best[known] - equity[known]).tolist())


def equity_path(history: History, quote: str) -> EquityPath:
    """Return the equity of all trades in a quote currency, less what the account began with."""
    rows = np.flatnonzero(history.quote == history.quotes.index(quote)).tolist()
    orders = history.orders
    by_trip = np.argsort(orders.trip, kind="stable")
    ends = np.searchsorted(orders.trip[by_trip], np.arange(len(history) + 1))
    alone = _OpenTrades(history, rows)
    until = history.ended_us.tolist()
    each = [
        _worth_of(history, row, by_trip[ends[row] : ends[row + 1]], until[row], alone)
        for row in rows
    ]
    if not sum(len(one.moments) for one in each):
        return EquityPath(np.empty(0, np.int64), np.empty(0), np.empty(0))
    changes = np.concatenate([np.diff(one.worth, prepend=0.0) for one in each])
    moments = np.concatenate([one.moments for one in each])
    above = np.concatenate([one.above for one in each])
    order = np.argsort(moments, kind="stable")
    moments, equity = moments[order], np.cumsum(changes[order])
    # what happened at one moment is one change of the account
    first = np.flatnonzero(np.diff(moments, prepend=moments[0] - 1))
    last = np.append(first[1:], len(moments)) - 1
    higher = np.maximum.reduceat(above[order], first)
    return EquityPath(moments[last], equity[last], equity[last] + higher)


def before_any_blind_spot(history: History) -> Flags:
    """Say before which entries candles saw every trade from its opening to its close, (n,)."""
    seen = np.array([_is_seen(history, row) for row in range(len(history))], np.bool_)
    before: Flags = np.logical_and.accumulate(np.concatenate([[True], seen]))[:-1]
    return before


def _is_seen(history: History, row: int) -> bool:
    """Say whether candles of its symbol reach from the opening of a trade to its close, if any."""
    bars = history.market.of(history.trips[row].symbol)
    if bars is None or not len(bars):
        return False
    opened_us, closed_us = int(history.opened_us[row]), int(history.closed_us[row])
    # a candle that is not over says nothing, and that of the close may not be over
    last_us = int(bars.start_us[-1]) + 2 * bars.step_us
    return int(bars.start_us[0]) <= opened_us and (closed_us == OPEN or closed_us <= last_us)


class _OpenTrades:
    """How many of these trades share a moment with a stretch of time."""

    def __init__(self, history: History, rows: list[int]) -> None:
        closed = history.ended_us[rows]
        self._opened = np.sort(history.opened_us[rows])
        self._closed = np.sort(np.where(closed == OPEN, FOREVER, closed))

    def single(self, start_us: Integers, end_us: Integers) -> Flags:
        """Say in which of the stretches one trade was open and no other."""
        begun = np.searchsorted(self._opened, end_us, side="left")
        gone = np.searchsorted(self._closed, start_us, side="right")
        one: Flags = begun - gone == 1
        return one


def _worth_of(
    history: History, row: int, orders: Integers, ended_us: int, alone: _OpenTrades
) -> TradeWorth:
    """Return what one trade was worth whenever a fill, a candle or its close said so.

    One whose coins left is worth from then on what it was worth at last.
    """
    opened_us, closed_us = int(history.opened_us[row]), int(history.closed_us[row])
    end_us = FOREVER if ended_us == OPEN else ended_us
    if len(orders):
        moments, worth, above = _at_orders_and_candles(history, row, orders, end_us, alone)
        worth = worth - _fees_paid(history, row, moments)
    else:
        moments, worth, above = _at_parts(history, row)
    known = moments <= end_us
    doubled, worth, above = 2 * moments[known], worth[known], above[known]
    if closed_us != OPEN:
        doubled = np.append(doubled, 2 * closed_us + (closed_us == opened_us))
        worth, above = np.append(worth, history.net[row]), np.append(above, 0.0)
    return _one_a_moment(TradeWorth(doubled, worth, above))


def _one_a_moment(every: TradeWorth) -> TradeWorth:
    """Return what the trade was worth at last at each moment, and how much more it had been."""
    order = np.argsort(every.moments, kind="stable")
    moments, worth, above = (column[order] for column in every)
    if not len(moments):
        return every
    first = np.flatnonzero(np.diff(moments, prepend=moments[0] - 1))
    last = np.append(first[1:], len(moments)) - 1
    touched = np.maximum.reduceat(np.where(above > 0, worth + above, -np.inf), first)
    return TradeWorth(moments[last], worth[last], np.maximum(touched - worth[last], 0.0))


def _at_orders_and_candles(
    history: History, row: int, orders: Integers, end_us: int, alone: _OpenTrades
) -> tuple[Integers, Floats, Floats]:
    """Return when orders or candles told a price, the trade's worth, and more that it touched."""
    trip = history.trips[row]
    sign = 1.0 if trip.side == "long" else -1.0
    at_us, prices = history.orders.at_us[orders], history.orders.price[orders]
    held, cash = _positions(history, orders, sign)
    by_orders = (at_us, cash + sign * held * prices, np.zeros(len(at_us)))
    bars = history.market.of(trip.symbol)
    if bars is None:
        return by_orders
    by_candles = _at_candles(bars, at_us, end_us, (sign * held, cash), alone)
    # at one moment the order is the later word
    return (
        np.concatenate([by_candles[0], by_orders[0]]),
        np.concatenate([by_candles[1], by_orders[1]]),
        np.concatenate([by_candles[2], by_orders[2]]),
    )


def _positions(history: History, orders: Integers, sign: float) -> tuple[Floats, Floats]:
    """Return what is held after each order, and the money that came in for all until then."""
    laid = history.orders
    quantity, kind = laid.quantity[orders], laid.kind[orders]
    into = np.where((kind == ENTRY) | (kind == ADD), quantity, -quantity)
    held = np.maximum(laid.before[orders] + into, 0.0)
    return held, np.cumsum(-sign * into * laid.price[orders])


def _at_candles(
    bars: Bars, at_us: Integers, end_us: int, position: tuple[Floats, Floats], alone: _OpenTrades
) -> tuple[Integers, Floats, Floats]:
    """Return the moments at which candles ended while the trade was open, its worth, and more.

    `position` is the signed quantity and the cash after each order. The last column is how much
    more the trade was worth at the best price of a candle that holds no fill of it.
    """
    signed, cash = position
    ends = bars.start_us + bars.step_us
    inside = np.arange(
        int(np.searchsorted(ends, at_us[0], side="right")),
        int(np.searchsorted(ends, end_us, side="right")),
    )
    ends, starts = ends[inside], bars.start_us[inside]
    order = np.searchsorted(at_us, ends, side="left") - 1
    close = bars.close[inside]
    best = np.where(signed[order] > 0, bars.high[inside], bars.low[inside])
    whole = (starts >= at_us[order]) & alone.single(starts, ends)
    above = np.where(whole, signed[order] * (best - close), 0.0)
    return ends, cash[order] + signed[order] * close, above


def _fees_paid(history: History, row: int, moments: Integers) -> Floats:
    """Return the fees that partial closes had realised by these moments, (k,)."""
    parts = history.trips[row].partial_closes
    at_us = np.array([microseconds(part.at) for part in parts], np.int64)
    fees = np.concatenate([[0.0], np.cumsum([float(part.fees) for part in parts])])
    paid: Floats = fees[np.searchsorted(at_us, moments, side="right")]
    return paid


def _at_parts(history: History, row: int) -> tuple[Integers, Floats, Floats]:
    """Return what partial closes realised, for a trade whose orders are not known."""
    parts = history.trips[row].partial_closes
    at_us = np.array([microseconds(part.at) for part in parts], np.int64)
    nets = np.cumsum([float(subtract(part.gross, part.fees)) for part in parts])
    return at_us, nets, np.zeros(len(at_us))
