"""When a trade's result was realised: by each closing fill, and the rest by the last one.

Every surface that shows money of a day or a week reads it here, so that the weeks of a history add
up to its total.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from coach.engine.ledger.exact import ZERO, plain, subtract
from coach.engine.ledger.other_fees import difference
from coach.model.trades import PartialClose, RoundTrip, Trip

if TYPE_CHECKING:
    from collections.abc import Mapping

AnyTrip = TypeVar("AnyTrip", RoundTrip, Trip)


def realisations(trip: RoundTrip) -> Iterator[PartialClose]:
    """Yield what each closing fill of a trade realised, oldest first; the last one closed it.

    The amounts add up to the trade's own. Of an open trade with nothing closed there is none.
    """
    yield from trip.partial_closes
    if trip.closed_at is not None:
        rest = without_partial_closes(trip)
        amounts = (rest.quantity, rest.gross, rest.fees, rest.other_fees)
        yield PartialClose(trip.closed_at, trip.exit_fills[-1], *amounts)


def open_quantity(trip: RoundTrip) -> Decimal:
    """Return what is open of an open trade, below zero for a short; zero of a closed one."""
    if trip.closed_at is not None:
        return ZERO
    left = trip.quantity
    for part in trip.partial_closes:
        left = subtract(left, part.quantity)
    return plain(left if trip.side == "long" else left.copy_negate())


def without_partial_closes(trip: AnyTrip) -> AnyTrip:
    """Return a closed trip with the quantity and the result of its last close alone."""
    if not trip.partial_closes:
        return trip
    quantity, gross, fees = trip.quantity, trip.gross, trip.fees
    others: Mapping[str, Decimal] = trip.other_fees
    for part in trip.partial_closes:
        quantity = subtract(quantity, part.quantity)
        gross = subtract(gross, part.gross)
        fees = subtract(fees, part.fees)
        others = difference(others, part.other_fees)
    return trip._replace(
        quantity=plain(quantity),
        gross=plain(gross),
        fees=plain(fees),
        net=plain(subtract(gross, fees)),
        other_fees={**others},
        partial_closes=(),
    )
