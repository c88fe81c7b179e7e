"""Round trips as columns. This is the one module that crosses from exact to float.

No column looks ahead: `History.until` gives what was knowable at a moment, so a run of last
week can be repeated to the byte.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import compress
from operator import itemgetter

import numpy as np

from coach.engine.features.bars import NO_MARKET, Market
from coach.engine.features.orders import NO_ORDERS, Orders
from coach.engine.features.trader import NOBODY, Trader
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.fills import FillKey
from coach.model.trades import Outcome, TradeId, Trip, outcome
from coach.values import dataclass

OPEN = -1
CODES: dict[Outcome, int] = {"win": 1, "break_even": 0, "loss": -1, "unknown": 0}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Trips in order of opening (ties: by id), one row each; every column is (n,).

    `symbol` and `quote` are codes into `symbols` and `quotes`. Times are microseconds since
    1970 UTC, `closed_us` is -1 while a trade is open; then `gross`, `fees` and `net` are nan and
    `outcome` is 0. `outcome` is +1 win, 0 break-even, -1 loss; 0 too where fees that are not valued
    could turn it, and `undecided` is true. `notional` is that of the
    opening order. `exit_fills` is empty while a trade is open. `trips` keeps the exact money of
    the same rows; whether a row is closed is for `closed_us` to say. `orders`, `market` and
    `trader` are what is known beside the trips; they may be empty.
    """

    trips: tuple[Trip, ...]
    ids: tuple[TradeId, ...]
    entry_fills: tuple[tuple[FillKey, ...], ...]
    exit_fills: tuple[tuple[FillKey, ...], ...]
    symbols: tuple[str, ...]
    quotes: tuple[str, ...]
    symbol: Integers
    quote: Integers
    opened_us: Integers
    closed_us: Integers
    gross: Floats
    fees: Floats
    net: Floats
    notional: Floats
    outcome: Integers
    undecided: Flags
    orders: Orders = NO_ORDERS
    market: Market = NO_MARKET
    trader: Trader = NOBODY

    def __len__(self) -> int:
        return len(self.trips)

    @property
    def ended_us(self) -> Integers:
        """Return when each trade closed or the last of its coins left, (n,); -1: it is held."""
        if not self.trader.departed:
            return self.closed_us
        departed = dict(self.trader.departed)
        left_us = _integers([departed.get(name, OPEN) for name in self.ids])
        return np.where(self.closed_us == OPEN, left_us, self.closed_us)

    def until(self, us: int) -> "History":
        """Return what was knowable just before `us`: later entries are gone, later closes open."""
        rows = int(np.searchsorted(self.opened_us, us, side="left"))
        closed_us = self.closed_us[:rows]
        closed = (closed_us != OPEN) & (closed_us < us)
        return replace(
            self,
            trips=self.trips[:rows],
            ids=self.ids[:rows],
            entry_fills=self.entry_fills[:rows],
            exit_fills=tuple(
                keys if known else () for keys, known in zip(self.exit_fills, closed, strict=False)
            ),
            symbol=self.symbol[:rows],
            quote=self.quote[:rows],
            opened_us=self.opened_us[:rows],
            closed_us=np.where(closed, closed_us, OPEN),
            gross=np.where(closed, self.gross[:rows], np.nan),
            fees=np.where(closed, self.fees[:rows], np.nan),
            net=np.where(closed, self.net[:rows], np.nan),
            notional=self.notional[:rows],
            outcome=np.where(closed, self.outcome[:rows], 0),
            undecided=closed & self.undecided[:rows],
            orders=self.orders.until(us),
            market=self.market.until(us),
            trader=self.trader.until(us),
        )

    def only(self, keep: Flags) -> "History":
        """Return the trips that are kept (n,), with their orders."""
        rows, kept = np.flatnonzero(keep), keep.tolist()
        return replace(
            self,
            trips=tuple(compress(self.trips, kept)),
            ids=tuple(compress(self.ids, kept)),
            entry_fills=tuple(compress(self.entry_fills, kept)),
            exit_fills=tuple(compress(self.exit_fills, kept)),
            symbol=self.symbol[rows],
            quote=self.quote[rows],
            opened_us=self.opened_us[rows],
            closed_us=self.closed_us[rows],
            gross=self.gross[rows],
            fees=self.fees[rows],
            net=self.net[rows],
            notional=self.notional[rows],
            outcome=self.outcome[rows],
            undecided=self.undecided[rows],
            orders=self.orders.of(keep),
        )

    def beside(self, orders: Orders, market: Market, trader: Trader) -> "History":
        """Return the same trips with what is known beside them."""
        return replace(self, orders=orders, market=market, trader=trader)


def history(trips: Iterable[Trip]) -> History:
    """Build the columns from round trips in any order."""
    rows = tuple(sorted(trips, key=itemgetter(4, 0)))
    symbols, symbol = _coded([trip.symbol for trip in rows])
    quotes, quote = _coded([trip.quote for trip in rows])
    closed_us = _integers([OPEN if trip.closed_us is None else trip.closed_us for trip in rows])
    closed = closed_us != OPEN
    known = [outcome(trip.net, trip.fees, trip.other_fees) for trip in rows]
    outcomes = _integers([CODES[one] for one in known])
    return History(
        trips=rows,
        ids=tuple(trip.id for trip in rows),
        entry_fills=tuple(trip.entry_fills for trip in rows),
        exit_fills=tuple(() if trip.closed_us is None else trip.exit_fills for trip in rows),
        symbols=symbols,
        quotes=quotes,
        symbol=symbol,
        quote=quote,
        opened_us=_integers([trip.opened_us for trip in rows]),
        closed_us=closed_us,
        gross=np.where(closed, _floats([trip.gross for trip in rows]), np.nan),
        fees=np.where(closed, _floats([trip.fees for trip in rows]), np.nan),
        net=np.where(closed, _floats([trip.net for trip in rows]), np.nan),
        notional=_floats([trip.notional for trip in rows]),
        outcome=np.where(closed, outcomes, 0),
        undecided=closed & np.array([one == "unknown" for one in known], np.bool_),
    )


def _coded(names: Sequence[str]) -> tuple[tuple[str, ...], Integers]:
    known = tuple(sorted(set(names)))
    code = {name: number for number, name in enumerate(known)}
    return known, _integers([code[name] for name in names])


def _integers(values: Sequence[int]) -> Integers:
    return np.array(values, np.int64)


def _floats(values: Sequence[Decimal]) -> Floats:
    return np.fromiter(map(float, values), np.float64, len(values))
