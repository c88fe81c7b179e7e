"""A fill: one execution, exact.

Both types are named tuples and not dataclasses because a million of them are built in
one import and a named tuple costs a third.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple, NewType

Symbol = NewType("Symbol", str)
"""`BASE-QUOTE`, upper case: `BTC-USD`."""

FillKey = NewType("FillKey", bytes)
"""Sixteen bytes that name a fill for ever, whichever import brought it."""

Side = Literal["buy", "sell"]

Margin = Literal["", "opening", "closing"]
"""How a trade on borrowed money or coins moves the position that it belongs to; empty for a trade
in coins that are owned.
"""


class Fill(NamedTuple):
    """An execution as a source tells it.

    Quantities are in the base coin, prices in the quote; `fee` is not negative unless it is a
    rebate. `at` is UTC to the microsecond and `nanos` (0-999) what a nine-digit fraction adds.
    `line` is where it was read (1-based line of the file, or position in the answer). A fill
    with a `margin` has a position of its own, beside the coins that are owned.
    """

    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime
    nanos: int
    order_id: str
    native_id: str
    line: int
    margin: Margin = ""


class BookFill(NamedTuple):
    """A fill as the ledger takes it: in its book's order, under its key."""

    key: FillKey
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime
    order_id: str
    margin: Margin = ""


class OrderFill(NamedTuple):
    """What orders are made of, as columns hold it: a fill of a book without its fee."""

    key: FillKey
    side: Side
    quantity: float
    price: float
    at: datetime
    order_id: str
    margin: Margin = ""


def book_fill(key: FillKey, fill: Fill) -> BookFill:
    """Return a fill as the ledger takes it."""
    _, side, quantity, price, fee, currency, at, _, order_id, _, _, margin = fill
    values = (key, side, quantity, price, fee, currency, at, order_id, margin)
    return tuple.__new__(BookFill, values)  # half of the time of a call with nine arguments


def base_of(symbol: str) -> str:
    """Return the coin that a symbol trades."""
    return symbol.rpartition("-")[0]
