"""Realised money of several currencies, added up in one."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce

from coach.engine.ledger.conversion.rates import Rate, Rates, convert
from coach.engine.ledger.exact import ZERO, add, subtract
from coach.engine.ledger.realised import realisations
from coach.model.bookkeeping.base_currency import BaseSums, MoneySums, PositionWorth, RateUse
from coach.model.fees import CandleClose
from coach.model.trades import PartialClose, RoundTrip

Realised = tuple[str, PartialClose]
"""What one closing fill realised, and in which currency."""


def realised(trips: Iterable[RoundTrip]) -> Iterator[Realised]:
    """Yield what each closing fill of the trades realised, with its currency."""
    for trip in trips:
        quote = trip.symbol.rpartition("-")[2]
        for part in realisations(trip):
            yield quote, part


def add_up(parts: Iterable[Realised], rates: Rates) -> BaseSums:
    """Return what was realised in the currency of the rates; what has no rate is left apart."""
    total, left = MoneySums(), dict[str, MoneySums]()
    used = set[CandleClose]()
    for quote, part in parts:
        rate = rates.at(quote, part.at)
        if rate is None:
            own = part.gross, part.fees
            left[quote] = _with(left.get(quote, MoneySums()), *own)
        else:
            total = _with(total, *amounts(quote, part, rate))
            used |= {*rate}
    return BaseSums(rates.currency, total, dict(sorted(left.items())), rate_uses(used))


def amounts(quote: str, part: PartialClose, rate: Rate) -> tuple[Decimal, Decimal]:
    """Return the gross and the fees of a closing fill at a rate; each is rounded once."""
    return convert(part.gross, quote, rate), convert(part.fees, quote, rate)


def worth_of_all(positions: Iterable[PositionWorth]) -> Decimal | None:
    """Return what the positions come to that stored candles tell; None where they tell none."""
    values = [one.value for one in positions if one.value is not None]
    return reduce(add, values, ZERO) if values else None


def rate_uses(candles: Iterable[CandleClose]) -> tuple[RateUse, ...]:
    """Return which candles were used, by pair, source and length."""
    by_series: dict[tuple[str, str, int], list[CandleClose]] = {}
    for one in candles:
        by_series.setdefault((one.symbol, one.source, one.granularity), []).append(one)
    return tuple(
        RateUse(
            those[0].symbol,
            those[0].source,
            those[0].granularity,
            len(those),
            min(one.start for one in those),
            max(one.start for one in those),
        )
        for _, those in sorted(by_series.items())
    )


def _with(sums: MoneySums, gross: Decimal, fees: Decimal) -> MoneySums:
    return MoneySums(
        add(sums.gross, gross),
        add(sums.fees, fees),
        add(sums.net, subtract(gross, fees)),
        sums.closes + 1,
    )
