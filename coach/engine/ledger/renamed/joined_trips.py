"""Two positions that became one: a coin was renamed, and its new name was held already.

Their sums are added, and nothing is divided. The trade that was opened first goes on, with its
opening order, and its lots are the first to be closed by FIFO; average cost weighs all coins.
"""

from collections import deque

from coach.engine.ledger.dust import next_trip
from coach.engine.ledger.exact import ZERO, add
from coach.engine.ledger.open_trip import ClosedSoFar, OpenTrip
from coach.model.fills import BookFill

SUMS = (
    "carried",
    "closed_cost",
    "closed_fees",
    "entered",
    "entry_fees",
    "entry_notional",
    "exit_fees",
    "exit_notional",
    "exited",
    "released",
    "released_fees",
)


def joined(one: OpenTrip, other: OpenTrip) -> OpenTrip:
    """Return the trip that goes on: both on the same side, of the same quote currency."""
    first, second = sorted((one, other), key=lambda trip: (trip.opening.first_at, _key(trip)))
    return _add_up(first, first, second)


def with_dust(dust: OpenTrip, trip: OpenTrip) -> OpenTrip:
    """Return a trip that takes what another, which is over, left behind, as its first lots."""
    opening = trip.opening
    nothing = BookFill(
        opening.keys[0], trip.side, ZERO, ZERO, ZERO, "", opening.first_at, opening.order_id
    )
    return _add_up(trip, next_trip(dust, nothing), trip)


def _key(trip: OpenTrip) -> bytes:
    return trip.opening.keys[0]


def _add_up(kept: OpenTrip, front: OpenTrip, back: OpenTrip) -> OpenTrip:
    """Make `kept` (one of both) the sum of both trips, the lots of `front` before those of `back`.

    What FIFO closed of either stays closed, and so does what average cost let go of.
    """
    for trip in (front, back):
        trip.let_go_of_closed()
    ends = (back.exited, front.entered)
    lots = deque(
        lot._replace(end=add(lot.end, more))
        for trip, more in zip((front, back), ends, strict=True)
        for lot in trip.lots
    )
    closes = _closes(front, back)
    last = max((front, back), key=lambda trip: (bool(trip.exited), trip.last_exit_at))
    words = (last.exit_order, last.last_exit_at, last.run_at)
    keys = {**front.exit_keys, **back.exit_keys, **last.exit_keys}
    fees = {**front.other_fees}
    for coin, fee in back.other_fees.items():
        fees[coin] = add(fees.get(coin, ZERO), fee)
    totals = {name: add(getattr(front, name), getattr(back, name)) for name in SUMS}
    kept.fills, kept.reduced = front.fills + back.fills, front.reduced or back.reduced
    kept.paid_in_coin = front.paid_in_coin or back.paid_in_coin
    for name, total in totals.items():
        setattr(kept, name, total)
    kept.lots, kept.closed_so_far, kept.other_fees, kept.exit_keys = lots, closes, fees, keys
    kept.exit_order, kept.last_exit_at, kept.run_at = words
    kept.lots_start = kept.exited_before = kept.exited
    return kept


def _closes(front: OpenTrip, back: OpenTrip) -> list[ClosedSoFar]:
    """Return the closing fills of both in order of time, each with the running sums of both."""
    moments = [(0, each) for each in front.closed_so_far]
    moments += [(1, each) for each in back.closed_so_far]
    latest: list[ClosedSoFar | None] = [None, None]
    found = []
    for whose, each in sorted(moments, key=lambda one: (one[1].at, one[0])):
        latest[whose] = each
        other = latest[1 - whose]
        found.append(each if other is None else _sum(each, other))
    return found


def _sum(each: ClosedSoFar, other: ClosedSoFar) -> ClosedSoFar:
    fees = {**each.other_fees}
    for coin, fee in other.other_fees.items():
        fees[coin] = add(fees.get(coin, ZERO), fee)
    return each._replace(
        quantity=add(each.quantity, other.quantity),
        gross=add(each.gross, other.gross),
        fees=add(each.fees, other.fees),
        other_fees=fees,
    )
