"""Which lots a fill opens and closes, first in, first out, as the ledger counts its profit.

A lot is what one fill opened, of coins or short of them, at the price of that fill. What no trade
could take (sales of coins that were never bought, rounding) is in no lot, as it is in no profit. A
fee in the coin that was traded changes what moves: a purchase of 1 with a fee of 0.001 opens 0.999.
A split ends each lot and opens it anew, with another quantity and another price; so does a new name
of the coin, in the book of that name.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, scaled
from coach.engine.ledger.renamed.renames import DueRenames
from coach.engine.ledger.splits import DueSplits, after_split
from coach.engine.store.exports.fills import ListedFill
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import FillKey, Symbol, base_of

Unknown = Mapping[tuple[str, FillKey], Decimal]
"""How much of a fill no trade could take, by its account and its key."""

Splits = Mapping[tuple[str, str], Sequence[Split]]
"""The splits by the name of an account and the coin, oldest first."""
NO_SPLITS: Splits = MappingProxyType({})
TICK = timedelta(microseconds=1)
PRICE_DIGITS = 28
"""Digits of a price after a split: those to which Beancount counts."""


class CostLot(NamedTuple):
    """A quantity that a fill opened, below zero for a short."""

    opening: ListedFill
    quantity: Decimal


class FillLots(NamedTuple):
    """What a fill does to lots: parts of older ones that it closes, its own, and what is in none.

    `opened` and `rest` are below zero for what is sold.
    """

    closed: tuple[CostLot, ...] = ()
    opened: Decimal = ZERO
    rest: Decimal = ZERO


class LotSplit(NamedTuple):
    """A split of the lots of a book: those before it and, at another price, those after it.

    `renamed` is the symbol in whose book they are afterwards, where their coin has a new name.
    """

    split: Split
    closed: tuple[CostLot, ...]
    opened: tuple[CostLot, ...]
    renamed: Symbol = Symbol("")


class Restatements(NamedTuple):
    """Splits and new names. `moved` are fills, by account, of trades that went on under one."""

    splits: Splits = NO_SPLITS
    renames: Mapping[str, Sequence[Rename]] = MappingProxyType({})
    moved: Collection[tuple[str, FillKey]] = ()


AS_TRADED = Restatements()


class _LotBook:
    """The open lots of a book, and the splits that are still to come."""

    def __init__(self, symbol: Symbol, splits: Iterable[Split]) -> None:
        self.symbol = symbol
        self.lots: deque[CostLot] = deque()
        self.due = DueSplits(splits)


class _LotBooks:
    """All books by account, symbol and whether they are on margin."""

    def __init__(self, restated: Restatements, digits: int) -> None:
        self._restated, self._digits = restated, digits
        self._books: dict[tuple[str, Symbol, bool], _LotBook] = {}
        self._due = {account: DueRenames(own) for account, own in restated.renames.items()}

    def book(self, account: str, symbol: Symbol, *, margin: bool) -> _LotBook:
        """Return a book; it begins empty."""
        name = account, symbol, margin
        if name not in self._books:
            splits = self._restated.splits.get((account, base_of(symbol)), ())
            self._books[name] = _LotBook(symbol, splits)
        return self._books[name]

    def restate(
        self, account: str, until: datetime | None
    ) -> Iterator[tuple[ListedFill, LotSplit]]:
        """Yield the renames of an account up to a moment, and the splits before each."""
        due = self._due.get(account)
        for rename in due.until(until) if due else ():
            for name, old in list(self._books.items()):
                if name[0] == account and base_of(old.symbol) == rename.old:
                    yield from self._rename(name, old, rename)

    def _rename(
        self, name: tuple[str, Symbol, bool], old: _LotBook, rename: Rename
    ) -> Iterator[tuple[ListedFill, LotSplit]]:
        account, symbol, margin = name
        renamed = Symbol(f"{rename.new}-{symbol.rpartition('-')[2]}")
        new = self.book(account, renamed, margin=margin)
        for book in (old, new):
            yield from _splits(book, rename.at - TICK, self._digits)
        lots, old.lots = old.lots, deque()
        moved: list[CostLot] = []
        for lot in lots:
            goes_on = (account, lot.opening.key) in self._restated.moved
            (moved if goes_on else old.lots).append(lot)
        if not moved:
            return
        opened = _split_lots(moved, rename.split, self._digits)
        new.lots += [lot._replace(opening=lot.opening._replace(symbol=renamed)) for lot in opened]
        first = moved[0].opening._replace(at=rename.at)
        yield first, LotSplit(rename.split, tuple(moved), tuple(opened), renamed)

    def finish(self) -> Iterator[tuple[ListedFill, LotSplit]]:
        """Yield the renames and splits that came after all fills."""
        for account in self._due:
            yield from self.restate(account, None)
        for book in self._books.values():
            yield from _splits(book, None, self._digits)


FillsAndLots = Sequence[tuple[ListedFill, FillLots | LotSplit]]


def lots_of(
    fills: Iterable[ListedFill],
    unknown: Unknown,
    digits: int,
    restated: Restatements = AS_TRADED,
) -> Iterator[tuple[ListedFill, FillLots | LotSplit]]:
    """Yield each fill, in the order of time, with what it does to the lots of its book.

    Before it stand the splits and new names that took effect since the fill before, each beside the
    oldest lot's fill at the time of it. Quantities are exact where so many digits hold them:
    whoever reads the lots keeps no more.
    """
    books = _LotBooks(restated, digits)
    for fill in fills:
        yield from books.restate(fill.account, fill.at)
        book = books.book(fill.account, fill.symbol, margin=fill.margin != "")
        yield from _splits(book, fill.at, digits)
        with localcontext(prec=digits):
            found = _taken(book.lots, fill, unknown.get((fill.account, fill.key), ZERO))
        yield fill, found
    yield from books.finish()


def _splits(
    book: _LotBook, until: datetime | None, digits: int
) -> Iterator[tuple[ListedFill, LotSplit]]:
    """Yield the splits of a book up to a moment that change a lot, and change the lots."""
    for split in book.due.until(until):
        before = tuple(book.lots)
        book.lots = deque(_split_lots(before, split, digits))
        if before:
            first = before[0].opening._replace(at=split.at)
            yield first, LotSplit(split, before, tuple(book.lots))


def _split_lots(before: Sequence[CostLot], split: Split, digits: int) -> list[CostLot]:
    """Return what lots become by a split; what is too small to be told is in the next one."""
    total = sum((lot.quantity for lot in before), ZERO)
    left, end, told = after_split(total, split), ZERO, ZERO
    found = []
    for lot in before:
        end = add(end, lot.quantity)
        upto = scaled(end, left, total)
        with localcontext(prec=digits):
            quantity = upto - told
        told = add(told, quantity)
        if quantity:
            found.append(CostLot(_repriced(lot, quantity, split.at), quantity))
    return found


def _repriced(lot: CostLot, quantity: Decimal, at: datetime) -> ListedFill:
    """Return the fill of a lot with the price at which so much costs what the lot did."""
    if quantity == lot.quantity:
        return lot.opening._replace(at=at)
    with localcontext(prec=PRICE_DIGITS):
        price = lot.opening.price * lot.quantity / quantity
    return lot.opening._replace(price=price, at=at)


def fee_in_coin(fill: ListedFill) -> Decimal:
    """Return the fee that was taken from the coin that was traded."""
    base, _, _ = fill.symbol.rpartition("-")
    return fill.fee if fill.fee_currency == base else ZERO


def _taken(book: deque[CostLot], fill: ListedFill, unknown: Decimal) -> FillLots:
    bought = fill.quantity if fill.side == "buy" else fill.quantity.copy_negate()
    moved = bought - fee_in_coin(fill)
    rest = min(unknown, moved.copy_abs()).copy_sign(moved) if moved else ZERO
    left, closed = moved - rest, []
    while left and book and book[0].quantity.is_signed() != left.is_signed():
        first = book.popleft()
        part = min(first.quantity.copy_abs(), left.copy_abs()).copy_sign(first.quantity)
        closed.append(first._replace(quantity=part))
        left += part
        kept = first.quantity - part
        if kept:
            book.appendleft(first._replace(quantity=kept))
    if left:
        book.append(CostLot(fill, left))
    return FillLots(tuple(closed), left, rest)
