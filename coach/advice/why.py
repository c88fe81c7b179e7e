"""What stands behind a trade, or behind what is said about a habit, as a person reads it."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from coach.advice.habit_groups import period
from coach.advice.habit_notes import notes
from coach.advice.note_lines import text_lines
from coach.advice.readable import local, statistic, words
from coach.advice.rule_page import params_text
from coach.advice.spoken import path_sentences
from coach.model.plain import plain
from coach.model.promises.commitments import in_short
from coach.model.times import MINUTE_S
from coach.views.insights import agreement
from coach.wording import numbers, trades
from coach.wording.questions import describe_question
from coach.wording.reasons import statement_text
from coach.wording.trade_context import describe_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from coach.engine.api.habits import HabitWords
    from coach.engine.api.promises.suggestions import RuleSuggestion
    from coach.engine.api.trades import TradeView
    from coach.engine.api.why import BiasEvidence, Path, TradeEvidence
    from coach.model.insights import Evidence, Fact, Finding
    from coach.model.trades import RoundTrip

SHOWN = 10
STEPS = "▁▂▃▄▅▆▇█"
BEYOND_CHANCE = frozenset({"target", "stop", "signal", "ladder"})
"""Reasons whose share is a kappa; the sentences of the others tell their share themselves."""


def trade_lines(
    found: "TradeEvidence",
    view: "TradeView",
    habits: "HabitWords",
    zone: str,
    *,
    spoken: bool = False,
) -> "Iterator[str]":
    """Yield what is known of a trade: how it went, its fills, and what was concluded of it.

    Where it is `spoken` sentences stand in the place of the chart.
    """
    yield from _trade_facts(found, view, zone)
    if found.path is not None:
        yield from path_sentences(found.path) if spoken else _path_told(found.path)
    if found.context is not None and (around := [*describe_context(found.context)]):
        yield "at the entry"
        yield from (f"  {line}" for line in around)
    yield from _concluded(found, habits)


def _trade_facts(found: "TradeEvidence", view: "TradeView", zone: str) -> "Iterator[str]":
    trip = found.trip
    quote = trip.symbol.rpartition("-")[2]
    closed = "open" if trip.closed_at is None else _clock(trip.closed_at, zone)
    yield f"{trip.symbol} {trip.side}, {_clock(trip.opened_at, zone)} to {closed}"
    yield f"trade {trip.id}, account {found.account}, {view.outcome or 'open'}"
    yield trades.describe_money(trip, quote)
    clock = partial(_clock, zone=zone)
    for part in trip.partial_closes:
        yield f"  {trades.describe_partial_close(part, quote, clock)}"
    yield from _reached(found)
    yield "fills"
    for fill in found.fills:
        yield f"  {trades.describe_fill(fill, clock)}"
        value = found.fee_values.get(fill.key)
        if line := trades.describe_coin_fee(fill, value, trip.symbol, clock):
            yield f"    {line}"


def _concluded(found: "TradeEvidence", habits: "HabitWords") -> "Iterator[str]":
    from coach.engine.api.promises.rules import breach_sentence

    for tag in found.tags:
        yield f"tag {tag.bias} ({tag.formula}): {habits.tag(tag)}"
    for breach in found.breaches:
        yield f"rule {breach.rule_id}: {breach_sentence(breach)}"
    for signed in found.commitments:
        yield f'you signed on {signed.signed_at:%Y-%m-%d}: "{in_short(signed.text)}"'
    for label in found.labels:
        yield f"you said: {label.bias} {label.answer}"
    for note in found.notes:
        first, *more = text_lines(note)
        yield f"note {note.id}: {first}"
        yield from (f"  {line}" for line in more)


def _reached(found: "TradeEvidence") -> "Iterator[str]":
    reached = found.reached
    if reached.mae is None or reached.mfe is None:
        yield f"MAE and MFE not known: {reached.mae_reason}"
    else:
        candles = f"{reached.granularity} from {reached.source}"
        yield trades.describe_excursion(reached.mae, reached.mfe, candles)
    if reached.r is None:
        yield f"R not known: {reached.r_reason}"
    else:
        yield trades.describe_r(reached.r)


def _path_told(path: "Path") -> "Iterator[str]":
    low, high = min(bar.low for bar in path.bars), max(bar.high for bar in path.bars)
    closes = [bar.close for bar in path.bars]
    spread = max(closes) - min(closes) or 1.0
    places = (int((close - min(closes)) / spread * len(STEPS)) for close in closes)
    drawn = "".join(STEPS[min(len(STEPS) - 1, place)] for place in places)
    each = numbers.span(path.step_s / MINUTE_S)
    ends = " to ".join(numbers.quantity(Decimal(repr(end))) for end in (low, high))
    yield f"candles by {path.source}, {each} each, {ends}"
    yield f"  {drawn}"


def finding_lines(found: "BiasEvidence", habits: "HabitWords", zone: str) -> "Iterator[str]":
    """Yield what stands behind a finding: its figures, and the trades for and against it."""
    finding = found.finding
    formula = f" ({finding.evidence[0].formula})" if finding.evidence else ""
    yield f"{finding.bias}{formula}: {_standing(finding)}"
    yield from (f"  {when}" for when in period([finding], zone))
    yield from (f"  {note}" for note in notes(finding, habits))
    yield from (f"  {line}" for line in _reasons_told(finding))
    yield from (f"  {describe_question(one)}" for one in found.questions)
    if finding.p is not None:
        assert finding.p_adjusted is not None, "what is tested is tested among all"
        yield f"  {trades.describe_p(finding.p, finding.p_adjusted)}"
    reached, needed = map(finding.facts.get, ("year_evidence", "year_evidence_needed"))
    if isinstance(reached, int | float) and isinstance(needed, int | float):
        noun = "pattern" if finding.standing in {"asked", "style"} else "habit"
        yield f"  {trades.describe_year_evidence(reached, needed, noun)}"
    if finding.facts:
        yield f"  facts: {_named(finding.facts)}"
    if finding.evidence:
        yield f"  sample: {_named(finding.evidence[0].sample)}"
    yield from (f"  {line}" for line in suggestion_lines(found.rules))
    if found.agreement is not None:
        yield f"  your answers: {words(plain(agreement(found.agreement)), '')}"
    supporting = _what("for it", habits.supporting(finding.bias))
    opposing = _what("against it", habits.opposing(finding.bias))
    yield from _cited(supporting, finding.evidence, found.supporting, zone)
    yield from _cited(opposing, finding.counter, found.opposing, zone)


def _reasons_told(finding: "Finding") -> "Iterator[str]":
    """Yield each rule that may stand behind the finding, and the numbers that show it."""
    for reason in finding.reasons:
        seen = f"{reason.n} counted"
        if reason.kind in BEYOND_CHANCE:
            seen = f"{seen}, {numbers.whole_percent(reason.share)} of them there beyond chance"
        yield f"possible rule, {reason.kind}: {statement_text(reason)} ({seen})"


def _standing(finding: "Finding") -> str:
    if finding.kind == "fact":
        return "counted, not tested"
    if finding.standing == "asked":
        return "a pattern, as a rule may explain it"
    if finding.standing == "style":
        return "a style, as you confirmed"
    score = "" if finding.score is None else f", score {statistic(finding.score, '')}"
    return f"{finding.level}{score}{', the evidence stands' if finding.held else ''}"


def _cited(
    what: str, evidence: "Sequence[Evidence]", trips: "Sequence[RoundTrip]", zone: str
) -> "Iterator[str]":
    if not evidence or not trips:
        return
    more = f", the newest {SHOWN} of {len(trips)}" if len(trips) > SHOWN else ""
    yield f"{what}{more}"
    for trip in trips[-SHOWN:]:
        quote = trip.symbol.rpartition("-")[2]
        net = numbers.money(trip.net, quote, sign=True)
        yield f"  {trip.id}  {_clock(trip.opened_at, zone)}  {trip.symbol}  {net}"


def _what(speaks: str, trades: str) -> str:
    return f"{speaks}: {trades}" if trades else speaks


def _named(facts: "Mapping[str, Fact]") -> str:
    """Return facts by the names that the docs explain, as short as they can be read."""
    known = {name: fact for name, fact in facts.items() if fact not in (None, "")}
    return ", ".join(f"{name} {_short(fact)}" for name, fact in known.items())


def _short(fact: "Fact") -> str:
    return statistic(fact, "") if isinstance(fact, float) else words(fact, "")


def _clock(moment: datetime, zone: str) -> str:
    return local(moment.isoformat(), zone)


def suggestion_lines(suggestions: "Iterable[RuleSuggestion]") -> "Iterator[str]":
    """Yield each rule that answers a habit, as the command that tries it."""
    for found in suggestions:
        params = params_text(found.params).replace(", ", " ")
        yield f"a rule that answers it: coach rules dry-run {found.kind} {params}".rstrip()
