"""How a digest reads the rates into a base currency, and which candles they were read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.api import sight

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from coach.engine.api.session import Session
    from coach.engine.ledger.conversion.rates import Rates
    from coach.engine.ledger.conversion.sums import Realised
    from coach.engine.market.closes import SnapshotClose
    from coach.engine.reports.digest import RateReader
    from coach.model.fees import CandleClose
    from coach.model.fills import Symbol


def rate_reader(
    session: Session, currency: str, names: Sequence[str] | None = None
) -> RateReader | None:
    """Return how rates into a currency are read, None for no currency.

    They are read from the newest candles, or from these very snapshots. What is read raises
    ObjectTrouble where the object store does not answer.
    """
    if not currency:
        return None
    sight.bring_to_hand(session, names)

    def read(parts: Sequence[Realised]) -> tuple[Rates, tuple[str, ...]]:
        return _rates(session, currency, parts, names)

    return read


def _rates(
    session: Session, currency: str, parts: Sequence[Realised], names: Sequence[str] | None
) -> tuple[Rates, tuple[str, ...]]:
    from coach.engine.history.rates import rates_of
    from coach.engine.ledger.conversion.rates import Rates
    from coach.engine.market import closes
    from coach.engine.store import candles

    if session.objects is None or not sight.any_candles(session):
        return Rates(currency), ()
    shelf, used = sight.shelf(session), set[str]()
    named = None if names is None else closes.titles(shelf, names)

    def stored(symbol: Symbol, moments_us: Collection[int]) -> dict[int, SnapshotClose]:
        if named is None:
            return closes.snapshot_closes(shelf, symbol, moments_us)
        return closes.recalled_closes(shelf, named, symbol, moments_us)

    def read(symbol: Symbol, moments_us: Collection[int]) -> dict[int, CandleClose]:
        found = stored(symbol, moments_us)
        used.update(one.sha256 for one in found.values())
        return {at_us: one.close for at_us, one in found.items()}

    if named is None:
        kept = candles.symbols(session.connection, session.user.id)
    else:
        kept = {one.series.symbol for one in named}
    return rates_of(parts, currency, kept, read), tuple(sorted(used))
