"""All books replayed together, in order of time: what each trade became.

Fixed-quantity: later trades keep their quantities. Compounding: they keep their fraction of the
equity, so that what a rule earned or lost sizes everything after it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter

from coach.engine.ledger.exact import add
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.course import NOTHING, Course, CourseTotals, RealisedMoney
from coach.engine.what_if.prices import Quotes
from coach.engine.what_if.purse import Purse
from coach.engine.what_if.walk import BookWalk, Known
from coach.model.fills import BookFill
from coach.model.times import microseconds
from coach.model.trades import Position, TradeId, Trip


@dataclass(frozen=True, slots=True)
class ReplayedTrade:
    """One trade and what became of it in the replay."""

    trip: Trip
    replay: RealisedMoney
    totals: CourseTotals

    @property
    def actual(self) -> RealisedMoney:
        """Return what it really was."""
        return RealisedMoney(self.trip.gross, self.trip.fees, self.trip.net)

    @property
    def changed(self) -> bool:
        """Say whether anything of it is otherwise in the replay."""
        same_money = self.totals.entered == self.totals.entered_replayed
        return not same_money or self.actual != self.replay


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Every trade, oldest first; `positions` and `fills` are what the replay ends in, per book.

    `other_fees` are fees in third coins that were saved.
    """

    lines: tuple[ReplayedTrade, ...]
    positions: tuple[Position, ...]
    fills: tuple[Sequence[BookFill], ...]
    other_fees: Mapping[str, Decimal]


def replay(
    books: Sequence[tuple[AccountBook, Sequence[Trip]]],
    courses: Mapping[TradeId, Course],
    prices: Mapping[TradeId, Quotes],
    purse: Purse,
    compounding: bool = False,
) -> ReplayResult:
    """Replay books with the trips that the ledger made of each; trades without a course stay.

    `prices` are those of the trips that are traded at prices of their own.
    """
    walks = []
    for book, trips in books:
        openings = {trip.entry_fills[0]: trip for trip in trips}
        known = Known(openings, courses, prices, compounding)
        walks.append(BookWalk(book, known, purse))
    _play([book for book, _ in books], walks)
    lines = [
        ReplayedTrade(trip, walk.money.get(trip.id, NOTHING), walk.totals[trip.id])
        for (_, trips), walk in zip(books, walks, strict=True)
        for trip in trips
    ]
    saved: dict[str, Decimal] = defaultdict(Decimal)
    for walk in walks:
        for coin, fee in walk.other_fees.items():
            saved[coin] = add(saved[coin], fee)
    return ReplayResult(
        tuple(sorted(lines, key=lambda line: (line.trip.opened_us, line.trip.id))),
        tuple(walk.replay.position("fifo") for walk in walks),
        tuple(walk.fills for walk in walks),
        {coin: fee for coin, fee in sorted(saved.items()) if fee},
    )


def _play(books: Sequence[AccountBook], walks: Sequence[BookWalk]) -> None:
    streams = [_numbered(number, book.fills) for number, book in enumerate(books)]
    timed = [walk for walk in walks if walk.timed]
    last = None
    for at, number, _, fill in heapq.merge(*streams, key=itemgetter(0, 1, 2)):
        for walk in timed:  # what they spend or earn by now is there for this fill
            walk.until(microseconds(at))
        walks[number].take(fill)
        last = at
    for walk in walks:
        walk.finish(0 if last is None else microseconds(last))


def _numbered(
    number: int, fills: Sequence[BookFill]
) -> Iterator[tuple[datetime, int, int, BookFill]]:
    return ((fill.at, number, place, fill) for place, fill in enumerate(fills))
