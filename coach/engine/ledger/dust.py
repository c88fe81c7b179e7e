"""Remainders that no trader meant: dust from fees in the coin, and rounding in the last place.

Who buys 0.123 BTC, pays 0.000123 BTC and sells all that the broker lets him sell, 0.1228, has
got out, although 0.000077 BTC stay in the account. Such a trip is closed by that sale, with the
result of what was sold. The remainder stays open in the position at its own cost, by FIFO whatever
the method: a trip that is over has one result. It moves into the next trip, as its first lots.
Back at what the last trip left behind, a trip is over too.

A broker's figures may be off by a few units in the last place. Without fees in the coin only
such a remainder is dust, and a fill that takes that much more than the position holds closes it
and opens nothing (`Excess`).
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, multiply, subtract
from coach.engine.ledger.open_trip import OpenTrip
from coach.engine.ledger.orders import together
from coach.engine.ledger.restate import split
from coach.model.fills import BookFill, Side

LARGEST_SHARE = Decimal("0.01")
ROUNDING_SHARE = Decimal("1E-6")
LAST_PLACE_SHARE = Decimal("1E-4")


def is_dust(trip: OpenTrip) -> bool:
    """Return whether, after a close, only dust of what the trip entered is left."""
    if not trip.reduced:
        return False
    left = subtract(trip.entered, trip.exited)
    if left <= trip.carried or is_rounding(subtract(left, trip.carried), trip.entered):
        return True
    return trip.paid_in_coin and left <= multiply(trip.entered, LARGEST_SHARE)


def is_rounding(quantity: Decimal, entered: Decimal) -> bool:
    """Return whether a quantity is rounding beside what a trip entered.

    It is at most a millionth of it; or up to nine units of a last place (one digit, and zeros),
    where that is at most a ten-thousandth: one satoshi of 0.001 BTC is rounding, one of three
    SHIB is not. Neither depends on how the quantity was cut into fills.
    """
    if quantity > multiply(entered, LAST_PLACE_SHARE):
        return False
    if quantity <= multiply(entered, ROUNDING_SHARE):
        return True
    first, *others = quantity.as_tuple().digits
    return bool(first) and not any(others)


def next_trip(trip: OpenTrip, first: BookFill) -> OpenTrip:
    """Return the trip that the fill will open, with the dust of the last one as its first lots."""
    following = OpenTrip(first, trip.quote)
    following.paid_in_coin = trip.paid_in_coin
    for lot in trip.open_lots():
        following.entered = following.carried = lot.end
        following.entry_notional = add(following.entry_notional, lot.cost_of(lot.quantity))
        following.entry_fees = add(following.entry_fees, lot.fee)
        following.lots.append(lot)
    return following


def split_at_close(fill: BookFill, left: Decimal, trip: OpenTrip) -> tuple[BookFill, BookFill]:
    """Cut a fill that takes more than is left: what closes the trip, and the rest.

    The fee is shared by quantity, but rounding bears none of it.
    """
    closing, rest = split(fill, left)
    if is_rounding(rest.quantity, trip.entered):
        return closing._replace(fee=fill.fee), rest._replace(fee=ZERO)
    return closing, rest


class ClosedOrder(NamedTuple):
    """The order that closed the last trip: the trip's side, its own id, when it ended.

    `entered` is what the trip had entered.
    """

    side: Side
    order_id: str
    last_at: datetime
    entered: Decimal


class Excess:
    """What the order that closed the last trip took beyond it, while all of it may be rounding.

    The fills wait here: they are rounding when another order comes, and open a trip themselves
    when the order takes more than rounding explains.
    """

    __slots__ = ("closed", "fills", "taken")

    def __init__(self) -> None:
        self.closed: ClosedOrder | None = None
        self.taken = ZERO
        self.fills: list[BookFill] = []

    def begin(self, trip: OpenTrip) -> None:
        """Note the trip that has just closed; nothing was taken beyond it yet."""
        self.closed = ClosedOrder(trip.side, trip.exit_order, trip.last_exit_at, trip.entered)
        self.taken = ZERO

    def belongs(self, fill: BookFill) -> bool:
        """Return whether a fill from flat is part of the order that closed the last trip."""
        closed = self.closed
        if closed is None or fill.side == closed.side or fill.order_id != closed.order_id:
            return False
        return bool(fill.order_id) or together(closed.last_at, fill.at)

    def takes(self, fill: BookFill) -> bool:
        """Keep a fill that belongs here if all that was taken is rounding; return whether it is."""
        assert self.closed is not None
        taken = add(self.taken, fill.quantity)
        if not is_rounding(taken, self.closed.entered):
            return False
        self.taken = taken
        self.fills.append(fill)
        return True

    def end(self) -> list[BookFill]:
        """Return the fills that wait, and wait for nothing until the next close."""
        waiting, self.fills, self.closed = self.fills, [], None
        return waiting
