"""Which entries a scenario could not be judged on, and what was missing for them.

An entry that is skipped needs no more data. Every other one is judged by each part of the scenario:
by its rules, and by the candles that a delay, a stop or a target trades at. Where a part could
judge no entry at all, nothing can be said of the scenario.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from coach.engine.rules.evaluate import awake, lacks, unjudged
from coach.engine.rules.kinds.catalogue import needs
from coach.model.candles import QUARTER
from coach.model.times import DAY_US, SECOND_US, instant, microseconds
from coach.model.trades import TradeId

if TYPE_CHECKING:
    from coach.engine.what_if.decisions import Decisions
    from coach.engine.what_if.prices import Quotes
    from coach.engine.what_if.replay import ReplayedTrade
    from coach.engine.what_if.scenario import Scenario
    from coach.engine.what_if.simulate import ScenarioReplay, Stage
    from coach.model.events import Json
    from coach.model.rules import Rule

Lack = Literal[
    "candles",
    "more candles",
    "finer candles",
    "longer trades",
    "equity",
    "one quote currency for equity",
    "orders",
]
"""What is missing: any candles; candles of a part of the trade; bars shorter than the trade, which
there may be ("finer candles") or not ("longer trades"); money; orders."""

DECIDED: Final = frozenset({"stopped", "target", "dropped"})
EQUITY: Final[Mapping[str, Lack]] = {
    "equity": "equity",
    "one quote currency for equity": "one quote currency for equity",
}
CANDLES_BEFORE_US: Final = 15 * DAY_US
"""So far before an entry a rule may look at candles: two weeks, and what a fetch rounds."""
WELL_COVERED: Final = 0.95
"""The share of a trade that candles cover, from which on nothing of it is called missing."""


class MissingData(NamedTuple):
    """What is missing for an entry in a symbol, and for which time, in microseconds UTC."""

    what: Lack
    symbol: str
    since_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class ScenarioPart:
    """A part of a scenario, the entries that it skips, and what is missing for those it keeps.

    `names` are a rule's id, or those of interventions.
    """

    names: tuple[str, ...]
    skipped: frozenset[TradeId]
    missing: Mapping[TradeId, MissingData]


class DataGap(NamedTuple):
    """What is missing of a symbol (None: of none), when, for how many entries, asked by what."""

    what: Lack
    symbol: str | None
    since_us: int
    until_us: int
    entries: int
    by: tuple[str, ...]

    def as_json(self) -> "dict[str, Json]":
        """Return it as JSON, with the days in UTC."""
        first, last = (instant(us).date().isoformat() for us in (self.since_us, self.until_us))
        return {
            "what": self.what,
            "symbol": self.symbol,
            "since": first,
            "until": last,
            "entries": self.entries,
            "by": list(self.by),
        }


class SampleGaps(NamedTuple):
    """How many entries could be judged, whether nothing can be said, and what was missing."""

    judged: int
    unsayable: bool
    gaps: tuple[DataGap, ...]


class ScenarioGaps:
    """What was missing for the entries of one replay."""

    def __init__(self, stage: "Stage", played: "ScenarioReplay") -> None:
        self._skipped = frozenset(played.decisions.skipped)
        kept = [line for line, _ in played.lines if line.trip.id not in self._skipped]
        self._parts = [
            _rule_part(rule, stage, kept, played.decisions) for rule in played.scenario.rules
        ]
        if played.scenario.needs_prices:
            missing = dict(_without_prices(stage, kept, played.scenario))
            self._parts.append(ScenarioPart(played.scenario.priced, frozenset(), missing))

    def of(self, entries: Iterable[TradeId]) -> SampleGaps:
        """Return what was missing for these entries."""
        asked = frozenset(entries)
        kept = asked - self._skipped
        missing = [
            (part.names, {trade: one for trade, one in part.missing.items() if trade in kept})
            for part in self._parts
        ]
        unjudged_ = frozenset[TradeId]().union(*(_unjudged(found) for _, found in missing))
        unsayable = any(
            kept and not part.skipped & asked and _unjudged(found) >= kept
            for part, (_, found) in zip(self._parts, missing, strict=True)
        )
        return SampleGaps(len(asked - unjudged_), bool(unsayable), tuple(_grouped(missing)))


def _unjudged(missing: Mapping[TradeId, MissingData]) -> frozenset[TradeId]:
    """Return the entries that were not judged at all; the others lack candles of a part."""
    return frozenset(trade for trade, one in missing.items() if one.what != "more candles")


def _rule_part(
    rule: "Rule", stage: "Stage", kept: Sequence["ReplayedTrade"], decisions: "Decisions"
) -> ScenarioPart:
    skipped = frozenset(trade for trade, names in decisions.skipped.items() if rule.id in names)
    return ScenarioPart((rule.id,), skipped, dict(_missing_of_rule(rule, stage, kept)))


def _missing_of_rule(
    rule: "Rule", stage: "Stage", kept: Sequence["ReplayedTrade"]
) -> Iterator[tuple[TradeId, MissingData]]:
    needed = needs(rule.kind, rule.params)
    general = [name for name in lacks(rule, stage.history) if name in EQUITY]
    blind = unjudged([awake(rule)], stage.history, stage.history.trader.zone)
    of_trade = blind.get(rule.id, frozenset())
    data: Lack = "candles" if "candles" in needed else "orders"
    for line in kept:
        trip, opened = line.trip, line.trip.opened_us
        what = EQUITY[general[0]] if general else data
        if general or trip.id in of_trade:
            begins = opened - CANDLES_BEFORE_US if what == "candles" else opened
            yield trip.id, MissingData(what, trip.symbol, begins, opened)


def _without_prices(
    stage: "Stage", kept: Sequence["ReplayedTrade"], scenario: "Scenario"
) -> Iterator[tuple[TradeId, MissingData]]:
    exits = scenario.stop is not None or scenario.target is not None
    known_until = max(microseconds(book.fills[-1].at) for book in stage.inputs.books)
    for line in kept:
        trip, quotes = line.trip, stage.prices.get(line.trip.id)
        opened = trip.opened_us
        ends = known_until if trip.closed_us is None else trip.closed_us
        what: Lack | None = None
        if quotes is None or "unpriced" in line.totals.marks:
            what = "candles"
        elif exits and not line.totals.marks & DECIDED:
            what = _of_exits(quotes, opened, ends)
        if what is not None:
            yield trip.id, MissingData(what, trip.symbol, opened, ends)


def _of_exits(quotes: "Quotes", opened_us: int, ends_us: int) -> Lack | None:
    """Return what is missing to say whether a trade met a stop or a target."""
    if quotes.covered < WELL_COVERED:
        return "more candles"
    if quotes.first_row(opened_us) < quotes.ended(ends_us):
        return None
    return "finer candles" if quotes.bars.step_us > QUARTER * SECOND_US else "longer trades"


def _grouped(
    missing: Sequence[tuple[tuple[str, ...], Mapping[TradeId, MissingData]]],
) -> Iterator[DataGap]:
    groups: dict[tuple[str, Lack], list[tuple[str, TradeId, MissingData]]] = {}
    for names, found in missing:
        for trade, one in found.items():
            symbol = "" if one.what in EQUITY else one.symbol
            groups.setdefault((symbol, one.what), []).extend((name, trade, one) for name in names)
    for (symbol, what), lacking in sorted(groups.items()):
        yield DataGap(
            what,
            symbol or None,
            min(one.since_us for _, _, one in lacking),
            max(one.until_us for _, _, one in lacking),
            len({trade for _, trade, _ in lacking}),
            tuple(dict.fromkeys(name for name, _, _ in lacking)),
        )
