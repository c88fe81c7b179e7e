"""Every order of a round trip: what opened it, what was added, what was taken off, what closed it.

Round trips say how it began and ended; averaging down, selling winners and panic are about the
orders in between. Float columns; exact money stays with the trips.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from coach.engine.ledger.orders import together
from coach.engine.ledger.round_trip import BookName, trade_id
from coach.engine.ledger.symbol_books import owned_and_margin
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.fills import BookFill, FillKey
from coach.model.times import microseconds
from coach.model.trades import TradeId

ENTRY, ADD, PARTIAL, CLOSE = range(4)
DUST = 1e-9


class BookFills(NamedTuple):
    """The fills of one account and symbol in book order."""

    name: BookName
    fills: Iterable[BookFill]


class OrderRow(NamedTuple):
    """One row of the columns; see `Orders`."""

    row: int
    kind: int
    at_us: int
    quantity: float
    price: float
    before: float
    average: float
    keys: tuple[FillKey, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Orders in order of time, every column (m,).

    `trip` is the row of the round trip, `kind` ENTRY, ADD, PARTIAL or CLOSE. `quantity` > 0,
    `price` is quantity-weighted. `before` is the quantity that was open before it (>= 0) and
    `average` its average entry price without fees (0 where nothing was open).
    """

    trip: Integers
    kind: Integers
    at_us: Integers
    quantity: Floats
    price: Floats
    before: Floats
    average: Floats
    keys: tuple[tuple[FillKey, ...], ...]

    def __len__(self) -> int:
        return len(self.at_us)

    def until(self, us: int) -> "Orders":
        """Return the orders before `us`."""
        rows = int(np.searchsorted(self.at_us, us, side="left"))
        return replace(
            self,
            trip=self.trip[:rows],
            kind=self.kind[:rows],
            at_us=self.at_us[:rows],
            quantity=self.quantity[:rows],
            price=self.price[:rows],
            before=self.before[:rows],
            average=self.average[:rows],
            keys=self.keys[:rows],
        )

    def of(self, keep: Flags) -> "Orders":
        """Return the orders of the trips that are kept (n,), which are counted anew from 0."""
        kept = self.at(keep[self.trip]) if len(self) else self
        trip = (np.cumsum(keep) - 1)[kept.trip].astype(np.int64)
        return replace(kept, trip=trip)

    def at(self, chosen: Flags) -> "Orders":
        """Return the orders that are chosen (m,), of the same trips."""
        rows = np.flatnonzero(chosen)
        return replace(
            self,
            trip=self.trip[rows],
            kind=self.kind[rows],
            at_us=self.at_us[rows],
            quantity=self.quantity[rows],
            price=self.price[rows],
            before=self.before[rows],
            average=self.average[rows],
            keys=tuple(self.keys[row] for row in rows.tolist()),
        )

    def beside(self, later: "Orders") -> "Orders":
        """Return these orders and then those, which came no earlier, of the same trips."""
        return Orders(
            trip=np.concatenate([self.trip, later.trip]),
            kind=np.concatenate([self.kind, later.kind]),
            at_us=np.concatenate([self.at_us, later.at_us]),
            quantity=np.concatenate([self.quantity, later.quantity]),
            price=np.concatenate([self.price, later.price]),
            before=np.concatenate([self.before, later.before]),
            average=np.concatenate([self.average, later.average]),
            keys=(*self.keys, *later.keys),
        )


class Rows(NamedTuple):
    """The round trips that orders belong to: their ids in order, and the fills of their closes."""

    ids: tuple[TradeId, ...]
    exit_fills: tuple[tuple[FillKey, ...], ...]


def orders(rows: Rows, books: Iterable[BookFills]) -> Orders:
    """Walk the books and lay their orders out beside the rows of the round trips."""
    places = {trade: row for row, trade in enumerate(rows.ids)}
    found = [
        order
        for book in books
        for fills in owned_and_margin(book.fills)
        for order in _walk(places, rows, BookFills(book.name, fills))
    ]
    return columns(sorted(found, key=lambda order: (order.at_us, order.row, order.kind)))


def columns(found: Sequence[OrderRow]) -> Orders:
    """Return the columns of orders that are in order of time."""
    return Orders(
        trip=np.array([order.row for order in found], np.int64),
        kind=np.array([order.kind for order in found], np.int64),
        at_us=np.array([order.at_us for order in found], np.int64),
        quantity=np.array([order.quantity for order in found], np.float64),
        price=np.array([order.price for order in found], np.float64),
        before=np.array([order.before for order in found], np.float64),
        average=np.array([order.average for order in found], np.float64),
        keys=tuple(order.keys for order in found),
    )


class _Under:
    """The trip under way: what is open and at which average."""

    __slots__ = ("average", "entered", "held", "last", "row", "side")

    def __init__(self, row: int, fill: BookFill, last: FillKey | None) -> None:
        self.row, self.side, self.last = row, fill.side, last
        self.held = self.average = self.entered = 0.0

    def takes(self, quantity: float, price: float) -> None:
        """Add to the position."""
        self.average = (self.held * self.average + quantity * price) / (self.held + quantity)
        self.held += quantity
        self.entered += quantity


def _walk(places: dict[TradeId, int], rows: Rows, book: BookFills) -> Iterator[OrderRow]:
    """Yield the orders of one book; fills that belong to no round trip are passed over."""
    under: _Under | None = None
    gathered: list[tuple[BookFill, float]] = []
    for fill in book.fills:
        if gathered and not _joins(gathered[-1][0], fill):
            if under is not None:
                yield from _orders_of(under, gathered)
            gathered = []
        left = float(fill.quantity)
        if under is not None:
            gathered.append((fill, left))
            if fill.key != under.last:
                continue
            if fill.side == under.side:  # a trip of one instant ends with what it began with
                continue
            left = max(0.0, left - _held_before(under, gathered))
            yield from _orders_of(under, gathered)
            under, gathered = None, []
        row = places.get(trade_id(book.name, fill.key))
        if row is not None:
            ends = rows.exit_fills[row]
            under = _Under(row, fill, ends[-1] if ends else None)
            gathered = [(fill, left)]
    if under is not None and gathered:
        yield from _orders_of(under, gathered)


def _held_before(under: _Under, gathered: Sequence[tuple[BookFill, float]]) -> float:
    earlier = sum(quantity for _, quantity in gathered[:-1])
    return max(0.0, under.held - earlier)


def _joins(last: BookFill, fill: BookFill) -> bool:
    if last.side != fill.side:
        return False
    if last.order_id or fill.order_id:
        return last.order_id == fill.order_id
    return together(last.at, fill.at)


def _orders_of(
    under: _Under, gathered: Sequence[tuple[BookFill, float]]
) -> tuple[()] | tuple[OrderRow]:
    """Return the order that these fills are, or none where they are of no quantity."""
    fill, quantity = gathered[0]
    worth = quantity * float(fill.price)
    if len(gathered) > 1:
        quantity = sum([amount for _, amount in gathered])
        worth = sum([amount * float(one.price) for one, amount in gathered])
    if quantity <= 0:
        return ()
    price, before, average = worth / quantity, under.held, under.average
    keys = tuple([one.key for one, _ in gathered])
    if fill.side == under.side:
        kind = ADD if before > 0 else ENTRY
        under.takes(quantity, price)
    else:
        quantity = min(quantity, before) if before > 0 else quantity
        under.held = max(0.0, before - quantity)
        if under.held <= DUST * under.entered:
            under.held = 0.0
        ends = under.last in keys
        kind = CLOSE if ends or under.held == 0.0 else PARTIAL
    at_us = microseconds(fill.at)
    return (OrderRow(under.row, kind, at_us, quantity, price, before, average, keys),)


NO_ORDERS = columns(())
