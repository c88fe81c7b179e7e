"""Orders: what the trader decided, put together again from its fills.

Fills of one order id and one side are one order, wherever they stand among others. Fills
without an order id are one order while they are on the same side, no more than 60 seconds
apart, and no fill of the other side comes between: by then the trader has turned round.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from coach.engine.ledger.exact import ZERO, add, multiply, plain, quotient, rounded
from coach.model.fills import BookFill, FillKey, Side
from coach.values import dataclass

LONGEST_GAP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Order:
    """One decision; `price` is the quantity-weighted price of its fills."""

    order_id: str
    side: Side
    first_at: datetime
    last_at: datetime
    quantity: Decimal
    price: Decimal
    notional: Decimal
    fills: tuple[FillKey, ...]


class Gathering:
    """An order whose fills are still coming in. `over` ends one that has no order id."""

    __slots__ = ("first_at", "keys", "last_at", "notional", "order_id", "over", "quantity", "side")

    def __init__(self, first: BookFill) -> None:
        self.order_id = first.order_id
        self.side = first.side
        self.first_at = first.at
        self.last_at = first.at
        self.quantity = ZERO
        self.notional = ZERO
        self.keys: list[FillKey] = []
        self.over = False

    def takes(self, fill: BookFill) -> bool:
        """Return whether a fill of the same side belongs to this order."""
        if self.order_id or fill.order_id:
            return fill.order_id == self.order_id
        return not self.over and together(self.last_at, fill.at)

    def add(self, fill: BookFill, notional: Decimal) -> None:
        """Take the fill in."""
        self.quantity = add(self.quantity, fill.quantity)
        self.notional = add(self.notional, notional)
        self.keys.append(fill.key)
        self.last_at = fill.at

    def order(self) -> Order:
        """Return what has come in so far."""
        return Order(
            self.order_id,
            self.side,
            self.first_at,
            self.last_at,
            plain(self.quantity),
            rounded(quotient(self.notional, self.quantity)),
            plain(self.notional),
            tuple(self.keys),
        )


def together(earlier: datetime, later: datetime) -> bool:
    """Return whether two fills without an order id are close enough to be one order."""
    return later - earlier <= LONGEST_GAP


def orders(fills: Iterable[BookFill]) -> list[Order]:
    """Return the orders of one book's fills, in order of their first fill."""
    begun: list[Gathering] = []
    latest: dict[tuple[str, Side], Gathering] = {}
    for fill in fills:
        gathering = latest.get((fill.order_id, fill.side))
        if gathering is None or not gathering.takes(fill):
            gathering = latest[fill.order_id, fill.side] = Gathering(fill)
            begun.append(gathering)
        gathering.add(fill, multiply(fill.quantity, fill.price))
        latest.pop(("", opposite(fill.side)), None)
    return [gathering.order() for gathering in begun]


def opposite(side: Side) -> Side:
    """Return the other side."""
    return "sell" if side == "buy" else "buy"
