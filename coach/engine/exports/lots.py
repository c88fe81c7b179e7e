"""Which lots a fill opens and closes, first in, first out, as the ledger counts its profit.

A lot is what one fill opened, of coins or short of them, at the price of that fill. What no trade
could take (sales of coins that were never bought, rounding) is in no lot, as it is in no profit. A
fee in the coin that was traded changes what moves: a purchase of 1 with a fee of 0.001 opens 0.999.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO
from coach.engine.store.exports.fills import ListedFill
from coach.model.fills import FillKey

Unknown = Mapping[tuple[str, FillKey], Decimal]
"""How much of a fill no trade could take, by its account and its key."""


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


def lots_of(
    fills: Iterable[ListedFill], unknown: Unknown, digits: int
) -> Iterator[tuple[ListedFill, FillLots]]:
    """Yield each fill, in the order of its book, with what it does to the lots of its book.

    Quantities are exact where so many digits hold them: whoever reads the lots keeps no more.
    """
    books: dict[tuple[str, str, bool], deque[CostLot]] = {}
    for fill in fills:
        book = books.setdefault((fill.account, fill.symbol, fill.margin != ""), deque())
        with localcontext(prec=digits):
            found = _taken(book, fill, unknown.get((fill.account, fill.key), ZERO))
        yield fill, found


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
