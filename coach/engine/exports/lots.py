"""Which lots a fill opens and closes, first in, first out, as the ledger counts its profit.

A lot is what one fill opened, of coins or short of them, at the price of that fill. What no trade
could take (sales of coins that were never bought, rounding) is in no lot, as it is in no profit. A
fee in the coin that was traded changes what moves: a purchase of 1 with a fee of 0.001 opens 0.999.
A split ends each lot and opens it anew, with another quantity and another price.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, scaled
from coach.engine.ledger.splits import DueSplits, after_split
from coach.engine.store.exports.fills import ListedFill
from coach.model.entries.splits import Split
from coach.model.fills import FillKey, base_of

Unknown = Mapping[tuple[str, FillKey], Decimal]
"""How much of a fill no trade could take, by its account and its key."""

Splits = Mapping[tuple[str, str], Sequence[Split]]
"""The splits by the name of an account and the coin, oldest first."""
NO_SPLITS: Splits = MappingProxyType({})
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
    """A split of the lots of a book: those before it and, at another price, those after it."""

    split: Split
    closed: tuple[CostLot, ...]
    opened: tuple[CostLot, ...]


class _LotBook:
    """The open lots of a book, and the splits that are still to come."""

    def __init__(self, splits: Iterable[Split]) -> None:
        self.lots: deque[CostLot] = deque()
        self.due = DueSplits(splits)


FillsAndLots = Sequence[tuple[ListedFill, FillLots | LotSplit]]


def lots_of(
    fills: Iterable[ListedFill],
    unknown: Unknown,
    digits: int,
    splits: Splits = NO_SPLITS,
) -> Iterator[tuple[ListedFill, FillLots | LotSplit]]:
    """Yield each fill, in the order of its book, with what it does to the lots of its book.

    Before it stand the splits that took effect since the fill before, each beside the oldest lot's
    fill at the time of the split. Quantities are exact where so many digits hold them: whoever
    reads the lots keeps no more.
    """
    books: dict[tuple[str, str, bool], _LotBook] = {}
    for fill in fills:
        name = fill.account, fill.symbol, fill.margin != ""
        if name not in books:
            books[name] = _LotBook(splits.get((fill.account, base_of(fill.symbol)), ()))
        book = books[name]
        yield from _splits(book, fill.at, digits)
        with localcontext(prec=digits):
            found = _taken(book.lots, fill, unknown.get((fill.account, fill.key), ZERO))
        yield fill, found
    for book in books.values():
        yield from _splits(book, None, digits)


def _splits(
    book: _LotBook, until: datetime | None, digits: int
) -> Iterator[tuple[ListedFill, LotSplit]]:
    """Yield the splits of a book up to a moment that change a lot, and change the lots."""
    for split in book.due.until(until):
        before, book.lots = book.lots, deque()
        total = sum((lot.quantity for lot in before), ZERO)
        left, end, told = after_split(total, split), ZERO, ZERO
        for lot in before:
            end = add(end, lot.quantity)
            upto = scaled(end, left, total)
            with localcontext(prec=digits):
                quantity = upto - told
            told = add(told, quantity)
            if quantity:
                opening = _repriced(lot, quantity, split.at)
                book.lots.append(CostLot(opening, quantity))
        if before:
            first = before[0].opening._replace(at=split.at)
            yield first, LotSplit(split, tuple(before), tuple(book.lots))


def _repriced(lot: CostLot, quantity: Decimal, at: datetime) -> ListedFill:
    """Return the fill of a lot with the price at which so much costs what the lot did."""
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
