"""A trade that is only thought of, laid beside the history.

The rules are those of evaluate, over the same columns; so a check says what the import will say.
What waiting breaks (a position held too long) is not the trade's doing and is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import numpy as np

from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, NO_ORDERS, OrderRow, Orders, columns
from coach.engine.ledger.dust import ROUNDING_SHARE
from coach.engine.ledger.exact import ZERO, add, multiply, subtract
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.kinds.groups import farthest
from coach.engine.rules.kinds.kind import A_WEEK_OF_DAYS, LookBack
from coach.model.fills import Side
from coach.model.rules import Breach, Rule
from coach.model.times import microseconds
from coach.model.trades import Direction, TradeId, Trip

Action = Literal["opens", "adds", "reduces", "closes", "turns", "unknown"]
NEW = TradeId("now")


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    """An order that is thought of; `price` 0 where nobody knows one."""

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    at_us: int

    @property
    def quote(self) -> str:
        """Return the quote currency."""
        return self.symbol.rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class OpenHolding:
    """What is open in the symbol: of which trip, how much, at which average price."""

    trip: TradeId
    side: Direction
    quantity: float
    average: float


def action(wish: ProposedOrder, held: OpenHolding | None, shorts: bool) -> Action:
    """Return what the order would do; a sale of what nobody saw bought is "unknown"."""
    if held is None:
        return "opens" if wish.side == "buy" or shorts else "unknown"
    if (wish.side == "buy") == (held.side == "long"):
        return "adds"
    wanted, rounding = float(wish.quantity), float(ROUNDING_SHARE)
    if wanted < held.quantity * (1 - rounding):
        return "reduces"
    return "turns" if shorts and wanted > held.quantity * (1 + rounding) else "closes"


def broken(
    rules: Sequence[Rule],
    past: History,
    wish: ProposedOrder,
    held: OpenHolding | None,
    does: Action,
    zone: str,
) -> list[Breach]:
    """Return the breaches that the order itself would be."""
    if does in {"unknown", "reduces"}:
        return []
    rules = [rule for rule in rules if not kind_of(rule.kind).broken_by_waiting]
    then = _then(past, wish, held, does)
    mine = {NEW, held.trip if held else NEW}
    return [
        one
        for one in breaches(rules, then, zone)
        if one.trade_id in mine and microseconds(one.at) == wish.at_us
    ]


def looks_back(rules: Iterable[Rule]) -> LookBack:
    """Return how far these rules look back together."""
    return farthest(
        [LookBack(A_WEEK_OF_DAYS, 0), *(kind_of(one.kind).looks_back(one.params) for one in rules)]
    )


def _then(past: History, wish: ProposedOrder, held: OpenHolding | None, does: Action) -> History:
    """Return the history with the order in it."""
    trips = list(past.trips)
    if held is not None and does in {"closes", "turns"}:
        trips = [_closed(trip, wish, held) if trip.id == held.trip else trip for trip in trips]
    if does in {"opens", "turns"}:
        trips.append(_opened(wish, held if does == "turns" else None))
    then = history(trips)
    orders = _orders_of(past, then)
    if does == "adds" and held is not None and wish.price:
        row = then.ids.index(held.trip)
        quantity, price = float(wish.quantity), float(wish.price)
        added = OrderRow(row, ADD, wish.at_us, quantity, price, held.quantity, held.average, ())
        orders = orders.beside(columns([added]))
    return then.beside(orders, past.market, past.trader)


def _orders_of(past: History, then: History) -> Orders:
    """Return the orders that are known, at the rows that their trades have by now."""
    if not len(past.orders):
        return NO_ORDERS
    rows = {name: row for row, name in enumerate(then.ids)}
    moved = np.array([rows[name] for name in past.ids], np.int64)
    return replace(past.orders, trip=moved[past.orders.trip])


def _opened(wish: ProposedOrder, turned: OpenHolding | None) -> Trip:
    taken = ZERO if turned is None else Decimal(repr(turned.quantity))
    quantity = subtract(wish.quantity, taken)
    return Trip(
        id=NEW,
        symbol=wish.symbol,  # type: ignore[arg-type] # a symbol by now
        quote=wish.quote,
        side="long" if wish.side == "buy" else "short",
        opened_us=wish.at_us,
        closed_us=None,
        gross=ZERO,
        fees=ZERO,
        net=ZERO,
        quantity=quantity,
        notional=multiply(quantity, wish.price),
        entry_fills=(),
        exit_fills=(),
    )


def _closed(trip: Trip, wish: ProposedOrder, held: OpenHolding) -> Trip:
    """Return the trip as closed now; without a price its result is that of what was closed."""
    if not wish.price:
        return trip._replace(closed_us=wish.at_us)
    average, left = Decimal(repr(held.average)), Decimal(repr(held.quantity))
    gain = multiply(subtract(wish.price, average), left)
    gain = gain if trip.side == "long" else -gain
    return trip._replace(closed_us=wish.at_us, gross=add(trip.gross, gain), net=add(trip.net, gain))
