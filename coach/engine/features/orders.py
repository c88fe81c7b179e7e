"""Every order of a round trip: what opened it, what was added, what was taken off, what closed it.

Round trips say how it began and ended; averaging down, selling winners and panic are about the
orders in between. Float columns; exact money stays with the trips.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Generic, NamedTuple, TypeVar, cast

import numpy as np

from coach.engine.ledger.orders import together
from coach.engine.ledger.renamed.names import NO_NAMES, EarlierNames, in_last_units
from coach.engine.ledger.round_trip import BookName, trade_id
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, OrderFill
from coach.model.times import microseconds
from coach.model.trades import TradeId
from coach.values import dataclass

ENTRY, ADD, PARTIAL, CLOSE = range(4)
DUST = 1e-9
AnyFill = BookFill | OrderFill
F_co = TypeVar("F_co", bound=AnyFill, covariant=True)


class BookFills(NamedTuple, Generic[F_co]):
    """The fills of one account and symbol in book order, and the splits of its coin, oldest first.

    Fills before a split are laid out in the units after all of them, so that prices compare; they
    are exact where there are any. `earlier` are fills of trades that were opened under another name
    of the coin.
    """

    name: BookName
    fills: Sequence[F_co]
    splits: Sequence[Split] = ()
    earlier: EarlierNames = NO_NAMES

    def by_margin(self) -> Iterator[Sequence[AnyFill]]:
        """Yield the fills of owned coins, then those on margin: they are two books."""
        fills: Sequence[AnyFill] = self.fills
        if self.splits or self.earlier:
            exact = cast("Sequence[BookFill]", self.fills)
            fills = list(in_last_units(exact, self.splits, self.earlier))
        borrowed = [fill for fill in fills if fill.margin]
        yield [fill for fill in fills if not fill.margin] if borrowed else fills
        yield borrowed


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

    `entry_fills` are those of their opening orders, or none. Orders of the same fills hold these
    very objects.
    """

    ids: tuple[TradeId, ...]
    exit_fills: tuple[tuple[FillKey, ...], ...]
    entry_fills: tuple[tuple[FillKey, ...], ...] = ()


def orders(rows: Rows, books: Iterable[BookFills[AnyFill]]) -> Orders:
    """Walk the books and lay their orders out beside the rows of the round trips."""
    places = _Places(rows)
    walks = (_walk(places, book, fills) for book in books for fills in book.by_margin())
    found = columns(chain.from_iterable(walks))
    return found.at(np.lexsort((found.kind, found.trip, found.at_us)))


class _Places:
    """Which fill begins which row: an id is made only of those that begin a round trip."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._row = {trade: row for row, trade in enumerate(rows.ids)}
        known = all(rows.entry_fills) and len(rows.entry_fills) == len(rows.ids)
        self._first = frozenset(keys[0] for keys in rows.entry_fills) if known else None

    def begun_by(self, book: BookFills[AnyFill], fill: AnyFill) -> int | None:
        """Return the row of the round trip that this fill of a book begins, if it does."""
        if self._first is not None and fill.key not in self._first:
            return None
        return self._row.get(trade_id(name_then(book, fill), fill.key))


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

    __slots__ = ("average", "begins", "ends", "entered", "held", "last", "row", "side")

    def __init__(self, row: int, fill: AnyFill, rows: Rows) -> None:
        self.row, self.side = row, fill.side
        self.ends = rows.exit_fills[row]
        self.begins = rows.entry_fills[row] if rows.entry_fills else ()
        self.last = self.ends[-1] if self.ends else None
        self.held = self.average = self.entered = 0.0

    def order(self, quantity: float, fills: Sequence[AnyFill]) -> OrderRow | None:
        """Take in the order that these fills are; None where they are of no quantity.

        `quantity` is what the first of them holds of the quantity of this trip.
        """
        first = fills[0]
        worth = quantity * float(first.price)
        keys: tuple[FillKey, ...] = (first.key,)
        if len(fills) > 1:
            parts = [quantity, *[float(one.quantity) for one in fills[1:]]]
            quantity = sum(parts)
            worth = sum([part * float(one.price) for part, one in zip(parts, fills, strict=True)])
            keys = tuple([one.key for one in fills])
        if quantity <= 0:
            return None
        price, before, average = worth / quantity, self.held, self.average
        if first.side == self.side:
            kind = ADD if before > 0 else ENTRY
            self.held = before + quantity
            self.average = (before * average + quantity * price) / self.held
            self.entered += quantity
            keys = self.begins if self.begins == keys else keys
        else:
            quantity = min(quantity, before) if before > 0 else quantity
            self.held = max(0.0, before - quantity)
            if self.held <= DUST * self.entered:
                self.held = 0.0
            kind = CLOSE if self.last in keys or self.held == 0.0 else PARTIAL
        keys = self.ends if self.ends == keys else keys
        return OrderRow(
            self.row, kind, microseconds(first.at), quantity, price, before, average, keys
        )


def _walk(
    places: _Places, book: BookFills[AnyFill], fills: Iterable[AnyFill]
) -> Iterator[OrderRow]:
    """Yield the orders of one book; fills that belong to no round trip are passed over."""
    under: _Under | None = None
    gathered: list[AnyFill] = []
    quantity = 0.0
    for fill in fills:
        left = float(fill.quantity)
        if under is not None:
            if gathered and not _joins(gathered[-1], fill):
                if order := under.order(quantity, gathered):
                    yield order
                gathered = []
            quantity = quantity if gathered else left
            gathered.append(fill)
            # a trip of one instant ends with what it began with
            if fill.key != under.last or fill.side == under.side:
                continue
            left = max(0.0, left - _held_before(under.held, quantity, gathered))
            if order := under.order(quantity, gathered):
                yield order
            under, gathered = None, []
        row = places.begun_by(book, fill)
        if row is not None:
            under, gathered, quantity = _Under(row, fill, places.rows), [fill], left
    if under is not None and gathered and (order := under.order(quantity, gathered)):
        yield order


def name_then(book: BookFills[AnyFill], fill: AnyFill) -> BookName:
    """Return the book's name when a fill was traded."""
    if fill.key not in book.earlier:
        return book.name
    return book.name._replace(symbol=book.earlier[fill.key].symbol)


def _held_before(held: float, quantity: float, gathered: Sequence[AnyFill]) -> float:
    """Return what was open before the last of the fills of an order."""
    if len(gathered) == 1:
        return held
    earlier = sum([quantity, *[float(one.quantity) for one in gathered[1:-1]]])
    return max(0.0, held - earlier)


def _joins(last: AnyFill, fill: AnyFill) -> bool:
    if last.side != fill.side:
        return False
    if last.order_id or fill.order_id:
        return last.order_id == fill.order_id
    return together(last.at, fill.at)


NO_ORDERS = columns(())
