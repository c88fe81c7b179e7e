"""What each week of an experiment came to, from the trader's own round trips.

A week's trades are those that were opened in it: the rule speaks when a trade is opened. They
count with what they had come to by the end of the week's block, so that a number told once does
not change when an old trade closes at last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from coach.engine.ledger.exact import add, multiply
from coach.model.experiments import Measure
from coach.model.trades import RoundTrip, TradeId

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ExperimentWeek:
    """One week: its name, whether the rule is on, [since, until), and when its block ends."""

    week: str
    on: bool
    since: datetime
    until: datetime
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class CountedWeek:
    """A week that is counted.

    `entries`, `broken` (those that broke the rule) and `left_open` count trades of every
    currency; `net` and `notional` are exact, of the closed trades in one quote currency.
    """

    week: str
    on: bool
    entries: int
    broken: int
    left_open: int
    net: Decimal
    notional: Decimal

    def value(self, measure: Measure) -> Decimal | float | int:
        """Return the outcome: exact money, a fraction of the notional, or a count."""
        match measure:
            case "net":
                return self.net
            case "return":
                return float(self.net / self.notional) if self.notional else 0.0
            case "breaches":
                return self.broken
            case "entries":
                return self.entries
            case _:
                assert_never(measure)


def weeks(
    spans: Sequence[ExperimentWeek],
    trips: Iterable[RoundTrip],
    broken: Mapping[TradeId, datetime],
    quote: str | None,
) -> list[CountedWeek]:
    """Count every span. `broken` says when a trade first broke the rule."""
    held: list[list[RoundTrip]] = [[] for _ in spans]
    for trip in trips:
        for place, span in enumerate(spans):
            if span.since <= trip.opened_at < span.until:
                held[place].append(trip)
    return [_week(span, mine, broken, quote) for span, mine in zip(spans, held, strict=True)]


def _week(
    span: ExperimentWeek,
    trips: list[RoundTrip],
    broken: Mapping[TradeId, datetime],
    quote: str | None,
) -> CountedWeek:
    closed = [trip for trip in trips if trip.closed_at and trip.closed_at < span.counted_at]
    mine = [trip for trip in closed if trip.symbol.rpartition("-")[2] == quote]
    net, notional = ZERO, ZERO
    for trip in mine:
        net = add(net, trip.net)
        notional = add(notional, multiply(trip.quantity, trip.entry))
    return CountedWeek(
        span.week,
        span.on,
        entries=len(trips),
        broken=sum(broken.get(trip.id, span.counted_at) < span.counted_at for trip in trips),
        left_open=len(trips) - len(closed),
        net=net,
        notional=notional,
    )
