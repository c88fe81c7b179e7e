"""The rates into one currency at the moments that are asked about, read from stored candles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.ledger.conversion.rates import Rates, ways
from coach.model.times import microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from coach.engine.history.inputs import CloseReader
    from coach.engine.ledger.conversion.rates import Rate
    from coach.engine.ledger.conversion.sums import Realised
    from coach.model.fills import Symbol


def rates_of(
    parts: Iterable[Realised], currency: str, kept: Collection[Symbol], read_closes: CloseReader
) -> Rates:
    """Return the rates at which what was realised becomes that currency.

    Of several ways the first is taken whose candles contain the moment. Raises what reading candles
    raises.
    """
    moments: dict[str, set[int]] = {}
    for quote, part in parts:
        if quote != currency:
            moments.setdefault(quote, set()).add(microseconds(part.at))
    known: dict[tuple[str, int], Rate] = {}
    for quote, left in moments.items():
        for way in ways(quote, currency, kept):
            if not left:
                break
            closes = [read_closes(symbol, left) for symbol in way]
            told = left.intersection(*closes)
            known |= {(quote, at): tuple(one[at] for one in closes) for at in told}
            left -= told  # noqa: PLW2901 -- what is left of the same moments
    return Rates(currency, known)
