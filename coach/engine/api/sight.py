"""The candles that a desk can see, for whoever draws conclusions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.engine.api.desk import Desk
from coach.engine.store import candles

if TYPE_CHECKING:
    from coach.engine.features.bars import Market
    from coach.engine.jobs.knowing import MarketReader, Reach
    from coach.engine.market.book import Shelf


def any_candles(desk: Desk) -> bool:
    """Say whether any candle of the user is kept."""
    return candles.any_kept(desk.connection, desk.user.id)


def reader(desk: Desk) -> "MarketReader":
    """Return how this desk reads candles: of each symbol the series that covers most.

    What is read raises ObjectTrouble where the object store does not answer.
    """
    from coach.engine.jobs.knowing import no_market

    if desk.objects is None or not any_candles(desk):
        return no_market

    def read(reach: "Reach") -> "Market":
        from coach.engine.jobs.seeing import see

        return see(_shelf(desk), reach)

    return read


def recaller(desk: Desk, names: Sequence[str]) -> "MarketReader":
    """Return how this desk reads these very snapshots again."""
    from coach.engine.jobs.knowing import no_market

    if desk.objects is None or not names:
        return no_market

    def read(reach: "Reach") -> "Market":
        from coach.engine.jobs.seeing import see_again

        return see_again(_shelf(desk).objects, names, reach)

    return read


def _shelf(desk: Desk) -> "Shelf":
    from coach.engine.market.book import Shelf

    assert desk.objects is not None
    return Shelf(desk.connection, desk.objects(), desk.user.id)
