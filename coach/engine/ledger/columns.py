"""Round trips as the columns that behaviour is read from."""

from datetime import UTC, datetime

from coach.model.trades import NO_FEES, RoundTrip, Trip

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_columns(trip: RoundTrip) -> Trip:
    """Return the columns of a round trip."""
    return Trip(
        trip.id,
        trip.symbol,
        trip.symbol.rpartition("-")[2],
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


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 UTC of an aware time."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
