"""What was realised in one week, counted and added up per quote currency."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from coach.engine.digest.figures import exact
from coach.engine.ledger.exact import ZERO, add, subtract
from coach.engine.ledger.other_fees import total
from coach.engine.ledger.realised import realisations
from coach.model.insights import Fact
from coach.model.trades import OUTCOMES, Outcome, PartialClose, RoundTrip, outcome
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Sums:
    """Money in one quote currency; `unvalued` are fees in other coins, which are in none of it."""

    gross: Decimal = ZERO
    fees: Decimal = ZERO
    net: Decimal = ZERO
    unvalued: Mapping[str, Decimal] = field(default_factory=dict)

    def plus(self, part: PartialClose) -> "Sums":
        """Return the sums with what one more closing fill realised."""
        net = subtract(part.gross, part.fees)
        unvalued = total(self.unvalued, part.other_fees) if part.other_fees else self.unvalued
        return Sums(
            add(self.gross, part.gross), add(self.fees, part.fees), add(self.net, net), unvalued
        )


NO_MONEY = Sums()


@dataclass(frozen=True, slots=True)
class WeekTally:
    """What came of a week: the trades that were closed in it, and the money realised in it.

    `sums` are all that was realised in the week, by whatever closed a trade or a part of one.
    `left_open` are the trades that were partly closed in it and stayed open, `of_open` what that
    realised, a part of `sums`. `earlier` is what the closed trades had realised before the week,
    which is not in `sums`. `parts` are the closing fills of the week, each with its currency.
    """

    trades: tuple[RoundTrip, ...]
    left_open: tuple[RoundTrip, ...]
    outcomes: dict[Outcome, int]
    sums: dict[str, Sums]
    of_open: dict[str, Sums]
    earlier: dict[str, Sums]
    parts: tuple[tuple[str, PartialClose], ...] = ()

    @property
    def other_fees(self) -> dict[str, Decimal]:
        """Return the fees of the week in coins that are not valued."""
        fees: dict[str, Decimal] = {}
        for sums in self.sums.values():
            fees = total(fees, sums.unvalued)
        return fees

    def quotes(self) -> list[str]:
        """Return the quote currencies, the one with most trades first."""
        used = Counter(map(quote_of, (*self.trades, *self.left_open)))
        return sorted(self.sums, key=lambda quote: (-used[quote], quote))

    def sample(self) -> dict[str, Fact]:
        """Return the counts and sums as evidence states them."""
        sample: dict[str, Fact] = {
            name: count for name, count in self.outcomes.items() if count or name != "unknown"
        }
        sample["closed"] = len(self.trades)
        sample |= _stated("", self.sums)
        if self.left_open:
            sample["partly closed"] = len(self.left_open)
            sample |= _stated("of open trades ", self.of_open)
        sample |= _stated("realised earlier ", self.earlier)
        for coin, fee in self.other_fees.items():
            sample[f"other fees {coin}"] = exact(fee)
        return sample


def _stated(of_what: str, money: dict[str, Sums]) -> dict[str, Fact]:
    return {
        f"{of_what}{name} {quote}": exact(getattr(sums, name))
        for quote, sums in money.items()
        for name in ("gross", "fees", "net")
    }


def tally(trades: Iterable[RoundTrip], start: datetime, end: datetime) -> WeekTally:
    """Add up what was realised in [start, end); the order that trades come in is nothing."""
    touched = [(trip, list(realisations(trip))) for trip in sorted(trades, key=lambda one: one.id)]
    inside = [(trip, [one for one in parts if start <= one.at < end]) for trip, parts in touched]
    closed = tuple(trip for trip, _ in inside if _closed_within(trip, start, end))
    left_open = tuple(
        trip for trip, parts in inside if parts and not _closed_within(trip, start, end)
    )
    outcomes = dict.fromkeys(OUTCOMES, 0)
    for trip in closed:
        outcomes[outcome(trip.net, trip.fees, trip.other_fees)] += 1
    earlier = [
        (trip, [one for one in parts if one.at < start])
        for trip, parts in touched
        if _closed_within(trip, start, end)
    ]
    return WeekTally(
        trades=closed,
        left_open=left_open,
        outcomes=outcomes,
        sums=_added_up(inside),
        of_open=_added_up((trip, parts) for trip, parts in inside if trip in left_open),
        earlier=_added_up(earlier),
        parts=tuple((quote_of(trip), part) for trip, parts in inside for part in parts),
    )


def _closed_within(trip: RoundTrip, start: datetime, end: datetime) -> bool:
    return trip.closed_at is not None and start <= trip.closed_at < end


def _added_up(realised: Iterable[tuple[RoundTrip, list[PartialClose]]]) -> dict[str, Sums]:
    sums: dict[str, Sums] = {}
    for trip, parts in realised:
        for part in parts:
            sums[quote_of(trip)] = sums.get(quote_of(trip), NO_MONEY).plus(part)
    return dict(sorted(sums.items()))


def quote_of(trip: RoundTrip) -> str:
    """Return the currency a trade is settled in."""
    return trip.symbol.rpartition("-")[2]
