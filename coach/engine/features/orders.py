"""Every order of a round trip: what opened it, what was added, what was taken off, what closed it.

Round trips say how it began and ended; averaging down, selling winners and panic are about the
orders in between. Float columns; exact money stays with the trips.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from coach.engine.ledger.orders import together
from coach.engine.ledger.renamed.names import NO_NAMES, EarlierNames, in_last_units
from coach.engine.ledger.round_trip import BookName, trade_id
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey
from coach.model.times import microseconds
from coach.model.trades import TradeId
from coach.values import dataclass

ENTRY, ADD, PARTIAL, CLOSE = range(4)
DUST = 1e-9


class BookFills(NamedTuple):
    """The fills of one account and symbol in book order, and the splits of its coin, oldest first.

    Fills before a split are laid out in the units after all of them, so that prices compare.
    `earlier` are fills of trades that were opened under another name of the coin.
    """

    name: BookName
    fills: Sequence[BookFill]
    splits: Sequence[Split] = ()
    earlier: EarlierNames = NO_NAMES


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
        kept = self.at(np.flatnonzero(keep[self.trip])) if len(self) else self
        trip = (np.cumsum(keep) - 1)[kept.trip].astype(np.int64)
        return replace(kept, trip=trip)

    def at(self, rows: Integers) -> "Orders":
        """Return the orders of these rows, in this order, of the same trips."""
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
    """The round trips that orders belong to: their ids in order, and the fills of their closes.

    `entry_fills` are those of their opening orders, or none.
    """

    ids: tuple[TradeId, ...]
    exit_fills: tuple[tuple[FillKey, ...], ...]
    entry_fills: tuple[tuple[FillKey, ...], ...] = ()

    def held_once(self, order: OrderRow) -> OrderRow:
        """Return an order whose fills, where its trip names the same ones, are those objects."""
        for of_trips in (self.exit_fills, self.entry_fills):
            if of_trips and of_trips[order.row] == order.keys:
                return order._replace(keys=of_trips[order.row])
        return order


def orders(rows: Rows, books: Iterable[BookFills]) -> Orders:
    """Walk the books and lay their orders out beside the rows of the round trips."""
    places = {trade: row for row, trade in enumerate(rows.ids)}
    found = columns(
        rows.held_once(order)
        for book in books
        for margin in (False, True)
        for order in _walk(places, rows, book, _on_margin(book, margin=margin))
    )
    return found.at(np.lexsort((found.kind, found.trip, found.at_us)))


def _on_margin(book: BookFills, *, margin: bool) -> Iterator[BookFill]:
    """Yield the fills of owned coins, or those on margin: they are two books."""
    fills: Iterable[BookFill] = book.fills
    if book.splits or book.earlier:
        fills = in_last_units(fills, book.splits, book.earlier)
    return (fill for fill in fills if bool(fill.margin) is margin)


def columns(found: Iterable[OrderRow]) -> Orders:
    """Return the columns of orders, which are not held as rows; they come in order of time."""
    integers, floats = array("q"), array("d")
    keys: list[tuple[FillKey, ...]] = []
    for row, kind, at_us, quantity, price, before, average, filled in found:
        integers.extend((row, kind, at_us))
        floats.extend((quantity, price, before, average))
        keys.append(filled)
    whole = np.array(integers, np.int64).reshape(len(keys), 3)
    parts = np.array(floats, np.float64).reshape(len(keys), 4)
    return Orders(
        trip=whole[:, 0].copy(),
        kind=whole[:, 1].copy(),
        at_us=whole[:, 2].copy(),
        quantity=parts[:, 0].copy(),
        price=parts[:, 1].copy(),
        before=parts[:, 2].copy(),
        average=parts[:, 3].copy(),
        keys=tuple(keys),
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


def _walk(
    places: dict[TradeId, int], rows: Rows, book: BookFills, fills: Iterable[BookFill]
) -> Iterator[OrderRow]:
    """Yield the orders of one book; fills that belong to no round trip are passed over."""
    under: _Under | None = None
    gathered: list[tuple[BookFill, float]] = []
    for fill in fills:
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
        row = places.get(trade_id(name_then(book, fill), fill.key))
        if row is not None:
            ends = rows.exit_fills[row]
            under = _Under(row, fill, ends[-1] if ends else None)
            gathered = [(fill, left)]
    if under is not None and gathered:
        yield from _orders_of(under, gathered)


def name_then(book: BookFills, fill: BookFill) -> BookName:
    """Return the book's name when a fill was traded."""
    if fill.key not in book.earlier:
        return book.name
    return book.name._replace(symbol=book.earlier[fill.key].symbol)


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
