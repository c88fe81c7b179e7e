"""Dust: what fees in the coin itself leave behind, too little for the broker's smallest order.

Who buys 0.123 BTC, pays 0.000123 BTC and sells all that the broker lets him sell, 0.1228, has
got out, although 0.000077 BTC stay in the account. Such a trip is closed by that sale, with the
result of what was sold. The remainder stays open in the position at its own cost and moves into
the next trip, as its first lots. A position without fees in its coin is flat at zero only.
"""

from decimal import Decimal

from coach.engine.ledger.exact import add, multiply, subtract
from coach.engine.ledger.open_trip import OpenTrip
from coach.model.fills import BookFill

LARGEST_SHARE = Decimal("0.01")


def is_dust(trip: OpenTrip) -> bool:
    """Return whether, after a close, at most a hundredth of what the trip entered is left."""
    if not (trip.paid_in_coin and trip.reduced):
        return False
    return subtract(trip.entered, trip.exited) <= multiply(trip.entered, LARGEST_SHARE)


def next_trip(trip: OpenTrip, first: BookFill) -> OpenTrip:
    """Return the trip that the fill will open, with the dust of the last one as its first lots."""
    following = OpenTrip(first, trip.quote)
    following.paid_in_coin = True
    for lot in trip.open_lots():
        following.entered = lot.end
        following.entry_notional = add(following.entry_notional, multiply(lot.quantity, lot.price))
        following.entry_fees = add(following.entry_fees, lot.fee)
        following.lots.append(lot)
    pool = trip.left("average")
    following.released = subtract(following.entry_notional, pool.cost)
    following.released_fees = subtract(following.entry_fees, pool.fees)
    return following
