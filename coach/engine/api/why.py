"""The evidence for a trade, or for a finding about a habit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api import excursions, insights, own_fills
from coach.engine.api.browse.trade_context import trade_context
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.promises import labels, questions, suggestions
from coach.engine.api.promises.commitments import standing_for
from coach.engine.store import accounts, fee_values, notes, trades
from coach.engine.store import insights as store_insights
from coach.engine.store.promises import labels as store_labels
from coach.engine.store.promises import rules
from coach.model.times import HOUR_US, SECOND_US
from coach.model.trades import outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.excursions import TradeExcursion
    from coach.engine.api.promises.labels import Agreement
    from coach.engine.api.promises.suggestions import RuleSuggestion
    from coach.engine.api.session import Session
    from coach.engine.features.bars import Bars
    from coach.model.fees import FeeValue
    from coach.model.fills import BookFill, FillKey
    from coach.model.insights import Evidence, Finding, Tag
    from coach.model.journal.notes import JournalNote
    from coach.model.journal.trade_context import TradeContext
    from coach.model.labels import Label
    from coach.model.plans import ReasonQuestion
    from coach.model.promises.commitments import Commitment
    from coach.model.rules import Breach
    from coach.model.trades import Outcome, RoundTrip

MOST_BARS = 96


@dataclass(frozen=True, slots=True)
class PathBar:
    """A stretch of the price path."""

    start_us: int
    open: float
    high: float
    low: float
    close: float


@dataclass(frozen=True, slots=True)
class Path:
    """The candles from an hour before the entry to the exit, joined so that they stay few."""

    source: str
    step_s: int
    bars: tuple[PathBar, ...]
    snapshots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TradeEvidence:
    """All that is known of one trade; `commitments` were signed for the rules that it broke."""

    trip: RoundTrip
    account: str
    outcome: Outcome | None
    reached: TradeExcursion
    fills: tuple[BookFill, ...]
    fee_values: dict[FillKey, FeeValue]
    tags: tuple[Tag, ...]
    breaches: tuple[Breach, ...]
    labels: tuple[Label, ...]
    path: Path | None
    notes: tuple[JournalNote, ...] = ()
    context: TradeContext | None = None
    commitments: tuple[Commitment, ...] = ()


@dataclass(frozen=True, slots=True)
class BiasEvidence:
    """The evidence for a finding: the trades that support it and those that contradict it.

    `questions` are those about rules of the trader's that may explain it, `rules` those that
    answer it, with numbers to begin with.
    """

    finding: Finding
    supporting: tuple[RoundTrip, ...]
    opposing: tuple[RoundTrip, ...]
    agreement: Agreement | None
    questions: tuple[ReasonQuestion, ...]
    warnings: tuple[str, ...]
    rules: tuple[RuleSuggestion, ...] = ()


def of_trade(session: Session, beginning: str) -> TradeEvidence:
    """Return the evidence for the trade whose id begins so."""
    conclude_due(session)
    trip = labels.trade_named(session, beginning)
    connection, user_id = session.connection, session.user.id
    names = {one.id: one.name for one in accounts.accounts(connection, user_id)}
    reached = excursions.of_trips(session, [trip])[trip.id]
    fills = own_fills.of_trip(session, trip)
    broken = tuple(one for one in rules.breaches(connection, user_id) if one.trade_id == trip.id)
    return TradeEvidence(
        trip=trip,
        account=names[trip.account_id],
        outcome=None if trip.closed_at is None else outcome(trip.net, trip.fees, trip.other_fees),
        reached=reached,
        fills=fills,
        fee_values=_fee_values(session, trip, fills),
        tags=tuple(
            tag for tag in store_insights.tags(connection, user_id) if tag.trade_id == trip.id
        ),
        breaches=broken,
        labels=tuple(
            one for one in store_labels.labels(connection, user_id) if one.trade_id == trip.id
        ),
        path=_path(session, trip, reached),
        notes=tuple(notes.of_trade(connection, user_id, trip.id)),
        context=trade_context(session, trip, reached),
        commitments=standing_for(session, [one.rule_id for one in broken]),
    )


def _fee_values(
    session: Session, trip: RoundTrip, fills: Sequence[BookFill]
) -> dict[FillKey, FeeValue]:
    """Return what fees in third coins were worth, by fill; those without a value are left out."""
    found = fee_values.by_fill(session.connection, session.user.id, trip.account_id, [trip.symbol])
    names = ((trip.account_id, fill.key) for fill in fills)
    return {name[1]: found[name] for name in names if name in found}


def of_bias(session: Session, bias: str, days: int = 90) -> BiasEvidence:
    """Return the evidence for the finding about a habit."""
    chosen = labels.bias_named(session, bias)
    found = insights.findings(session, days, chosen)
    [finding] = found.findings
    return BiasEvidence(
        finding=finding,
        supporting=_trips(session, finding.evidence),
        opposing=_trips(session, finding.counter),
        agreement=labels.agreements(session).get(chosen),
        questions=tuple(questions.about(session, chosen)),
        warnings=found.warnings,
        rules=suggestions.suggestions(session, chosen),
    )


def _trips(session: Session, evidence: Sequence[Evidence]) -> tuple[RoundTrip, ...]:
    ids = [trade for one in evidence for trade in one.trade_ids]
    return tuple(trades.listed(session.connection, session.user.id, ids))


def _path(session: Session, trip: RoundTrip, reached: TradeExcursion) -> Path | None:
    bars = excursions.candles_beside(session, trip, reached, HOUR_US)
    return None if bars is None else joined(bars)


def joined(bars: Bars, most: int = MOST_BARS) -> Path:
    """Return the bars, so many joined into one that at most `most` are left."""
    each = -(-len(bars) // most)
    starts = range(0, len(bars), each)
    return Path(
        source=bars.source,
        step_s=each * bars.step_us // SECOND_US,
        bars=tuple(
            PathBar(
                start_us=int(bars.start_us[start]),
                open=float(bars.open[start]),
                high=float(bars.high[start : start + each].max()),
                low=float(bars.low[start : start + each].min()),
                close=float(bars.close[start : start + each][-1]),
            )
            for start in starts
        ),
        snapshots=bars.snapshots,
    )
