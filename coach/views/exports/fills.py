"""Fills: executions as they stand, each under the id that other nouns name it by."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.fills import Margin, Side

if TYPE_CHECKING:
    from coach.engine.api.exports.exports import ListedFill


class ListedFillRow(TypedDict):
    """An execution. `fee_value` is a fee in a third coin in the quote, as far as it is known.

    `nanos` (0-999) is what a nine-digit fraction adds to `at`. `native_id` is the broker's own id.
    """

    id: bytes
    account: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    quote: str
    fee: Decimal
    fee_currency: str
    fee_value: Decimal | None
    at: datetime
    nanos: int
    order_id: str
    native_id: str
    margin: Margin


def fill(one: "ListedFill") -> ListedFillRow:
    """Return a fill."""
    return {
        "id": one.key,
        "account": one.account,
        "symbol": one.symbol,
        "side": one.side,
        "quantity": one.quantity,
        "price": one.price,
        "quote": one.symbol.rpartition("-")[2],
        "fee": one.fee,
        "fee_currency": one.fee_currency,
        "fee_value": one.fee_value,
        "at": one.at,
        "nanos": one.nanos,
        "order_id": one.order_id,
        "native_id": one.native_id,
        "margin": one.margin,
    }
