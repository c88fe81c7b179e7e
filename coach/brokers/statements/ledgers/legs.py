"""Legs of a trade: what left, what came and what was charged, put together as one fill.

A ledger prints no price: it is what was paid divided by what was got. Of two coins the one that
prices are stated in is the quote.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.base import Other, Row
from coach.brokers.statements import amounts, pairs, redundancy
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.mapping.closed_trades import money_rank
from coach.brokers.statements.mapping.reader import DIVIDED
from coach.brokers.statements.records import ENDLESS
from coach.brokers.statements.redundancy import TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import check_width
from coach.brokers.statements.unreadable import ROW, Unreadable
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill, Side

TWO_COINS = 2


class Leg(NamedTuple):
    """One row: so much of a coin came (above zero), left, or was charged."""

    line: int
    at: datetime
    nanos: int
    coin: str
    amount: Decimal
    is_fee: bool = False


class Ids(NamedTuple):
    """What names a trade and its order at the broker."""

    order_id: str = ""
    trade_id: str = ""


class OneRow(NamedTuple):
    """A row of a ledger, or what it is instead of a leg."""

    line: int
    cells: list[str]
    said: Row | None = None


def rows_of(
    sheet: StatementSheet, other: Callable[[list[str], int], Other | None]
) -> Iterator[OneRow]:
    """Yield the rows of a ledger; those that are no part of a trade as what they are."""
    for line, row in sheet.records():
        if row is ENDLESS:
            trouble = "a field is longer than 131072 characters"
            yield OneRow(line, [], SkippedRow(line, "row", trouble))
        elif any(cell.strip() for cell in row):
            try:
                check_width(row, len(sheet.names))
                yield OneRow(line, row, other(row, line))
            except Unreadable as trouble:
                yield OneRow(line, [], skipped(sheet, line, trouble))


def skipped(sheet: StatementSheet, line: int, trouble: Unreadable) -> SkippedRow:
    """Return the row that could not be read, with its column as the file prints it."""
    return SkippedRow(line, sheet.label(trouble.where), trouble.reason)


def fill_of(legs: Sequence[Leg], ids: Ids) -> Fill:
    """Return the trade that legs make; Unreadable where they are not one coin for another."""
    moved = _netted(leg for leg in legs if not leg.is_fee)
    if not moved:
        raise Unreadable(ROW, "a fee without its trade")
    if len(moved) != TWO_COINS:
        names = ", ".join(sorted(moved)) or "nothing"
        raise Unreadable(ROW, f"expected one coin for another, found {names}")
    (one, first), (two, second) = moved.items()
    if (first > ZERO) is (second > ZERO):
        raise Unreadable(ROW, f"expected one coin to leave and one to come, found {one} and {two}")
    base, quote = (one, two) if money_rank(two) <= money_rank(one) else (two, one)
    side = side_of(moved[base])
    quantity = amounts.above_zero(moved[base].copy_abs(), ROW, "quantity")
    price = DIVIDED.divide(moved[quote].copy_abs(), quantity)
    traded = TradedQuantity(base, quote, side, quantity, amounts.above_zero(price, ROW, "price"))
    fee, coin = _fee(legs, quote)
    redundancy.check_fee(fee, coin, traded, ROW, slack=redundancy.unit(moved[quote]))
    head = min(legs, key=lambda leg: leg.line)
    symbol = pairs.symbol(base, quote)
    times = (head.at, head.nanos)
    return Fill(symbol, side, quantity, traded.price, fee, coin, *times, *ids, head.line)


def side_of(moved: Decimal) -> Side:
    """Return what was done to a coin of which so much came, or left below zero."""
    return "buy" if moved > ZERO else "sell"


def _fee(legs: Sequence[Leg], quote: str) -> tuple[Decimal, str]:
    charged = _netted(leg for leg in legs if leg.is_fee)
    if len(charged) > 1:
        raise Unreadable(ROW, f"expected a fee in one coin, found {', '.join(sorted(charged))}")
    for coin, amount in charged.items():
        return EXACT.minus(amount), coin
    return ZERO, quote


def _netted(legs: Iterator[Leg]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg.coin] = EXACT.add(sums.get(leg.coin, ZERO), leg.amount)
    return {coin: total for coin, total in sums.items() if total}
