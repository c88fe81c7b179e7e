"""The closed trades of one week, counted and added up per quote currency."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from coach.engine.digest.figures import exact
from coach.engine.ledger.exact import ZERO, add
from coach.model.insights import Fact
from coach.model.trades import Outcome, RoundTrip, outcome


@dataclass(frozen=True, slots=True)
class Sums:
    """Money in one quote currency."""

    gross: Decimal = ZERO
    fees: Decimal = ZERO
    net: Decimal = ZERO

    def plus(self, trip: RoundTrip) -> "Sums":
        """Return the sums with one more trade."""
        return Sums(add(self.gross, trip.gross), add(self.fees, trip.fees), add(self.net, trip.net))


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some closed trades. `other_fees` are in coins that are not valued."""

    trades: tuple[RoundTrip, ...]
    outcomes: dict[Outcome, int]
    sums: dict[str, Sums]
    other_fees: dict[str, Decimal]

    def quotes(self) -> list[str]:
        """Return the quote currencies, the one with most trades first."""
        used = Counter(map(quote_of, self.trades))
        return sorted(self.sums, key=lambda quote: (-used[quote], quote))

    def sample(self) -> dict[str, Fact]:
        """Return the counts and sums as evidence states them."""
        sample: dict[str, Fact] = dict(self.outcomes.items())
        sample["closed"] = len(self.trades)
        for quote, sums in self.sums.items():
            sample[f"gross {quote}"] = exact(sums.gross)
            sample[f"fees {quote}"] = exact(sums.fees)
            sample[f"net {quote}"] = exact(sums.net)
        for coin, fee in self.other_fees.items():
            sample[f"other fees {coin}"] = exact(fee)
        return sample


def tally(trades: Iterable[RoundTrip]) -> Tally:
    """Add up closed trades; the order they come in is nothing."""
    outcomes: dict[Outcome, int] = {"win": 0, "loss": 0, "break_even": 0}
    sums: dict[str, Sums] = {}
    other_fees: dict[str, Decimal] = {}
    closed = tuple(sorted(trades, key=lambda trip: trip.id))
    for trip in closed:
        outcomes[outcome(trip.net, trip.fees)] += 1
        sums[quote_of(trip)] = sums.get(quote_of(trip), Sums()).plus(trip)
        for coin, fee in trip.other_fees.items():
            other_fees[coin] = add(other_fees.get(coin, ZERO), fee)
    return Tally(closed, outcomes, dict(sorted(sums.items())), dict(sorted(other_fees.items())))


def quote_of(trip: RoundTrip) -> str:
    """Return the currency a trade is settled in."""
    return trip.symbol.rpartition("-")[2]
