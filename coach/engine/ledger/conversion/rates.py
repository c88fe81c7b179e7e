"""How money of one currency is told in another, by the closes of stored candles.

10 USD are 10 x the close of USD-EUR in euros, or 10 / the close of EUR-USD. Where neither is stored
two candles that share a currency may tell: BTC-USD and BTC-EUR. Otherwise there is no rate, and
nothing is ever taken to be worth the same as something else.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from coach.engine.ledger.exact import multiply, quotient, rounded
from coach.model.fees import CandleClose
from coach.model.fills import Symbol
from coach.model.times import microseconds
from coach.values import dataclass

Way = tuple[Symbol, ...]
Rate = tuple[CandleClose, ...]
"""The candles through which a currency becomes another, in order; none where it is the same."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates into `currency` that are known, by the other currency and the moment (us)."""

    currency: str
    known: Mapping[tuple[str, int], Rate] = field(default_factory=dict)

    def at(self, currency: str, moment: datetime) -> Rate | None:
        """Return the rate of a currency at a moment; None where no stored candle tells it."""
        if currency == self.currency:
            return ()
        return self.known.get((currency, microseconds(moment)))


def ways(currency: str, into: str, kept: Collection[Symbol]) -> Iterator[Way]:
    """Yield the ways through stored candles: the pair, the pair the other way round, two pairs.

    Of two pairs those that need no division come first, then the shared currency decides by name.
    """
    yield from _between(currency, into, kept)
    ends = {currency, into}
    names = {name for symbol in kept for name in _names(symbol)} - ends
    through = [
        (first, second)
        for shared in sorted(names)
        for (first,) in _between(currency, shared, kept)
        for (second,) in _between(shared, into, kept)
    ]
    yield from sorted(through, key=lambda way: _divisions(currency, way))


def convert(amount: Decimal, currency: str, rate: Rate) -> Decimal:
    """Return what an amount is at a rate, rounded once, half to even, at 18 decimals."""
    for candle in rate:
        base, quote = _names(candle.symbol)
        if currency == base:
            amount, currency = multiply(amount, candle.close), quote
        else:
            amount, currency = quotient(amount, candle.close), base
    return rounded(amount)


def _between(currency: str, into: str, kept: Collection[Symbol]) -> Iterator[Way]:
    for symbol in (Symbol(f"{currency}-{into}"), Symbol(f"{into}-{currency}")):
        if symbol in kept:
            yield (symbol,)


def _divisions(currency: str, way: Way) -> int:
    first, second = way
    base, quote = _names(first)
    shared = quote if base == currency else base
    return (base != currency) + (_names(second)[0] != shared)


def _names(symbol: Symbol) -> tuple[str, str]:
    base, _, quote = symbol.rpartition("-")
    return base, quote
