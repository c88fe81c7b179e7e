"""A what-if from beginning to end: decide, replay, compare with luck, and the four numbers.

Decisions are made on the history as it was, with what was known before each. The four numbers of a
sample are what the trades made, what they would have made, the fees that would not have been paid,
and what of the rest luck does not explain. The same inputs give the same answer.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np

from coach.engine.features.bars import NO_MARKET, Market
from coach.engine.features.trader import NOBODY, Trader
from coach.engine.ledger.exact import ZERO, add, subtract
from coach.engine.what_if.attributable import Gain, attributable
from coach.engine.what_if.books import AccountBook, matched, past_of
from coach.engine.what_if.course import AS_IT_WAS, Course, RealisedMoney
from coach.engine.what_if.decisions import WHOLE, Decisions, decide
from coach.engine.what_if.luck import Luck, luck
from coach.engine.what_if.prices import Quotes, quotes_of
from coach.engine.what_if.purse import Purse
from coach.engine.what_if.replay import ReplayedTrade, ReplayResult, replay
from coach.engine.what_if.sample import TradeSample, sample_of
from coach.engine.what_if.scenario import Scenario, neighbours
from coach.errors import UnknownBeginning
from coach.model.times import WEEK_US
from coach.model.trades import TradeId

LEFT_OUT = Course(share=ZERO)
MONDAY_US = 4 * 86_400_000_000
NO_CANDLES = "no candles of the symbol: a delay, a stop or a target needs prices"
NOT_COVERED = "no candles of that time: a delay, a stop or a target needs prices"


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """All that a trader did, and what is known beside it.

    Entries from `start_us` up to but not including `end_us` are simulated. `money` is what the
    accounts began with, deposits included, None when nobody said.
    """

    books: Sequence[AccountBook]
    market: Market = NO_MARKET
    trader: Trader = NOBODY
    money: Decimal | None = None
    start_us: int = 0
    end_us: int = 1 << 62


class SkippedSymbol(NamedTuple):
    """A symbol in which nothing was done otherwise, why, and how many trades that were."""

    symbol: str
    reason: str
    entries: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """The four numbers of one sample in one currency, and where luck would have put them.

    `entries` and `changed` count trades. `fees_saved` is exact: fees that were paid less those
    that the replay pays, open trades included.
    """

    quote: str
    entries: int
    changed: int
    actual: RealisedMoney
    replay: RealisedMoney
    fees_saved: Decimal
    gain: Gain | None
    percentile: float | None
    luck: Luck


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioReplay:
    """One scenario, replayed: the lines inside the window with what was done in each."""

    scenario: Scenario
    decisions: Decisions
    lines: tuple[tuple[ReplayedTrade, Course], ...]
    replayed: ReplayResult
    refused: tuple[SkippedSymbol, ...]

    def between(self, start_us: int, end_us: int) -> "tuple[tuple[ReplayedTrade, Course], ...]":
        """Return the lines that were opened in [start_us, end_us)."""
        return tuple(one for one in self.lines if start_us <= one[0].trip.opened_us < end_us)


class Stage:
    """A history that scenarios are played on. Its ledger runs once."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.books = [(book, matched(book)) for book in inputs.books]
        self.trips = [trip for _, trips in self.books for trip in trips]
        past = past_of(self.trips, inputs.books)
        self.history = past.beside(past.orders, inputs.market, inputs.trader)
        opened = self.history.opened_us
        self.inside = (opened >= inputs.start_us) & (opened < inputs.end_us)
        self.simulated = {self.history.ids[row] for row in np.flatnonzero(self.inside).tolist()}

    @property
    def quotes(self) -> tuple[str, ...]:
        """Return the currencies, in alphabetical order."""
        return self.history.quotes

    @cached_property
    def prices(self) -> dict[TradeId, Quotes]:
        """Return the prices that simulated trades are replayed at, where candles cover them."""
        wanted = (trip for trip in self.trips if trip.id in self.simulated)
        return quotes_of(self.inputs.market, wanted, self.inputs.end_us)

    @property
    def first_monday_us(self) -> int:
        """Return the Monday 00:00 UTC of the week of the first entry that is simulated."""
        first = int(self.history.opened_us[self.inside].min())
        return (first - MONDAY_US) // WEEK_US * WEEK_US + MONDAY_US

    @property
    def weeks(self) -> int:
        """Return how many weeks the simulated entries span."""
        if not self.inside.any():
            return 0
        last = int(self.history.opened_us[self.inside].max())
        return (last - self.first_monday_us) // WEEK_US + 1

    def play(self, scenario: Scenario, *, compounding: bool = False) -> ScenarioReplay:
        """Replay a scenario; UnknownBeginning for compounding without a known beginning."""
        money = self.inputs.money if len(self.quotes) == 1 else None
        if compounding and money is None:
            raise UnknownBeginning
        decisions = decide(scenario, self.history, self.inside)
        courses, refused = self._courses(scenario, decisions)
        replayed = replay(self.books, courses, self.prices, Purse(money), compounding)
        lines = tuple(
            (line, courses.get(line.trip.id, AS_IT_WAS))
            for line in replayed.lines
            if line.trip.id in self.simulated
        )
        return ScenarioReplay(scenario, decisions, lines, replayed, refused)

    def _courses(
        self, scenario: Scenario, decisions: Decisions
    ) -> tuple[dict[TradeId, Course], tuple[SkippedSymbol, ...]]:
        courses: dict[TradeId, Course] = {}
        refused: Counter[str] = Counter()
        adds = frozenset(decisions.adds)
        every = scenario.needs_prices or scenario.untouched or adds
        for trip in self.trips:
            if trip.id not in self.simulated:
                continue
            if not (every or trip.id in decisions.skipped or trip.id in decisions.share):
                continue
            if trip.id in decisions.skipped:
                courses[trip.id] = LEFT_OUT
                continue
            priced = scenario.needs_prices and trip.id in self.prices
            if scenario.needs_prices and not priced:
                refused[trip.symbol] += 1
            share = decisions.share.get(trip.id, WHOLE)
            courses[trip.id] = Course(
                share=share,
                delay_us=scenario.delay_us if priced else 0,
                stop=scenario.stop if priced else None,
                target=scenario.target if priced else None,
                untouched=scenario.untouched,
                adds=adds,
            )
        named = (
            SkippedSymbol(symbol, self._why_unpriced(symbol), count)
            for symbol, count in sorted(refused.items())
        )
        kept = {trade: course for trade, course in courses.items() if course != AS_IT_WAS}
        return kept, tuple(named)

    def _why_unpriced(self, symbol: str) -> str:
        return NOT_COVERED if self.inputs.market.series(symbol) else NO_CANDLES


def numbers(
    lines: Sequence[tuple[ReplayedTrade, Course]], sample: TradeSample, seed: int
) -> Numbers:
    """Return the four numbers of lines of one currency; `sample` is those that have closed."""
    drawn = luck(sample, seed)
    touched = bool((sample.removed > 0).any() or sample.otherwise.any())
    return Numbers(
        quote=sample.quote,
        entries=len(lines),
        changed=sum(line.changed for line, _ in lines),
        actual=total(line.actual for line, _ in lines),
        replay=total(line.replay for line, _ in lines),
        fees_saved=fees_saved(line for line, _ in lines),
        gain=attributable(sample, seed),
        percentile=drawn.percentile(seed) if touched else None,
        luck=drawn,
    )


def total(parts: Iterable[RealisedMoney]) -> RealisedMoney:
    """Return the exact sum."""
    gross = fees = net = ZERO
    for part in parts:
        gross, fees, net = add(gross, part.gross), add(fees, part.fees), add(net, part.net)
    return RealisedMoney(gross, fees, net)


def fees_saved(lines: Iterable[ReplayedTrade]) -> Decimal:
    """Return the fees in the quote currency that were paid and would not have been."""
    saved = ZERO
    for line in lines:
        saved = add(saved, subtract(line.totals.paid, line.totals.paid_replayed))
    return saved


def learned(stage: Stage, scenario: Scenario, end_us: int, formula: str) -> ScenarioReplay:
    """Return the scenario, one threshold moved, whose gain was largest before `end_us`.

    What comes after is not looked at. Of equal gains the first stands, and what was given is first.
    """
    best: tuple[float, ScenarioReplay] | None = None
    for one in neighbours(scenario):
        played = stage.play(one)
        early = played.between(stage.inputs.start_us, end_us)
        samples = (sample_of(lines, quote) for quote, lines in by_quote(stage, early))
        gains = (attributable(sample, sample.seed(formula)) for sample in samples)
        worth = sum(gain.mean for gain in gains if gain is not None)
        if best is None or worth > best[0]:
            best = worth, played
    assert best is not None
    return best[1]


def by_quote(
    stage: Stage, lines: Sequence[tuple[ReplayedTrade, Course]]
) -> Iterator[tuple[str, Sequence[tuple[ReplayedTrade, Course]]]]:
    """Yield each currency with its lines."""
    for quote in stage.quotes:
        own = [one for one in lines if one[0].trip.quote == quote]
        if own:
            yield quote, own
