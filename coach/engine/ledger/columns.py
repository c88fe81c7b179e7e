"""Round trips as the columns that behaviour is read from."""

from sys import intern

from coach.model.times import microseconds
from coach.model.trades import NO_FEES, RoundTrip, Trip


def as_columns(trip: RoundTrip) -> Trip:
    """Return the columns of a round trip."""
    return Trip(
        trip.id,
        trip.symbol,
        intern(trip.symbol.rpartition("-")[2]),
        trip.side,
        microseconds(trip.opened_at),
        None if trip.closed_at is None else microseconds(trip.closed_at),
        trip.gross,
        trip.fees,
        trip.net,
        trip.quantity,
        trip.entry_notional,
        trip.entry_fills,
        trip.exit_fills,
        trip.partial_closes,
        trip.other_fees or NO_FEES,
    )
